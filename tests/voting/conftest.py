"""A round that waits for an election, and what the pages' tests share."""

from tests.hubs.conftest import in_english, quick_passwords

__all__ = ["in_english", "quick_passwords"]
