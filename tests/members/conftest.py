"""What every test of members needs: quick passwords, and no limits left from the test before."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """allauth counts failed attempts in the cache."""
    cache.clear()
