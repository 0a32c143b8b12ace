"""Where casting and closing meet: one lock per election, and the clock of the database.

Both run at READ COMMITTED, where what comes after the lock sees what was committed before it. At a
higher level a cast would look at the election as it was before the close it has waited for.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from voting.models import Election, ElectionStatus

ELECTIONS_LOCK = (
    7_402  # the space of these advisory locks; an arbitrary number that nobody else uses
)
_BEGIN_CAST = (
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
    " SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '5s'"
)
_BEGIN_CLOSE = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED"


@dataclass(frozen=True, slots=True)
class OpenVote:
    """How an election stands at this very moment, by the database's clock."""

    status: str
    now: datetime
    opens_at: datetime
    closes_at: datetime

    @property
    def has_begun(self) -> bool:
        return self.status != ElectionStatus.DRAFT and self.opens_at <= self.now

    @property
    def is_over(self) -> bool:
        return self.status == ElectionStatus.CLOSED or self.closes_at <= self.now


def share_election(election_id: UUID) -> None:
    """Hold off the close until this transaction ends; other casts go on. First in the transaction."""
    _lock(_BEGIN_CAST, "SELECT pg_advisory_xact_lock_shared(%s, %s)", election_id)


def take_election(election_id: UUID) -> None:
    """Wait for the casts under way and hold off the next until this transaction ends."""
    _lock(_BEGIN_CLOSE, "SELECT pg_advisory_xact_lock(%s, %s)", election_id)


def _lock(begin: str, lock: str, election_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(begin)
        # Two elections on one number would wait for each other, and nothing worse.
        cursor.execute(lock, [ELECTIONS_LOCK, int.from_bytes(election_id.bytes[:4], signed=True)])


def vote_by_the_clock(election_id: UUID) -> OpenVote:
    """The status of the election and the moment, asked in one statement. Raises DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT status, clock_timestamp(), opens_at, closes_at FROM voting_election WHERE id = %s",
            [election_id],
        )
        found = cursor.fetchone()
    if found is None:
        raise Election.DoesNotExist
    return OpenVote(*found)
