"""Backups made and brought back by tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

from config import restoring
from config.restoring import restore
from config.saving import Saved, save
from tests.voting.makers import count as count_now
from tests.voting.voters import end_now
from voting import actions
from voting.models import Election

NOW = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
RESTORED = "restored"


def back_up(settings, now: datetime = NOW) -> Saved:
    return save(database=settings.BACKUP_DIR, keys=settings.BACKUP_KEYS_DIR, now=now)


@contextmanager
def another_database() -> Iterator[None]:
    """A site whose database is empty; what is done inside is done there."""
    before = connection.settings_dict["NAME"]
    name = f"{before}_{RESTORED}"
    ask(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        ask(f"DROP DATABASE {name}")


def ask(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def bring_back(saved: Saved, **options) -> restoring.Restored:
    return restore(database=saved.database, keys=saved.keys, **options)


def counted(election: Election) -> dict[str, object]:
    """What the close and the count make of the ballots."""
    end_now(election)
    [job] = actions.close_due_elections()
    tallies = count_now(job, timezone.now())
    return {
        "manifest": Election.objects.get(pk=election.pk).manifest.body["ballots_hash"],
        "outcomes": [tally.outcome for tally in tallies],
    }
