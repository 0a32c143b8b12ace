"""Between the job row and Celery: hints, the sweeper, and the frame that every worker runs in."""

import logging
import time
import traceback
import uuid
from collections.abc import Callable

from celery import current_app, shared_task
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from jobs import actions
from jobs.models import Job

logger = logging.getLogger(__name__)

RENEW_EVERY = 1.0  # seconds between two writes of progress
Progress = Callable[[int, int], None]


def hint(job: Job) -> None:
    """Tell the workers about a job once the transaction is committed. A lost hint is swept up later."""
    transaction.on_commit(lambda: _send(job))


def _send(job: Job) -> None:
    try:
        current_app.send_task(job.kind, [str(job.pk)], retry=False)
    except (KombuError, RedisError, OSError) as error:
        logger.warning("No hint sent for job %s, the sweeper will: %s", job.pk, error)


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Free what dead workers held, and hint at everything that waits."""
    for job in actions.sweep_jobs(now=timezone.now()):
        _send(job)


def work(
    job_id: str, deed: Callable[[Job, Progress], object], refusals: tuple[type[Exception], ...] = ()
) -> None:
    """Take the job and do the deed, which must call ``finish_job`` in the transaction of its result.

    A refusal the deed names, or an error nobody foresaw, fails the job for good; a database that
    went away leaves it to the sweeper. Running twice changes nothing.
    """
    try:
        job = actions.take_job(job_id=uuid.UUID(job_id), now=timezone.now())
    except actions.JobTaken:
        return
    try:
        deed(job, _progress_of(job))
    except actions.LeaseLost:
        logger.warning("Job %s was given to another worker; this result is dropped", job.pk)
    except (OperationalError, InterfaceError):
        raise
    except refusals as refusal:
        logger.error("Job %s is refused: %s %s", job.pk, type(refusal).__name__, refusal)
        _fail(job, type(refusal).__name__, str(refusal))
    except Exception:
        _fail(job, "UNFORESEEN", traceback.format_exc())
        raise


def _fail(job: Job, code: str, text: str) -> None:
    try:
        actions.fail_job(job=job, error_code=code, error=text, now=timezone.now())
    except actions.LeaseLost:
        logger.warning("Job %s was given to another worker; this failure is dropped", job.pk)


def _progress_of(job: Job) -> Progress:
    written = 0.0

    def report(done: int, total: int) -> None:
        nonlocal written
        if time.monotonic() - written >= RENEW_EVERY:
            actions.report_progress(job=job, done=done, total=total, now=timezone.now())
            written = time.monotonic()

    return report
