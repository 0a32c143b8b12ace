"""A count from the manifest: each lane for itself, by every rule the election names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.actions import record
from audit.models import CLOCK, Actor
from jobs.actions import finish_job, retry_job
from jobs.models import Job
from voting import rules
from voting.canonical import digest, digest_ballots
from voting.models import Election, ElectionLane, Manifest, Tally
from voting.queries import (
    COUNT_TASK,
    ballot_groups,
    counting_code_version,
    counts_of,
    frozen_hash,
    instance_of,
    lanes_of,
    profiles_of,
)


class ManifestMismatch(Exception):
    """The ballots or the ballot paper are not those the manifest names: nothing is counted."""


class TallyDiffers(Exception):
    """The same input gave another outcome than before: an alarm, not a result."""


ALARMS = frozenset({ManifestMismatch.__name__, TallyDiffers.__name__})


class CountIsAlarm(Exception):
    """The count failed because something does not agree: to be explained, not tried again."""


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
    """Count each lane of an election by every rule it names, and finish the job, all at once.

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
    outcome: rules.Outcome


def _count(
    election: Election, groups: list[tuple[bytes, int]], progress: Callable[[int, int], None]
) -> list[_Counted]:
    """Every lane by every rule; the progress of all together is told as one."""
    profiles = profiles_of(election, groups)
    counts = counts_of(election)
    total, begun = len(counts) * election.items.count(), 0
    counted = []
    for lane in lanes_of(election):
        instance = instance_of(lane)
        for number, (rule, parameters) in enumerate(counts):

            def step(done: int, _total: int, before: int = begun) -> None:
                progress(before + done, total)

            options = rules.Parameters(**parameters)
            outcome = rules.count(rule, instance, profiles[lane.pk], options, step)
            counted.append(_Counted(lane, parameters, number == 0, outcome))
            begun += len(instance.projects)
    return counted


def _store(counted: _Counted, manifest: Manifest, *, now: datetime) -> Tally:
    """One tally; where the same input was counted before, it must have given the same bytes."""
    outcome, parameters = counted.outcome, counted.parameters
    found = outcome.as_json()
    tally, is_new = Tally.objects.get_or_create(
        election_id=manifest.pk,
        lane=counted.lane,
        input_hash=manifest.hash,
        settings_hash=digest({"rule": outcome.rule, "parameters": parameters}),
        code_version=counting_code_version(),
        defaults={
            "rule": outcome.rule,
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
