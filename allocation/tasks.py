"""A run of the formula, as a worker computes it."""

from celery import shared_task
from django.utils import timezone

from allocation import actions
from allocation.queries import COMPUTE_TASK
from jobs.tasks import work


@shared_task(name=COMPUTE_TASK)
def compute_apportionment(job_id: str) -> None:
    """Compute one run. The job row says which."""
    work(
        job_id,
        lambda job, progress: actions.compute_apportionment(
            job=job, progress=progress, clock=timezone.now
        ),
        (actions.InputTampered,),
    )
