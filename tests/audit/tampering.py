"""Doing what the guards of the database refuse, as only the owner of its tables can."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction


@contextmanager
def unguarded(*kinds: type[models.Model]) -> Iterator[None]:
    """Switch off the triggers of these tables, in one transaction."""
    with transaction.atomic():
        _switch("DISABLE", kinds)
        yield
        _switch("ENABLE", kinds)


def _switch(to: str, kinds: tuple[type[models.Model], ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for kind in kinds:
            cursor.execute(f"ALTER TABLE {kind._meta.db_table} {to} TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
