"""What was published of an election's log, kept outside the database, for a restored one to be held to.

One small file per election, ``BOARD_DIR/<election>/published_checkpoint``: the canonical form of
``{"election", "format", "root", "size"}``. It is written after the database has committed what it
names, only ever grows, and is never restored from a backup: who holds it knows what voters were shown.
"""

import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from audit.canonical import canonical

FORMAT = "published/1"
FILE = "published_checkpoint"


class Unreadable(Exception):
    """The file is there and is not a checkpoint: nobody can tell what was published."""


class PublishedIsNewer(Exception):
    """More was published of this log, or something else at this size: it cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first ``size`` leaves of an election's log, by the hash of their tree (hexadecimal)."""

    election_id: UUID
    size: int
    root: str = ""  # "" where a log has a length and no tree yet

    def holds(self, published: "Checkpoint") -> bool:
        """Whether a log that stands here, asked at the published size, is the one that was published."""
        if self.size < published.size:
            return False
        return self.size > published.size or self.root in ("", published.root)


def read_published(folder: Path, election_id: UUID) -> Checkpoint | None:
    """What was published last; None where nothing was. Raises Unreadable."""
    try:
        told = json.loads((folder / str(election_id) / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Unreadable(str(election_id)) from error
    if not _is_checkpoint(told) or told["election"] != str(election_id):
        raise Unreadable(str(election_id))
    return Checkpoint(election_id, told["size"], told["root"])


def _is_checkpoint(told: object) -> bool:
    return (
        isinstance(told, dict)
        and told.keys() == {"election", "format", "root", "size"}
        and told["format"] == FORMAT
        and type(told["size"]) is int
        and told["size"] >= 0
        and isinstance(told["root"], str)
        and re.fullmatch("([0-9a-f]{64})?", told["root"]) is not None
    )


def publish_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Put a checkpoint in force, whole or not at all. Refuses PublishedIsNewer; raises Unreadable.

    For one writer at a time. To publish the same again changes nothing.
    """
    before = read_published(folder, checkpoint.election_id)
    if before is not None and not checkpoint.holds(before):
        raise PublishedIsNewer(str(checkpoint.election_id))
    _write(folder / str(checkpoint.election_id), checkpoint)


def abandon_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Go back to an earlier checkpoint; what was published stays beside it, for all to see."""
    place = folder / str(checkpoint.election_id)
    number = len(list(place.glob("abandoned-*"))) + 1
    os.link(place / FILE, place / f"abandoned-{number}")
    _write(place, checkpoint)


def _write(place: Path, checkpoint: Checkpoint) -> None:
    place.mkdir(parents=True, exist_ok=True)
    draft = place / f".{secrets.token_hex(8)}"
    told = {
        "election": str(checkpoint.election_id),
        "format": FORMAT,
        "root": checkpoint.root,
        "size": checkpoint.size,
    }
    try:
        with draft.open("xb") as file:
            file.write(canonical(told))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place / FILE)
    finally:
        draft.unlink(missing_ok=True)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def published_elections(folder: Path) -> list[UUID]:
    """The elections of which something was published."""
    found = []
    for file in sorted(folder.glob(f"*/{FILE}")):
        try:
            found.append(UUID(file.parent.name))
        except ValueError:  # somebody else's folder
            continue
    return found
