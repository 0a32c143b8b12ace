"""Proposals, lanes, discussion, review, determinations, appeals."""
