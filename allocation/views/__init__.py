"""Allocation's views."""
