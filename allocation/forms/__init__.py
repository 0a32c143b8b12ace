"""Allocation's forms."""
