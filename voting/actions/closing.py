"""The end of a vote: what was accepted is written down."""

import logging
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField
from django.db.models.expressions import Func

from audit.actions import record
from audit.canonical import digest
from audit.models import CLOCK, Actor
from jobs.actions import request_job
from jobs.models import Job
from voting.actions.clock import take_election, vote_by_the_clock
from voting.actions.moving import WrongStatus, move
from voting.canonical import PLAIN, digest_ballots
from voting.models import Election, ElectionOrigin, ElectionStatus, Manifest
from voting.queries import COUNT_TASK, ballot_groups, is_rolled_back

logger = logging.getLogger(__name__)


class StillOpen(Exception):
    """Voting has not ended yet, by the clock of the database."""


class RolledBack(Exception):
    """The database was restored from before what was published of this election."""


class ClockTimestamp(Func):
    """The moment at which PostgreSQL reads it, not the one at which the transaction began."""

    function = "CLOCK_TIMESTAMP"
    output_field = DateTimeField()


@transaction.atomic
def close_election(*, election: Election, closer: Actor, now: datetime) -> Manifest:
    """End the vote and write down what was accepted, in one transaction.

    Waits for the ballots under way; those that come later are refused. The database's clock says
    whether the vote is over, except for one held elsewhere, which is. Refuses StillOpen and WrongStatus.
    """
    take_election(election.pk)
    vote = vote_by_the_clock(election.pk)
    election = Election.objects.select_for_update().get(pk=election.pk)
    if election.origin == ElectionOrigin.OWN and vote.now < vote.closes_at:
        raise StillOpen
    move(election, ElectionStatus.CLOSED)
    groups = ballot_groups(election)
    body = {
        "format": "manifest/1",
        "election": str(election.pk),
        "frozen_hash": election.frozen_hash,
        "scheme": PLAIN,
        "ballots": sum(voters for _payload, voters in groups),
        "ballots_hash": digest_ballots(groups),
    }
    manifest = Manifest.objects.create(
        election=election, body=body, hash=digest(body), written_at=now
    )
    record(
        actor=closer,
        verb="close_election",
        target=election,
        now=now,
        after={"manifest": manifest.hash},
    )
    return manifest


def close_due_elections(*, closer: Actor = CLOCK, board: Path | None = None) -> list[Job]:
    """Close what is over by the database's clock, and ask for the counts; returns their jobs.

    Each election in a transaction of its own, with the request for its count; one that cannot be
    closed does not hold up the others. Safe to run twice, and at once: who comes second finds the
    election closed. One that is older than what was published of it on ``board`` waits for an operator:
    its manifest would lack ballots for good.
    """
    due = Election.objects.filter(
        origin=ElectionOrigin.OWN, status=ElectionStatus.FROZEN, closes_at__lte=ClockTimestamp()
    )
    jobs = []
    for election_id in due.order_by("closes_at", "pk").values_list("pk", flat=True):
        try:
            _refuse_rolled_back(election_id, board)
            jobs.append(_close_and_request_count(election_id, closer))
        except (StillOpen, WrongStatus):  # somebody else was quicker
            continue
        except Exception:
            logger.exception("Election %s is over and could not be closed", election_id)
    return jobs


def _refuse_rolled_back(election_id: UUID, board: Path | None) -> None:
    if board is not None and is_rolled_back(Election(pk=election_id), board):
        raise RolledBack


@transaction.atomic
def _close_and_request_count(election_id: UUID, closer: Actor) -> Job:
    now = vote_by_the_clock(election_id).now
    close_election(election=Election(pk=election_id), closer=closer, now=now)
    return request_job(kind=COUNT_TASK, subject=str(election_id), now=now)
