"""What can happen to an election: imported whole, counted from its manifest."""

import hashlib
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction

from audit.actions import record
from audit.models import CLOCK, Actor
from hubs.models import Round
from jobs.actions import finish_job, request_job, retry_job
from jobs.models import Job
from members.languages import UNKNOWN, is_language
from voting import rules
from voting.canonical import PLAIN, digest, digest_ballots, encode_ballot
from voting.models import (
    MOVES,
    Ballot,
    Election,
    ElectionKind,
    ElectionOrigin,
    ElectionStatus,
    Item,
    ItemText,
    Manifest,
    RollEntry,
    RollReason,
    Tally,
)
from voting.queries import (
    COUNT_TASK,
    ballot_groups,
    counting_code_version,
    counts_of,
    frozen_hash,
    instance_of,
    profile_of,
)
from voting.rules import pabulib

LARGEST_AMOUNT = 10**18  # what fits a 64-bit column with room for sums


class WrongStatus(Exception):
    """The election is not in the status this needs."""


class AmountTooLarge(Exception):
    """A cost or the budget is larger than 10**18 minor units."""


class NothingOnTheBallot(Exception):
    """The file has no projects."""


class ManifestMismatch(Exception):
    """The ballots or the ballot paper are not those the manifest names: nothing is counted."""


class TallyDiffers(Exception):
    """The same input gave another outcome than before: an alarm, not a result."""


ALARMS = frozenset({ManifestMismatch.__name__, TallyDiffers.__name__})


class CountIsAlarm(Exception):
    """The count failed because something does not agree: to be explained, not tried again."""


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
    _freeze(election, at=election.opens_at)
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
        budget_minor=file.budget,
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
    items = Item.objects.bulk_create(
        Item(election=election, position=position, code=project.id, cost_minor=project.cost)
        for position, project in enumerate(file.projects)
    )
    ItemText.objects.bulk_create(
        ItemText(
            election=election,
            item=item,
            language=election.title_language,
            title=(project.name or project.id)[:500],
        )
        for item, project in zip(items, file.projects, strict=True)
    )


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


def _freeze(election: Election, *, at: datetime) -> None:
    """Wait for whoever still writes, keep out the next, and only then say what is frozen."""
    Election.objects.select_for_update().get(pk=election.pk)
    election.frozen_hash, election.frozen_at = frozen_hash(election), at
    _move(election, ElectionStatus.FROZEN)


def _move(election: Election, status: ElectionStatus) -> None:
    if status not in MOVES[election.status]:
        raise WrongStatus(f"{election.status} to {status}")
    election.status = status
    election.save()


@transaction.atomic
def close_election(*, election: Election, closer: Actor, now: datetime) -> Manifest:
    """End the vote and write down what was accepted, in one transaction. Refuses WrongStatus."""
    election = Election.objects.select_for_update().get(pk=election.pk)
    _move(election, ElectionStatus.CLOSED)
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


@transaction.atomic
def recount_election(*, election: Election, asker: Actor, now: datetime) -> Job:
    """Let a count that failed be tried again. Refuses JobNotFailed and CountIsAlarm."""
    job = Job.objects.select_for_update().get(kind=COUNT_TASK, subject=str(election.pk))
    if job.error_code in ALARMS:
        raise CountIsAlarm
    job = retry_job(job_id=job.pk)
    record(actor=asker, verb="recount_election", target=election, now=now)
    return job


def count_election(
    *, job: Job, progress: Callable[[int, int], None], clock: Callable[[], datetime]
) -> list[Tally]:
    """Count an election from its manifest by every rule it names, and finish the job, all at once.

    Long: calls ``progress`` as it goes, and asks ``clock`` for the moment only when it stores.
    Refuses ManifestMismatch and TallyDiffers; raises LeaseLost where the job went to another worker.
    """
    election = Election.objects.select_related("manifest").get(pk=job.subject)
    manifest = election.manifest
    steps = len(counts_of(election)) * election.items.count()
    progress(0, steps)  # loading a city's ballots takes a while: the lease is renewed around it
    groups = ballot_groups(election)
    progress(0, steps)
    if (
        digest_ballots(groups) != manifest.body["ballots_hash"]
        or frozen_hash(election) != manifest.body["frozen_hash"]
        or digest(manifest.body) != manifest.hash
    ):
        raise ManifestMismatch
    outcomes = _count(election, groups, progress)
    with transaction.atomic():
        now = clock()
        tallies = [
            _store(election, manifest, outcome, parameters, decides=number == 0, now=now)
            for number, (parameters, outcome) in enumerate(outcomes)
        ]
        finish_job(job=job, now=now)
        record(
            actor=CLOCK,
            verb="count_election",
            target=election,
            now=now,
            after={"outcomes": [tally.outcome_hash for tally in tallies]},
        )
    return tallies


def _count(
    election: Election, groups: list[tuple[bytes, int]], progress: Callable[[int, int], None]
) -> list[tuple[dict[str, Any], rules.Outcome]]:
    instance, profile = instance_of(election), profile_of(election, groups)
    counts = counts_of(election)
    outcomes = []
    for number, (rule, parameters) in enumerate(counts):

        def step(done: int, total: int, before: int = number) -> None:
            progress(before * total + done, len(counts) * total)

        outcome = rules.count(rule, instance, profile, rules.Parameters(**parameters), step)
        outcomes.append((parameters, outcome))
    return outcomes


def _store(
    election: Election,
    manifest: Manifest,
    outcome: rules.Outcome,
    parameters: dict[str, Any],
    *,
    decides: bool,
    now: datetime,
) -> Tally:
    """One tally; where the same input was counted before, it must have given the same bytes."""
    found = outcome.as_json()
    tally, is_new = Tally.objects.get_or_create(
        election=election,
        input_hash=manifest.hash,
        settings_hash=digest({"rule": outcome.rule, "parameters": parameters}),
        code_version=counting_code_version(),
        defaults={
            "rule": outcome.rule,
            "parameters": parameters,
            "decides": decides,
            "outcome": found,
            "outcome_hash": digest(found),
            "counted_at": now,
        },
    )
    if not is_new and tally.outcome_hash != digest(found):
        raise TallyDiffers
    return tally
