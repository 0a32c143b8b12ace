"""The count, as a worker runs it."""

from celery import shared_task
from django.utils import timezone

from jobs.tasks import work
from voting import actions
from voting.queries import COUNT_TASK
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
