"""Elections in each of their states, and counts without a worker."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.db import connection

from audit.models import CLOCK, OPERATOR, Actor
from hubs.models import Round
from jobs.actions import take_job
from jobs.models import Job
from members.models import Member
from proposals.models import Proposal
from tests.factories import NOON, make_member, pb_file
from texts.models import SourceText, TextRendering
from voting.actions import close_election, count_election, freeze_election, import_election
from voting.models import (
    Ballot,
    BallotFormat,
    Election,
    ElectionKind,
    ElectionLane,
    ElectionOrigin,
    ElectionStatus,
    Item,
    ItemText,
    RollEntry,
    Tally,
)
from voting.queries import frozen_hash
from voting.queries.freezing import paper_of
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
    """An election of our own with one lane of one item in one language; from its freeze on with one ballot."""
    told = {
        "kind": ElectionKind.BUDGET,
        "origin": ElectionOrigin.OWN,
        "title": "Spring",
        "title_language": "en",
        "ballot_format": BallotFormat.APPROVAL,
        "currency": "EUR",
        "decimals": 2,
        "rule": "greedy",
        "parameters": {"tie_break": "lexico"},
        "opens_at": NOON - timedelta(days=9),
        "closes_at": NOON - timedelta(days=2),
        "key_fingerprint": "0" * 64,
    } | fields
    election = Election.objects.create(round=round_, **told)
    lane = add_lane(election)
    item = add_item(lane, "a", 4_000)
    ItemText.objects.create(election=election, item=item, language="en", title="Well")
    RollEntry.objects.create(election=election, reason="INVENTED")
    if status != ElectionStatus.DRAFT:
        election.status, election.frozen_at = ElectionStatus.FROZEN, NOON - timedelta(days=9)
        election.frozen_hash = frozen_hash(election)
        election.save()
        cast(election)
    if status == ElectionStatus.CLOSED:
        close_election(election=election, closer=CLOCK, now=NOON)
    return Election.objects.get(pk=election.pk)


def add_lane(election: Election, kind: str = "GENERAL", budget_minor: int = 10_000) -> ElectionLane:
    return ElectionLane.objects.create(
        election=election, kind=kind, position=election.lanes.count(), budget_minor=budget_minor
    )


def add_item(lane: ElectionLane, code: str, cost_minor: int, **fields: Any) -> Item:
    told = {"position": lane.election.items.count(), "code": code} | fields
    return Item.objects.create(election=lane.election, lane=lane, cost_minor=cost_minor, **told)


def make_proposal(
    round_: Round,
    title: str = "Well",
    *,
    lane: str = "GENERAL",
    status: str = "SHORTLISTED",
    language: str = "en",
    others: Mapping[str, str] = MappingProxyType({}),
    **amounts: int,
) -> Proposal:
    """A proposal of a lane of the round; ``amounts`` are what it asks for, by kind of resource.

    It was handed in at least; ``others`` are titles of translations by language. Its author is made with it.
    """
    text = SourceText.objects.create(language=language)
    for code, words in {language: title, **others}.items():
        TextRendering.objects.create(
            text=text, language=code, revision=1, title=words, summary=f"{words}, in short",
            body=f"{words}, at length", written_at=NOON,
        )  # fmt: skip
    proposal = Proposal.objects.create(
        lane=round_.lanes.get(kind=lane), author=make_member(f"Author{text.pk.hex}"), text=text,
        created_at=NOON,
    )  # fmt: skip
    for position, (kind, amount) in enumerate((amounts or {"MONEY": 4_000}).items()):
        proposal.lines.create(
            position=position, kind=kind, amount_minor=amount, purpose="Work", country="DK"
        )
    way = ["SUBMITTED", "IN_REVIEW"]
    for step in way[: way.index(status) + 1] if status in way else [*way, status]:
        move_proposal(proposal, step)
    return proposal


def move_proposal(proposal: Proposal, status: str) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(status=status, submitted_at=NOON)
    proposal.refresh_from_db()


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


def make_voters(number: int, country: str = "DK", **fields: Any) -> list[Member]:
    """Members at home in a country, who joined long before any round."""
    told = {"home_country": country, "joined_at": NOON - timedelta(days=999)} | fields
    begun = Member.objects.count()
    return Member.objects.bulk_create(
        Member(email=f"voter{begun + place}@example.org", **told) for place in range(number)
    )


def frozen(round_: Round, keys: Path, *, now: datetime = NOON, **changes: Any) -> Election:
    """The election of a round as its returning officer freezes it, having seen it a moment ago."""
    told = {
        "title": "Spring", "language": "en", "ballot_format": "APPROVAL", "max_choices": None,
        "rule": "equal-shares", "parameters": {"satisfaction": "cost"},
        "comparisons": [{"rule": "greedy", "parameters": {"order": "votes"}}],
        "resource_kind": "MONEY", "officer": Actor(None, "RETURNING_OFFICER"),
    } | changes  # fmt: skip
    told.setdefault("seen", paper_of(round_, told["resource_kind"]).hash)
    election = freeze_election(round=round_, keys=keys, now=now, **told)
    return Election.objects.get(pk=election.pk)
