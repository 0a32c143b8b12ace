"""What can happen to a job: requested, taken, renewed, finished, failed, swept."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from jobs.models import Job, JobState

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5


class JobTaken(Exception):
    """Another worker holds the job, or it is finished: there is nothing to do."""


class LeaseLost(Exception):
    """The lease ran out and the job was given to someone else: what was computed must not be kept."""


class JobNotFailed(Exception):
    """Only a job that failed can be tried again."""


@transaction.atomic
def request_job(*, kind: str, subject: str, now: datetime) -> Job:
    """The job of this kind on this subject: the one that exists, or a new one that waits."""
    job, _created = Job.objects.get_or_create(
        kind=kind, subject=subject, defaults={"created_at": now}
    )
    return job


@transaction.atomic
def take_job(*, job_id: uuid.UUID, now: datetime) -> Job:
    """Lease a waiting job to the caller, or one whose lease ran out. Raises JobTaken."""
    job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
    if job is None or not _can_be_taken(job, now):
        raise JobTaken
    job.state, job.lease, job.lease_until = JobState.RUNNING, uuid.uuid4(), now + LEASE
    job.attempts += 1
    job.done = job.total = 0
    job.started_at = now
    job.save()
    return job


def _can_be_taken(job: Job, now: datetime) -> bool:
    if job.state == JobState.RUNNING:
        return job.lease_until is not None and job.lease_until < now
    return job.state == JobState.QUEUED


def report_progress(*, job: Job, done: int, total: int, now: datetime) -> None:
    """Renew the lease and say how far the work is. Raises LeaseLost."""
    renewed = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease=job.lease).update(
        done=min(done, total), total=total, lease_until=now + LEASE
    )
    if not renewed:
        raise LeaseLost


def finish_job(*, job: Job, now: datetime) -> None:
    """Mark the job done; call it in the transaction that stores the work. Raises LeaseLost."""
    _end(job, now, state=JobState.DONE, done=F("total"))


def fail_job(*, job: Job, error_code: str, error: str, now: datetime) -> None:
    """Mark the job failed for good, with a code for people and a text for operators. Raises LeaseLost."""
    _end(job, now, state=JobState.FAILED, error_code=error_code, error=error[:10_000])


def _end(job: Job, now: datetime, **facts: object) -> None:
    held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease=job.lease)
    if not held.update(lease=None, lease_until=None, finished_at=now, **facts):
        raise LeaseLost


@transaction.atomic
def retry_job(*, job_id: uuid.UUID) -> Job:
    """Let a failed job wait again, with its attempts counted afresh. Raises JobNotFailed."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state != JobState.FAILED:
        raise JobNotFailed
    job.state, job.attempts, job.finished_at = JobState.QUEUED, 0, None
    job.error_code = job.error = ""
    job.done = job.total = 0
    job.save()
    return job


@transaction.atomic
def sweep_jobs(*, now: datetime) -> list[Job]:
    """Free the jobs whose worker died, give up on those that keep killing workers.

    Returns every job that waits, so that the caller can hint at it again.
    """
    for job in Job.objects.abandoned(now).select_for_update(skip_locked=True):
        job.lease = job.lease_until = None
        if job.attempts >= MAX_ATTEMPTS:
            job.state, job.finished_at = JobState.FAILED, now
            job.error_code, job.error = "WORKER_LOST", f"{job.attempts} workers died on this job"
        else:
            job.state = JobState.QUEUED
        job.save()
    return list(Job.objects.waiting().order_by("created_at", "pk"))
