"""Allocation's queries."""
