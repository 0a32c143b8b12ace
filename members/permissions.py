"""Who may do what to accounts, and the two answers that need no object."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser

from members.models import Member

Permission: TypeAlias = Callable[..., bool]
"""Answers about a visitor and the objects of the route, at a moment: ``(visitor, *objects, now=)``."""


def anyone(visitor: Member | AnonymousUser, /, *objects: object, now: datetime) -> bool:
    return True


def signed_in(visitor: Member | AnonymousUser, /, *objects: object, now: datetime) -> bool:
    return visitor.is_authenticated
