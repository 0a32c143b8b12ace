"""A page as it is read in these tests: a part that is not there fails them by itself."""

from typing import Any

from tests.hubs import reading


def page(response: Any) -> Any:
    """The page's markup, to be asked for parts without first asking whether they are there."""
    return reading.page(response)
