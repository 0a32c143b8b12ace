"""What `make backup` writes: the database with uploads, and apart from them the keys of elections.

Two archives, because whoever holds both can tell who voted how. First a snapshot of the database is
begun, then the keys are copied: a key is made before its election is frozen, so each election that
the snapshot knows has its key in the archive, whatever is frozen meanwhile.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

from audit.models import TrailEntry, TrailLink
from config.archives import Writer, sweep, writing
from config.dumping import dump
from config.preflight import Lock, Problem
from config.safety import is_in_source
from voting.keys import NoKey, WrongKey, read_key
from voting.models import Ballot, BallotEvent, Election, ElectionStatus

DATABASE, KEYS = "commonpurse-backup/1", "commonpurse-keys/1"
DUMP, MEDIA, KEY_FILES = "database.dump", "media", "keys"
DATABASE_NAME, KEYS_NAME = "commonpurse-{}.backup", "commonpurse-{}.keys"


@dataclass(frozen=True, slots=True)
class Saved:
    """Where the archives lie, and the open elections whose key was not found, or was another's."""

    database: Path
    keys: Path
    elections: int
    without_key: list[UUID]


def owner() -> str:
    """The alias of the role that sees and makes every table."""
    return "owner" if "owner" in connections.databases else "default"


def save(*, database: Path, keys: Path, now: datetime) -> Saved:
    """Write both archives into their folders, named by the moment. Casting goes on meanwhile."""
    refuse_places(database, keys)
    lock = Lock(database / ".lock")
    if not lock.take():
        raise Problem(f"another backup is being written in {database}.")
    try:
        sweep(database)
        sweep(keys)
        return _save(database, keys, f"{now:%Y%m%dT%H%M%SZ}")
    finally:
        lock.give_back()


def refuse_places(database: Path, keys: Path) -> None:
    """Make the two folders, for our eyes alone; refuse where one backup would hold everything."""
    for folder, other in ((database, keys), (keys, database)):
        if folder.resolve().is_relative_to(other.resolve()):
            raise Problem(
                f"the keys of elections would be kept with the database ({folder} and {other}), and "
                "whoever has both can tell who voted how. Name two places: BACKUP_DIR and "
                "BACKUP_KEYS_DIR."
            )
        if settings.PRODUCTION and is_in_source(folder):
            raise Problem(
                f"{folder} is inside the source of the site, which the next version replaces. Set "
                "BACKUP_DIR and BACKUP_KEYS_DIR to folders on other disks."
            )
    for folder in (database, keys):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _save(database: Path, keys: Path, moment: str) -> Saved:
    with writing(database) as whole, writing(keys) as apart:
        with snapshot() as (name, told), dump(connections[owner()], name) as stream:
            whole.add(DUMP, stream)
        whole.add_folder(MEDIA, Path(settings.MEDIA_ROOT))
        apart.add_folder(KEY_FILES, settings.KEYS_DIR)
        return _publish(whole, apart, {"moment": moment, **told})


def _publish(whole: Writer, apart: Writer, told: dict[str, Any]) -> Saved:
    moment = told["moment"]
    whole.finish({"format": DATABASE, **told})
    apart.finish({"format": KEYS, "moment": moment})
    # The keys first: a backup of the database that is there has its keys.
    kept = apart.publish(KEYS_NAME.format(moment))
    return Saved(
        database=whole.publish(DATABASE_NAME.format(moment)),
        keys=kept,
        elections=len(told["elections"]),
        without_key=without_key(told["elections"], settings.KEYS_DIR),
    )


@contextlib.contextmanager
def snapshot() -> Iterator[tuple[str, dict[str, Any]]]:
    """One moment of the database: its name for pg_dump, and what the manifest tells of it."""
    with transaction.atomic(using=owner()), connections[owner()].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (name,) = cursor.fetchone()
        yield name, contents(owner())


def contents(using: str) -> dict[str, Any]:
    """What a backup must give back: elections with their keys' fingerprints, rows, the end of the trail."""
    elections = Election.objects.using(using).exclude(key_fingerprint="").order_by("pk")
    last = TrailLink.objects.using(using).order_by("-position").first()
    return {
        "elections": {
            str(pk): {"status": status, "key_fingerprint": fingerprint}
            for pk, status, fingerprint in elections.values_list("pk", "status", "key_fingerprint")
        },
        "rows": {
            kind._meta.db_table: kind._default_manager.using(using).count()
            for kind in (Ballot, BallotEvent, TrailEntry)
        },
        "trail": {
            "position": last.position if last else 0,
            "digest": bytes(last.digest).hex() if last else "",
        },
        "migrations": sorted(
            f"{app}.{name}"
            for app, name in MigrationRecorder(connections[using]).applied_migrations()
        ),
    }


def without_key(elections: dict[str, dict[str, str]], folder: Path) -> list[UUID]:
    """The open elections whose key does not lie in the folder. A closed one may have lost it on purpose."""
    missing = []
    for name, told in elections.items():
        try:
            read_key(folder, UUID(name), told["key_fingerprint"])
        except (NoKey, WrongKey):
            if told["status"] != ElectionStatus.CLOSED:
                missing.append(UUID(name))
    return missing
