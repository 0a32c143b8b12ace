"""The invented movement in a database of its own: made once a run, by the role that serves pages."""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, connections, models

from audit.actions import chain_trail
from config.management.commands.prepare_database import grant_web_role
from config.postgres import WEB
from jobs.actions import take_job
from jobs.models import Job, JobState
from pages.demo.seed import seed
from voting.actions import count_election
from voting.queries import COUNT_TASK

# Pseudonyms and what is derived from the key of an election; digests in the chain of the trail.
DRAWN_COLUMNS = frozenset({"pseudonym", "fingerprint", "digest", "password"})
DRAWN = re.compile(
    r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[^ ]*"
)


@dataclass(frozen=True, slots=True)
class Movement:
    """Where the movement is, where its keys lie, and the moment it was made at."""

    database: str
    keys: Path
    now: datetime
    said: tuple[str, ...]
    digest: dict[str, str]


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
    with connection._nodb_cursor() as cursor:
        # A thread of an earlier test may have left its connection, and nobody copies what is in use.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [original]
        )
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")
        cursor.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE {quoted(original)}")
    try:
        yield name
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted(name)}")


def make_movement(database: str, keys: Path, now: datetime) -> Movement:
    """Seed as `make demo` does, and do what its workers do in the next seconds."""
    with connected_to(database):
        _begin_numbering_anew()
        grant_web_role("default", WEB)
    said: list[str] = []
    before, settings.KEYS_DIR = settings.KEYS_DIR, keys
    try:
        with connected_to(database, WEB):
            seed(now=now, say=said.append)
            work(now)
            made = digest()
    finally:
        settings.KEYS_DIR = before
    return Movement(database, keys, now, tuple(said), made)


def _begin_numbering_anew() -> None:
    """Tests that ran before have used up numbers, which their transactions did not give back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
            " FROM pg_sequences WHERE schemaname = 'public'"
            " AND sequencename NOT LIKE 'django%' AND sequencename NOT LIKE 'auth%'"
        )


def work(now: datetime) -> None:
    """What the workers do: count what is closed, and link the trail."""
    for job in Job.objects.filter(kind=COUNT_TASK, state=JobState.QUEUED):
        taken = take_job(job_id=job.pk, now=now)
        count_election(job=taken, progress=lambda done, total: None, clock=lambda: now)
    chain_trail()


def told(value: object) -> object:
    """A value without what is drawn at random or read off a clock: ids, seeds, hashes, moments."""
    if isinstance(value, dict):
        return {key: told(inside) for key, inside in sorted(value.items())}
    if isinstance(value, list):
        return [told(inside) for inside in value]
    if isinstance(value, str):
        return DRAWN.sub("~", value)
    return value


def digest() -> dict[str, str]:
    """A hash of the rows of each table, in no order, but for what no two movements share."""
    return {
        model.__name__: hashlib.sha256("\n".join(sorted(_rows(model))).encode()).hexdigest()
        for model in apps.get_models()
        if Path(model._meta.app_config.path).parent == settings.BASE_DIR
    }


def _rows(model: type[models.Model]) -> Iterator[str]:
    fields = [field.attname for field in model._meta.concrete_fields if not _is_drawn(field)]
    for row in model._default_manager.values_list(*fields).iterator():
        yield repr([bytes(cell) if isinstance(cell, memoryview) else told(cell) for cell in row])


def _is_drawn(field: Any) -> bool:
    target = field.target_field if field.is_relation else field
    is_drawn = isinstance(target, (models.UUIDField, models.DateTimeField))
    return is_drawn or field.name in DRAWN_COLUMNS
