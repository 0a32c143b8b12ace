"""Asking PostgreSQL for what it must refuse."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, models, transaction


@contextmanager
def refused(said: str) -> Iterator[None]:
    """The database refuses, and says this; what was written before stands."""
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        yield


def guards_of(*kinds: type[models.Model]) -> set[str]:
    """The names of all constraints and triggers of these models, as they declare them."""
    named = {constraint.name for kind in kinds for constraint in kind._meta.constraints}
    triggers = {
        f"{kind.__name__}.{trigger.name}"
        for kind in kinds
        for trigger in getattr(kind._meta, "triggers", [])
    }
    alone = {
        f"{kind.__name__}.{field.name}"
        for kind in kinds
        for field in kind._meta.concrete_fields
        if field.unique and not field.primary_key
    }
    return named | triggers | alone
