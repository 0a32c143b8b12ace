"""Whether the database still holds what voters were shown: after a restore it may not."""

from pathlib import Path
from uuid import UUID

from django.db import connection

from voting.models import BallotEvent, Election
from voting.published import Checkpoint, read_published

# What was found to hold, by election: the checkpoint, and the database in which it was found. Asked
# again when either is another, so that a cast does not count ballots.
_held: dict[UUID, tuple[Checkpoint, tuple[object, ...]]] = {}


def own_checkpoint(election_id: UUID, size: int) -> Checkpoint:
    """The election's log in this database at ``size``, or as far as it goes.

    Ballot events are its leaves. As long as they have no order, they have no root.
    """
    events = BallotEvent.objects.filter(election_id=election_id).values("pk")
    return Checkpoint(election_id, events[:size].count())


def is_rolled_back(election: Election, folder: Path) -> bool:
    """Whether more was published than this database holds. Raises Unreadable; where nothing was
    published, nothing can be missing.
    """
    published = read_published(folder, election.pk)
    if published is None:
        return False
    found = (published, _this_database())
    if _held.get(election.pk) == found:
        return False
    if not own_checkpoint(election.pk, published.size).holds(published):
        return True
    _held[election.pk] = found
    return False


def _this_database() -> tuple[object, ...]:
    """What changes when the tables are restored, and when their server is, to an earlier moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(), 'voting_ballotevent'::regclass::oid, pg_postmaster_start_time()"
        )
        return tuple(cursor.fetchone())
