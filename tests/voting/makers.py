"""Elections in each of their states, and counts without a worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from audit.models import CLOCK, OPERATOR
from hubs.models import Round
from jobs.actions import take_job
from jobs.models import Job
from tests.factories import NOON, pb_file
from voting.actions import close_election, count_election, import_election
from voting.models import (
    Ballot,
    BallotFormat,
    Election,
    ElectionKind,
    ElectionOrigin,
    ElectionStatus,
    Item,
    ItemText,
    RollEntry,
    Tally,
)
from voting.queries import frozen_hash
from voting.rules import pabulib

ADA = b"a" * 32  # a pseudonym


def bring_in(
    round_: Round,
    file: pabulib.Election | None = None,
    *,
    ranking_points: str = "from-one",
    now: datetime = NOON,
) -> tuple[Election, Job]:
    """An imported election that waits for its count; the small one where no file is given."""
    election, job = import_election(
        round=round_,
        file=file or pb_file(),
        ranking_points=ranking_points,
        importer=OPERATOR,
        now=now,
    )
    return Election.objects.get(pk=election.pk), job


def count(job: Job, now: datetime = NOON) -> list[Tally]:
    """What a worker does with the job, in this process."""
    taken = take_job(job_id=job.pk, now=now)
    return count_election(job=taken, progress=lambda done, total: None, clock=lambda: now)


def counted(round_: Round, file: pabulib.Election | None = None, **options: Any) -> Election:
    election, job = bring_in(round_, file, **options)
    count(job)
    return election


def make_election(
    round_: Round, status: ElectionStatus = ElectionStatus.DRAFT, **fields: Any
) -> Election:
    """An election of our own with one item in one language; from its freeze on with one ballot."""
    told = {
        "kind": ElectionKind.BUDGET,
        "origin": ElectionOrigin.OWN,
        "title": "Spring",
        "title_language": "en",
        "ballot_format": BallotFormat.APPROVAL,
        "currency": "EUR",
        "decimals": 2,
        "budget_minor": 10_000,
        "rule": "greedy",
        "parameters": {"tie_break": "lexico"},
        "opens_at": NOON - timedelta(days=9),
        "closes_at": NOON - timedelta(days=2),
    } | fields
    election = Election.objects.create(round=round_, **told)
    item = Item.objects.create(election=election, position=0, code="a", cost_minor=4_000)
    ItemText.objects.create(election=election, item=item, language="en", title="Well")
    RollEntry.objects.create(election=election, reason="IMPORTED")
    if status != ElectionStatus.DRAFT:
        election.status, election.frozen_at = ElectionStatus.FROZEN, NOON - timedelta(days=9)
        election.frozen_hash = frozen_hash(election)
        election.save()
        cast(election)
    if status == ElectionStatus.CLOSED:
        close_election(election=election, closer=CLOCK, now=NOON)
    return Election.objects.get(pk=election.pk)


def cast(election: Election, pseudonym: bytes = ADA, payload: bytes = b"[[0,1]]") -> Ballot:
    return Ballot.objects.create(election=election, pseudonym=pseudonym, payload=payload)


@contextmanager
def tampering(*tables: str) -> Iterator[None]:
    """What only the owner of the tables could do: triggers of these tables are off meanwhile."""
    with connection.cursor() as cursor:
        connection.check_constraints()  # what is put off to the commit stands in the way
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        connection.check_constraints()
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
