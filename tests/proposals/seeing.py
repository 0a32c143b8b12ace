"""A page as it is read in these tests: a part that is not there fails them by itself."""

from typing import Any

from django.urls import reverse

from tests.hubs import reading


def page(response: Any) -> Any:
    """The page's markup, to be asked for parts without first asking whether they are there."""
    return reading.page(response)


def at(name: str, thing: Any, *parts: object) -> str:
    """Where one does this to a proposal, a decision, an assessment or in a hub."""
    return reverse(f"proposals:{name}", args=[getattr(thing, "slug", thing.pk), *parts])
