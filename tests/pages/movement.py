"""The invented movement in a database of its own: made once a run, by the role that serves pages."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from audit.actions import chain_trail
from config.management.commands.prepare_database import grant_web_role
from config.postgres import WEB
from jobs.actions import take_job
from jobs.models import Job
from pages.demo.seed import seed
from voting.actions import count_election
from voting.queries import COUNT_TASK


@dataclass(frozen=True, slots=True)
class Movement:
    """Where the movement is, where its keys lie, and the moment it was made at."""

    database: str
    keys: Path
    now: datetime
    said: tuple[str, ...]


@contextlib.contextmanager
def connected_to(database: str, user: str | None = None) -> Iterator[None]:
    """Everything inside asks another database; its keys lie elsewhere too."""
    told = connections["default"].settings_dict
    before = told["NAME"], told["USER"]
    connections["default"].close()
    told["NAME"], told["USER"] = database, user or told["USER"]
    try:
        yield
    finally:
        connections["default"].close()
        told["NAME"], told["USER"] = before


@contextlib.contextmanager
def copied_database(suffix: str) -> Iterator[str]:
    """A copy of the database of the tests, dropped in the end."""
    original = connection.settings_dict["NAME"]
    name = f"{original}_{suffix}"
    quoted = connection.ops.quote_name
    connections.close_all()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # a proxy
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")
        cursor.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(original)}")
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # a proxy
            cursor.execute(f"DROP DATABASE {quoted(name)}")


def make_movement(database: str, keys: Path) -> Movement:
    """Seed as `make demo` does, and do what its workers do in the next seconds."""
    with connected_to(database):
        grant_web_role("default", WEB)
    said: list[str] = []
    now = timezone.now()
    with connected_to(database, WEB):
        settings.KEYS_DIR = keys
        seed(now=now, say=said.append)
        work(now)
        connections["default"].close()
    return Movement(database, keys, now, tuple(said))


def work(now: datetime) -> None:
    """What the workers do: count what is closed, and link the trail."""
    for job in Job.objects.filter(kind=COUNT_TASK):
        taken = take_job(job_id=job.pk, now=now)
        count_election(job=taken, progress=lambda done, total: None, clock=lambda: now)
    chain_trail()
