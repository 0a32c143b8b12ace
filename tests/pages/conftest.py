"""What every test of pages shares."""

from tests.hubs.conftest import in_english, quick_passwords

__all__ = ["in_english", "quick_passwords"]
