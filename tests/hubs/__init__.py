"""Hubs, seats and rounds."""
