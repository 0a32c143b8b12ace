"""What every test of elections shares."""

from tests.hubs.conftest import quick_passwords

__all__ = ["quick_passwords"]
