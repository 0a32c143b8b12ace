"""What `make restore` does: everything is verified before anything is written, and compared after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from django.db.migrations.loader import MigrationLoader

from audit.queries import verify_trail
from config import saving
from config.archives import Reader
from config.dumping import load
from config.preflight import Problem
from voting.keys import fingerprint_of
from voting.models import Election, ElectionStatus
from voting.published import published_elections
from voting.queries import is_rolled_back

SOMETHING = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' AND relkind IN ('r', 'p', 'v', 'm', 'S')
"""


@dataclass
class Restored:
    """What was restored, and what an operator has to look at."""

    moment: str
    rows: dict[str, int]
    keys: int
    uploads: int
    chained: int
    without_key: list[UUID]
    rolled_back: list[UUID] = field(default_factory=list)
    unknown: list[UUID] = field(default_factory=list)  # published, and not in the database


def restore(
    *, database: Path, keys: Path, replace: bool = False, allow_missing_keys: bool = False
) -> Restored:
    """Bring back a backup into an empty database; ``replace`` empties it first.

    Raises Problem; until all of both archives is verified nothing has been changed.
    """
    with opened(database, keys) as (whole, apart):
        missing = check_keys(whole.about["elections"], apart)
        if missing and not allow_missing_keys:
            raise Problem(
                f"{apart.path} lacks the key of {_listed(missing)}, still open: nobody could vote "
                "there. Find the right archive of keys, or say --without-keys to go on."
            )
        refuse_other_keys(apart)
        make_room(replace)
        load(connections[saving.owner()], whole.read(saving.DUMP))
        written = write_files(apart, saving.KEY_FILES, settings.KEYS_DIR)
        uploads = write_files(whole, saving.MEDIA, Path(settings.MEDIA_ROOT))
        told = whole.about
    compare(told)
    call_command("prepare_database", verbosity=0)
    found = Restored(
        moment=told["moment"], rows=told["rows"], keys=written, uploads=uploads,
        chained=intact_trail(), without_key=missing,
    )  # fmt: skip
    compare_with_board(found)
    return found


@contextmanager
def opened(database: Path, keys: Path) -> Iterator[tuple[Reader, Reader]]:
    """Both archives, verified to the last byte, of one backup, and of a version this one knows."""
    with Reader(database) as whole, Reader(keys) as apart:
        for archive, kind in ((whole, saving.DATABASE), (apart, saving.KEYS)):
            if archive.about.get("format") != kind:
                raise Problem(
                    f"{archive.path} is not of the format {kind}. FILE= and KEYS= swapped?"
                )
            archive.verify()
        known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
        newer = sorted(set(whole.about["migrations"]) - known)
        if newer:
            raise Problem(
                f"{whole.path} was made by a newer version of the site, which has {', '.join(newer)}. "
                "Restore with that version."
            )
        yield whole, apart


def check_keys(elections: dict[str, dict[str, str]], keys: Reader) -> list[UUID]:
    """The open elections whose key is not in the archive. Refuses a key that is another's."""
    held = set(keys.names(saving.KEY_FILES))
    missing = []
    for name, told in elections.items():
        if name in held:
            key = b"".join(keys.read(f"{saving.KEY_FILES}/{name}"))
            if fingerprint_of(key) != told["key_fingerprint"]:
                raise Problem(
                    f"{keys.path} holds another key for election {name} than it was frozen with."
                )
        elif told["status"] != ElectionStatus.CLOSED:
            missing.append(UUID(name))
    return missing


def refuse_other_keys(keys: Reader) -> None:
    """A key that lies there already is never written over, lest the right one be lost."""
    for name in keys.names(saving.KEY_FILES):
        path = settings.KEYS_DIR / name
        if path.exists() and path.read_bytes() != b"".join(keys.read(f"{saving.KEY_FILES}/{name}")):
            raise Problem(
                f"{path} is there and differs from the one in {keys.path}. Nothing was restored. Move "
                "it away (do not delete it), then try again."
            )


def make_room(replace: bool) -> None:
    """Refuse a database that holds anything, or empty it where that was asked for."""
    database = connections[saving.owner()]
    with database.cursor() as cursor:
        cursor.execute(SOMETHING)
        (there,) = cursor.fetchone()
    if not there:
        return
    name = database.settings_dict["NAME"]
    if not replace:
        raise Problem(
            f"the database {name} is not empty. Nothing was restored. Give it an empty one, or, having "
            "backed up what is there, say --replace to delete it."
        )
    try:
        with transaction.atomic(using=saving.owner()), database.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    except OperationalError as error:
        raise Problem(f"{name} is in use: stop the site, then try again ({error}).") from error


def write_files(archive: Reader, prefix: str, folder: Path) -> int:
    """Write the files below a prefix, each in place of what is there; returns how many there are."""
    names = archive.names(prefix)
    for name in names:
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.restoring")
        draft.touch(mode=0o600)
        with draft.open("wb") as file:
            file.writelines(archive.read(f"{prefix}/{name}"))
        draft.replace(path)
    return len(names)


def compare(told: dict[str, Any]) -> None:
    """Refuse a database that does not hold what the manifest says."""
    found = saving.contents(saving.owner())
    for name, expected in told.items():
        if name in found and found[name] != expected:
            raise Problem(
                f"what was restored is not what was backed up: {name} is {found[name]} and should be "
                f"{expected}. Do not open the site on it."
            )


def intact_trail() -> int:
    """The number of entries chained. Refuses a trail whose chain breaks."""
    found = verify_trail()
    if found.broken_at is not None:
        raise Problem(
            f"the chain of the trail breaks at position {found.broken_at}: what was restored was "
            "altered before it was backed up. Do not open the site on it."
        )
    return found.chained


def compare_with_board(found: Restored) -> None:
    """Which elections are older than what was published of them, and which are not there at all."""
    published = published_elections(settings.BOARD_DIR)
    known = {one.pk: one for one in Election.objects.filter(pk__in=published)}
    found.unknown = [pk for pk in published if pk not in known]
    found.rolled_back = [
        pk for pk, election in known.items() if is_rolled_back(election, settings.BOARD_DIR)
    ]


def _listed(elections: list[UUID]) -> str:
    return f"election{'s' * (len(elections) > 1)} {', '.join(str(pk) for pk in elections)}"
