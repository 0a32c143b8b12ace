"""A run of the formula: asked for by one person, computed by a worker, decided by another person."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from allocation.models import (
    Apportionment,
    ApportionmentStatus,
    Envelope,
    FormulaVersion,
    IndicatorSnapshot,
    Pool,
)
from allocation.queries import (
    COMPUTE_TASK,
    Given,
    Outcome,
    formula_code_version,
    input_of,
    outcome_of,
    regional_hubs,
    replay,
)
from audit.actions import record
from audit.canonical import digest
from audit.models import CLOCK
from hubs.models import Cycle, Hub
from jobs.actions import finish_job, request_job, retry_job
from jobs.models import Job
from members.models import Member


class PoolShared(Exception):
    """A split of this pool is approved: there is nothing left to share."""


class SnapshotElsewhere(Exception):
    """The indicators were published for another cycle than the pool's."""


class InputTampered(Exception):
    """The stored input is not the one that was asked for: nothing is computed from it."""


class NotComputed(Exception):
    """Only a run that was computed, and that nobody has decided on, is approved or rejected."""


class SamePerson(Exception):
    """Nobody decides on a run of their own."""


class ReplayDiffers(Exception):
    """Computing the run again gives something else than is stored: it is not approved."""


@transaction.atomic
def request_apportionment(
    *,
    pool: Pool,
    formula: FormulaVersion,
    snapshot: IndicatorSnapshot,
    officer: Member,
    now: datetime,
) -> tuple[Apportionment, Job]:
    """Write down what a run is fed, and have a worker compute it. Refuses PoolShared and
    SnapshotElsewhere; whether the formula can share the pool at all is what the run finds out.
    """
    pool = _locked_pool(pool.pk)
    if pool.cycle_id != snapshot.cycle_id:
        raise SnapshotElsewhere
    document = input_of(pool, formula, snapshot)
    apportionment = Apportionment.objects.create(
        pool=pool,
        formula=formula,
        snapshot=snapshot,
        input=document,
        input_hash=digest(document),
        requested_by=officer,
        requested_at=now,
    )
    record(
        actor=officer.acting_as("ALLOCATION_OFFICER"),
        verb="request_apportionment",
        target=apportionment,
        now=now,
        after={
            "pool": pool.pk,
            "formula": formula.number,
            "snapshot": snapshot.pk,
            "input": apportionment.input_hash,
        },
    )
    return apportionment, request_job(kind=COMPUTE_TASK, subject=str(apportionment.pk), now=now)


def _locked_pool(key: int) -> Pool:
    """Whoever decides on the runs of a pool waits here for whoever else does: at the cycle's row,
    because a pool is never written again, and so nobody may lock it.
    """
    pool = Pool.objects.get(pk=key)
    Cycle.objects.select_for_update().get(pk=pool.cycle_id)
    if pool.apportionments.filter(status=ApportionmentStatus.APPROVED).exists():
        raise PoolShared
    return pool


def compute_apportionment(
    *, job: Job, progress: Callable[[int, int], None], clock: Callable[[], datetime]
) -> Apportionment:
    """Run the formula on the stored input, and keep envelopes, result and the job's end, all at once.

    Refuses InputTampered; raises LeaseLost where the job went to another worker.
    """
    apportionment = Apportionment.objects.get(pk=job.subject)
    progress(0, 2)
    if digest(apportionment.input) != apportionment.input_hash:
        raise InputTampered
    outcome = outcome_of(apportionment.input)
    progress(1, 2)
    with transaction.atomic():
        now = clock()
        apportionment = Apportionment.objects.select_for_update().get(pk=apportionment.pk)
        _store(apportionment, outcome, now)
        finish_job(job=job, now=now)
        record(
            actor=CLOCK,
            verb="compute_apportionment",
            target=apportionment,
            now=now,
            after={"status": apportionment.status, "result": apportionment.result_hash},
        )
    return apportionment


def _store(apportionment: Apportionment, outcome: Outcome, now: datetime) -> None:
    hubs = {hub.slug: hub for hub in regional_hubs()}
    Envelope.objects.bulk_create(
        _envelope(apportionment, hubs[code], given) for code, given in outcome.given.items()
    )
    apportionment.status = outcome.status
    apportionment.result, apportionment.result_hash = outcome.result, digest(outcome.result)
    apportionment.code_version = formula_code_version()
    apportionment.computed_at = now
    apportionment.save()


def _envelope(apportionment: Apportionment, hub: Hub, given: Given) -> Envelope:
    return Envelope(
        apportionment=apportionment,
        hub=hub,
        amount_minor=given.amount_minor,
        south_minor=given.south_minor,
        previous_minor=given.previous_minor,
        steps=given.steps,
    )


@transaction.atomic
def retry_apportionment(*, apportionment: Apportionment, officer: Member, now: datetime) -> Job:
    """Let a run whose worker failed be computed again. Refuses JobNotFailed and InputTampered."""
    job = Job.objects.select_for_update().get(kind=COMPUTE_TASK, subject=str(apportionment.pk))
    if job.error_code == InputTampered.__name__:
        raise InputTampered
    job = retry_job(job_id=job.pk)
    record(
        actor=officer.acting_as("ALLOCATION_OFFICER"),
        verb="retry_apportionment",
        target=apportionment,
        now=now,
    )
    return job


@transaction.atomic
def approve_apportionment(
    *, apportionment: Apportionment, approver: Member, now: datetime
) -> Apportionment:
    """Make the envelopes of a run those of its hubs. The run is computed once more before.

    Refuses PoolShared, NotComputed, SamePerson and ReplayDiffers.
    """
    _locked_pool(apportionment.pool_id)
    apportionment = _to_decide(apportionment, approver)
    if not replay(apportionment).is_equal:
        raise ReplayDiffers
    return _decide(apportionment, ApportionmentStatus.APPROVED, approver, now)


@transaction.atomic
def reject_apportionment(
    *, apportionment: Apportionment, approver: Member, now: datetime
) -> Apportionment:
    """Put a run aside; it stays readable. Refuses NotComputed and SamePerson."""
    apportionment = _to_decide(apportionment, approver)
    return _decide(apportionment, ApportionmentStatus.REJECTED, approver, now)


def _to_decide(apportionment: Apportionment, approver: Member) -> Apportionment:
    apportionment = Apportionment.objects.select_for_update().get(pk=apportionment.pk)
    if apportionment.requested_by_id == approver.pk:
        raise SamePerson
    if apportionment.status != ApportionmentStatus.COMPUTED:
        raise NotComputed
    return apportionment


def _decide(
    apportionment: Apportionment, status: ApportionmentStatus, approver: Member, now: datetime
) -> Apportionment:
    apportionment.status = status
    apportionment.decided_by, apportionment.decided_at = approver, now
    apportionment.save(update_fields=["status", "decided_by", "decided_at"])
    verbs = {
        ApportionmentStatus.APPROVED: "approve_apportionment",
        ApportionmentStatus.REJECTED: "reject_apportionment",
    }
    record(
        actor=approver.acting_as("ALLOCATION_APPROVER"),
        verb=verbs[status],
        target=apportionment,
        now=now,
        after={"pool": apportionment.pool_id, "result": apportionment.result_hash},
    )
    return apportionment
