"""What every test of pages shares."""

from tests.hubs.conftest import quick_passwords

__all__ = ["quick_passwords"]
