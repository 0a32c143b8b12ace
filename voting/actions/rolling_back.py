"""An operator accepts that ballots which were published are lost, so that an election can go on."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from audit.actions import record
from audit.models import Actor
from voting.actions.clock import take_election
from voting.models import Election
from voting.published import Checkpoint, abandon_checkpoint, read_published
from voting.queries import own_checkpoint


class NotRolledBack(Exception):
    """The database holds all that was published of this election: there is nothing to accept."""


def accept_rollback(
    *, election: Election, board: Path, reason_code: str, operator: Actor, now: datetime
) -> tuple[Checkpoint, Checkpoint]:
    """Give up what was published and is lost; returns it, and what the election goes on from.

    The trail names both. The published file is changed last: until then nothing is accepted, and the
    same act may be done again. Refuses NotRolledBack; raises Unreadable.
    """
    with transaction.atomic():
        take_election(election.pk)
        published = read_published(board, election.pk)
        if published is None:
            raise NotRolledBack
        own = own_checkpoint(election.pk, published.size)
        if own.holds(published):
            raise NotRolledBack
        record(
            actor=operator,
            verb="accept_rollback",
            target=election,
            now=now,
            reason_code=reason_code,
            before={"size": published.size, "root": published.root},
            after={"size": own.size, "root": own.root},
        )
    abandon_checkpoint(board, own)
    return published, own
