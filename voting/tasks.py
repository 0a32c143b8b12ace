"""What workers and the clock do with elections: close what is over, count, invent voters."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from jobs.tasks import hint, work
from voting import actions
from voting.keys import NoKey, WrongKey
from voting.queries import COUNT_TASK, INVENT_TASK
from voting.rules import InvalidInstance, UnknownRule, UnsupportedParameter

REFUSALS = (
    actions.ManifestMismatch,
    actions.TallyDiffers,
    InvalidInstance,
    UnknownRule,
    UnsupportedParameter,
)


@shared_task(name=COUNT_TASK)
def count_election(job_id: str) -> None:
    """Count one election. The job row says which."""
    work(
        job_id,
        lambda job, progress: actions.count_election(
            job=job, progress=progress, clock=timezone.now
        ),
        REFUSALS,
    )


@shared_task(name="voting.close_due_elections")
def close_due_elections() -> None:
    """Close what is over by the database's clock, and have it counted."""
    for job in actions.close_due_elections(board=settings.BOARD_DIR):
        hint(job)


@shared_task(name=INVENT_TASK)
def cast_invented(job_id: str) -> None:
    """Cast the ballots of the invented voters of one practice round. The job row says which."""
    work(
        job_id,
        lambda job, progress: actions.cast_invented(
            job=job, keys=settings.KEYS_DIR, progress=progress, clock=timezone.now
        ),
        (NoKey, WrongKey),
    )
