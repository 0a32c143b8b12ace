"""The steps of an election: frozen once, closed once."""

from datetime import datetime

from voting.models import MOVES, Election, ElectionStatus
from voting.queries import frozen_hash


class WrongStatus(Exception):
    """The election is not in the status this needs."""


def freeze(election: Election, *, at: datetime) -> None:
    """Wait for whoever still writes, keep out the next, and only then say what is frozen."""
    Election.objects.select_for_update().get(pk=election.pk)
    election.frozen_hash, election.frozen_at = frozen_hash(election), at
    move(election, ElectionStatus.FROZEN)


def move(election: Election, status: ElectionStatus) -> None:
    if status not in MOVES[election.status]:
        raise WrongStatus(f"{election.status} to {status}")
    election.status = status
    election.save()
