"""An election held elsewhere, brought in whole."""

import hashlib
import io
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction

from audit.actions import record
from audit.models import Actor
from hubs.models import LaneKind, Round
from jobs.actions import request_job
from jobs.models import Job
from members.languages import UNKNOWN, is_language
from voting import rules
from voting.actions.closing import close_election
from voting.actions.moving import freeze
from voting.actions.printing import Entry, print_paper
from voting.canonical import PLAIN, encode_ballot
from voting.models import (
    Ballot,
    Election,
    ElectionKind,
    ElectionLane,
    ElectionOrigin,
    Item,
    ItemText,
    RollEntry,
    RollReason,
)
from voting.queries import COUNT_TASK
from voting.rules import pabulib

LARGEST_AMOUNT = 10**18  # what fits a 64-bit column with room for sums


class AmountTooLarge(Exception):
    """A cost or the budget is larger than 10**18 minor units."""


class NothingOnTheBallot(Exception):
    """The file has no projects."""


@transaction.atomic
def import_election(
    *,
    round: Round,
    file: pabulib.Election,
    ranking_points: str,
    importer: Actor,
    now: datetime,
) -> tuple[Election, Job]:
    """Store an election held elsewhere, frozen and closed in the past, and ask for its count.

    Its roll names no member; ties fall by project id, because no seed was committed before the
    vote. All or nothing. Refuses AmountTooLarge and NothingOnTheBallot.
    """
    if not file.projects:
        raise NothingOnTheBallot
    if max(file.budget, *(project.cost for project in file.projects)) > LARGEST_AMOUNT:
        raise AmountTooLarge
    election = _draft_from_file(round, file, ranking_points, now)
    _put_on_ballot(election, file)
    _enrol_anonymously(election, len(file.ballots))
    freeze(election, at=election.opens_at)
    _copy_ballots(election, map(encode_ballot, file.ballots))
    close_election(election=election, closer=importer, now=now)
    record(
        actor=importer,
        verb="import_election",
        target=election,
        now=now,
        after={
            "round": round.pk,
            "ballots": len(file.ballots),
            "frozen_hash": election.frozen_hash,
        },
    )
    return election, request_job(kind=COUNT_TASK, subject=str(election.pk), now=now)


def _draft_from_file(
    round_: Round, file: pabulib.Election, ranking_points: str, now: datetime
) -> Election:
    opens_at, closes_at = _dates(file.meta, now)
    shared = {"tie_break": "lexico"}
    if file.format is rules.BallotFormat.RANKING:
        shared["ranking_points"] = ranking_points
    counts = [
        ("greedy", {"order": "votes", **shared}),
        ("equal-shares", {"satisfaction": "cost", **shared}),
        ("equal-shares", {"satisfaction": "cardinality", **shared}),
        ("greedy", {"order": "votes-per-cost", **shared}),
    ]
    if file.meta.get("rule", "").startswith("equalshares"):
        counts.sort(key=lambda count: count[0])  # the rule its city used decides
    (rule, parameters), *others = counts
    return Election.objects.create(
        round=round_,
        kind=ElectionKind.BUDGET,
        origin=ElectionOrigin.IMPORTED,
        title=(file.meta.get("description") or file.meta.get("unit") or file.meta["vote_type"])[
            :300
        ],
        title_language=_language(file.meta),
        ballot_format=file.format.value.upper(),
        currency=_currency(file.meta),
        decimals=file.decimals,
        rule=rule,
        parameters=parameters,
        comparisons=[{"rule": other, "parameters": values} for other, values in others],
        opens_at=opens_at,
        closes_at=closes_at,
    )


def _language(meta: Any) -> str:
    code = str(meta.get("language", "")).strip().lower()
    return code if is_language(code) else UNKNOWN


def _currency(meta: Any) -> str:
    code = str(meta.get("currency", "")).strip().upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""


def _dates(meta: Any, now: datetime) -> tuple[datetime, datetime]:
    """When voting opened and closed: never later than now, whatever the file says."""
    yesterday = now - timedelta(days=1)
    closes_at = min(_day(meta.get("date_end", ""), last=True) or yesterday, yesterday)
    opens_at = min(_day(meta.get("date_begin", ""), last=False) or closes_at, closes_at)
    return opens_at, closes_at


def _day(text: str, *, last: bool) -> datetime | None:
    """A day as Pabulib writes it: 2020-06-01, 01.06.2020 or just the year."""
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%Y"):
        try:
            day = datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
        if form == "%Y" and last:
            day = day.replace(month=12, day=31)
        return datetime.combine(day, time(23, 59, 59) if last else time(0), tzinfo=UTC)
    return None


def _put_on_ballot(election: Election, file: pabulib.Election) -> None:
    lane = ElectionLane(kind=LaneKind.GENERAL, budget_minor=file.budget)
    print_paper(election, [(lane, [_entry(election, project) for project in file.projects])])


def _entry(election: Election, project: pabulib.FileProject) -> Entry:
    title = ItemText(
        language=election.title_language,
        title=(project.name or project.id)[:500],
        is_source=True,
    )
    return Item(code=project.id, cost_minor=project.cost), [title]


def _enrol_anonymously(election: Election, voters: int) -> None:
    rows = (f"{election.pk}\t\\N\t{RollReason.IMPORTED}\n" for _number in range(voters))
    _copy(RollEntry, ("election_id", "member_id", "reason"), rows)


def _copy_ballots(election: Election, payloads: Iterable[bytes]) -> None:
    """Store ballots under pseudonyms made of the row number alone: there is nobody behind them."""
    prefix = f"imported {election.pk} ".encode()
    rows = (
        f"{election.pk}\t\\\\x{hashlib.sha256(prefix + str(row).encode()).hexdigest()}\t1\t{PLAIN}"
        f"\t\\\\x{payload.hex()}\n"
        for row, payload in enumerate(payloads)
    )
    _copy(Ballot, ("election_id", "pseudonym", "version", "scheme", "payload"), rows)


def _copy(
    model: type[RollEntry] | type[Ballot], columns: tuple[str, ...], rows: Iterable[str]
) -> None:
    """PostgreSQL's COPY: a city's ballots in seconds. The rows hold no character to escape."""
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN",
            io.StringIO("".join(rows)),
        )
