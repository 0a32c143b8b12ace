"""Where a run is shown, and what its pages say."""

import re
from typing import Any

from allocation.models import Apportionment
from tests.hubs.reading import page, words


def at(run: Apportionment, end: str = "", language: str = "en") -> str:
    return f"/{language}/apportionments/{run.pk}/{end}"


def read(response: Any) -> str:
    return plain(words(page(response).select_one("main")))


def plain(text: str) -> str:
    """Without the marks that keep directions apart, and the spaces where an element ends."""
    return re.sub("[\u2066-\u2069\u200e\u200f]| (?=[,.;])", "", text)
