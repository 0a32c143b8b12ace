"""A run computed by a real Celery worker: one set of envelopes, whatever happens to the worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from allocation.models import Apportionment, Envelope
from allocation.queries import COMPUTE_TASK, replay
from audit.models import TrailEntry
from jobs import actions as jobs
from jobs.models import Job, JobState
from jobs.tasks import hint, sweep
from tests.allocation.makers import asked
from tests.hubs.races import wait_until
from tests.voting.makers import tampering
from tests.voting.worker import Worker, forget_all_hints

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND relation = 'allocation_envelope'::regclass
"""


@pytest.fixture
def hire(tmp_path):
    """Starts workers on a queue that begins empty; they end with the test."""
    forget_all_hints()
    hired: list[Worker] = []

    def start(**options: int) -> Worker:
        hired.append(Worker(tmp_path / f"worker-{len(hired)}.log", **options))
        return hired[-1]

    yield start
    for worker in hired:
        worker.kill()
    forget_all_hints()


@contextmanager
def envelopes_held() -> Iterator[None]:
    """Nobody stores an envelope meanwhile: a run waits at its last step."""
    holder = connection.copy()
    holder.set_autocommit(False)
    try:
        with holder.cursor() as cursor:
            cursor.execute("LOCK TABLE allocation_envelope IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        holder.rollback()
        holder.close()


def stands_before_the_envelopes() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])


def state_of(job: Job) -> tuple[str, int]:
    job.refresh_from_db()
    return job.state, job.attempts


def wait_for(job: Job) -> None:
    left = Job.objects.filter(pk=job.pk, finished_at=None)
    wait_until(lambda: not left.exists(), lambda: str(list(left.values())))


def run_out(job: Job) -> None:
    """The lease of a job runs out now, instead of in a minute."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def stored(run: Apportionment) -> tuple[str, int, int]:
    """The state of a run, how many envelopes it has, and how often it was computed."""
    run.refresh_from_db()
    deeds = TrailEntry.objects.filter(verb="compute_apportionment", target_id=str(run.pk))
    return run.status, run.envelopes.count(), deeds.count()


def test_a_worker_computes_what_this_process_recomputes(hire):
    hire()
    run, job = asked()
    hint(job)
    wait_for(job)
    assert stored(run) == ("COMPUTED", 8, 1)
    assert replay(run).is_equal


def test_a_worker_says_why_a_run_cannot_be_done(hire):
    hire()
    run, job = asked(down="0", max_share="0.25")
    hint(job)
    wait_for(job)
    assert stored(run) == ("INFEASIBLE", 0, 1)
    assert state_of(job) == (JobState.DONE, 1)


def test_a_worker_killed_before_it_stores_changes_nothing_and_the_next_one_finishes(hire):
    worker = hire()
    run, job = asked()
    hint(job)
    with envelopes_held():
        wait_until(stands_before_the_envelopes, worker.said)
        worker.kill()
    assert state_of(job) == (JobState.RUNNING, 1)
    run_out(job)
    hire()
    sweep()
    wait_for(job)
    assert state_of(job) == (JobState.DONE, 2)
    assert stored(run) == ("COMPUTED", 8, 1)


def test_a_worker_that_lost_its_lease_drops_what_it_computed(hire):
    worker = hire()
    run, job = asked()
    hint(job)
    with envelopes_held():
        wait_until(stands_before_the_envelopes, worker.said)
        run_out(job)
        jobs.take_job(job_id=job.pk, now=timezone.now())  # another worker has it now
    wait_until(lambda: "this result is dropped" in worker.said(), worker.said)
    assert not Envelope.objects.exists()
    assert stored(run) == ("REQUESTED", 0, 0)


def test_a_task_delivered_five_times_is_computed_once(hire):
    worker = hire(at_once=2)
    run, job = asked()
    for _ in range(5):
        current_app.send_task(COMPUTE_TASK, [str(job.pk)])
    wait_for(job)
    wait_until(lambda: worker.said().count("succeeded in") == 5, worker.said)
    assert state_of(job) == (JobState.DONE, 1)
    assert stored(run) == ("COMPUTED", 8, 1)


def test_a_worker_refuses_an_input_that_was_changed(hire):
    hire()
    run, job = asked()
    with tampering("allocation_apportionment"):
        Apportionment.objects.update(input=run.input | {"pool": 1})
    hint(job)
    wait_for(job)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "InputTampered")
    assert stored(run) == ("REQUESTED", 0, 0)
