"""A count from the manifest: each lane for itself, by every rule the election names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.actions import record
from audit.canonical import digest
from audit.models import CLOCK, Actor
from jobs.actions import finish_job, retry_job
from jobs.models import Job
from voting import rules
from voting.canonical import digest_ballots
from voting.models import Election, ElectionLane, ElectionOrigin, Manifest, Tally
from voting.queries import (
    COUNT_TASK,
    ballot_groups,
    counting_code_version,
    counts_of,
    frozen_hash,
    instance_of,
    is_bundled,
    lanes_of,
    profiles_of,
)

# Distinct ballots times projects times runs of the rule: some minutes of a worker's time, in which
# each project that was not bought is counted again some forty times.
LARGEST_EXPLAINED = 20_000_000
COST_OF_A_RUN = 2_000  # what a run costs at least, in the same measure


class ManifestMismatch(Exception):
    """The ballots or the ballot paper are not those the manifest names: nothing is counted."""


class TallyDiffers(Exception):
    """The same input gave another outcome than before: an alarm, not a result."""


ALARMS = frozenset({ManifestMismatch.__name__, TallyDiffers.__name__})


class CountIsAlarm(Exception):
    """The count failed because something does not agree: to be explained, not tried again."""


class NoCount(Exception):
    """The election has no count that could have failed: its vote is not over."""


@transaction.atomic
def recount_election(*, election: Election, asker: Actor, now: datetime) -> Job:
    """Let a count that failed be tried again. Refuses NoCount, JobNotFailed and CountIsAlarm."""
    jobs = Job.objects.select_for_update().filter(kind=COUNT_TASK, subject=str(election.pk))
    job = jobs.first()
    if job is None:
        raise NoCount
    if job.error_code in ALARMS:
        raise CountIsAlarm
    job = retry_job(job_id=job.pk)
    record(actor=asker, verb="recount_election", target=election, now=now)
    return job


def count_election(
    *, job: Job, progress: Callable[[int, int], None], clock: Callable[[], datetime]
) -> list[Tally]:
    """Count each lane of an election by every rule it names, and finish the job, all at once.

    Long: calls ``progress`` as it goes, and asks ``clock`` for the moment only when it stores.
    Refuses ManifestMismatch and TallyDiffers; raises LeaseLost where the job went to another worker.
    """
    election = Election.objects.select_related("manifest").get(pk=job.subject)
    manifest = election.manifest
    steps = _steps(election)
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
        tallies = [_store(counted, manifest, now=now) for counted in outcomes]
        finish_job(job=job, now=now)
        record(
            actor=CLOCK,
            verb="count_election",
            target=election,
            now=now,
            after={"outcomes": [tally.outcome_hash for tally in tallies]},
        )
    return tallies


@dataclass(frozen=True, slots=True)
class _Counted:
    """One lane counted by one rule."""

    lane: ElectionLane
    parameters: dict[str, Any]
    decides: bool
    rule: str
    outcome: dict[str, Any]


def _count(
    election: Election, groups: list[tuple[bytes, int]], progress: Callable[[int, int], None]
) -> list[_Counted]:
    """Every lane by every rule; how far all of it is, is told as one."""
    profiles = profiles_of(election, groups)
    total, begun = _steps(election), 0
    counted = []
    for lane in lanes_of(election):
        instance, profile = instance_of(lane), profiles[lane.pk]
        size = len(instance.projects)
        for number, (rule, parameters) in enumerate(counts_of(election)):
            task = rule, instance, profile, rules.Parameters(**parameters)
            outcome = rules.count(*task, _part(progress, begun, size, total))
            begun += size
            stored = outcome.as_json()
            if number == 0:
                margins = None
                if _is_searched(election, instance, profile, outcome):
                    margins = rules.margins(*task, _part(progress, begun, size, total))
                begun += size if election.origin == ElectionOrigin.OWN else 0
                stored["explanation"] = rules.explained(*task[1:], outcome, margins)
                if not is_bundled(election):
                    _leave_out_payments(stored["explanation"])
            counted.append(_Counted(lane, parameters, number == 0, rule, stored))
    return counted


def _part(
    progress: Callable[[int, int], None], begun: int, size: int, total: int
) -> Callable[[int, int], None]:
    """Tells how far one part of ``size`` steps is as part of the whole."""
    return lambda done, most: progress(begun + size * done // max(most, 1), total)


def _steps(election: Election) -> int:
    """How many steps a count has: one for each item by each rule, and one to explain it."""
    explained = election.origin == ElectionOrigin.OWN
    return (len(counts_of(election)) + explained) * election.items.count()


def _is_searched(
    election: Election, instance: rules.Instance, profile: rules.Profile, outcome: rules.Outcome
) -> bool:
    """Whether it is worked out what each project lacked: a count again for each guess at it."""
    runs = sum(1 + (phase.raises or 0) for phase in outcome.phases)
    size = (len(profile.weights) * len(instance.projects) + COST_OF_A_RUN) * runs
    return election.origin == ElectionOrigin.OWN and size <= LARGEST_EXPLAINED


def _leave_out_payments(explanation: dict[str, Any]) -> None:
    """Where few voted, who paid for what would tell how single people voted."""
    for entry in explanation["projects"].values():
        entry |= {"paid": None, "spent_on": []}


def _store(counted: _Counted, manifest: Manifest, *, now: datetime) -> Tally:
    """One tally; where the same input was counted before, it must have given the same bytes."""
    found, parameters = counted.outcome, counted.parameters
    tally, is_new = Tally.objects.get_or_create(
        election_id=manifest.pk,
        lane=counted.lane,
        input_hash=manifest.hash,
        settings_hash=digest({"rule": counted.rule, "parameters": parameters}),
        code_version=counting_code_version(),
        defaults={
            "rule": counted.rule,
            "parameters": parameters,
            "decides": counted.decides,
            "outcome": found,
            "outcome_hash": digest(found),
            "counted_at": now,
        },
    )
    if not is_new and tally.outcome_hash != digest(found):
        raise TallyDiffers
    return tally
