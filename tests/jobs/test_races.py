"""Workers at once: one gets the job, one job is made. Each with its protection taken away, too."""

from functools import partial

import pytest
from django.db import connection

from jobs import actions
from jobs.actions import LEASE, JobTaken, request_job, take_job
from jobs.models import Job, JobQuerySet
from tests.audit.crowd import ROW_LOCK, Crowd, without
from tests.factories import NOON

pytestmark = pytest.mark.django_db(transaction=True)

LATER = NOON + 2 * LEASE


def take_at_once(monkeypatch, job: Job, *, unprotected: bool = False):
    """How many of six workers got the job, who meet once they have read its row."""
    deed = partial(take_job, job_id=job.pk, now=LATER)
    crowd = Crowd(*[without(ROW_LOCK, deed) if unprotected else deed] * 6)
    monkeypatch.setattr(actions, "_can_be_taken", crowd.meeting_before(actions._can_be_taken))
    outcomes = crowd.run()
    refused = [outcome for outcome in outcomes if isinstance(outcome, JobTaken)]
    got = [outcome for outcome in outcomes if isinstance(outcome, Job)]
    assert len(refused) + len(got) == 6
    return len(got)


@pytest.fixture(params=["waiting", "abandoned"])
def job(request, db) -> Job:
    job = request_job(kind="test", subject="1", now=NOON)
    return take_job(job_id=job.pk, now=NOON) if request.param == "abandoned" else job


def test_one_of_many_workers_gets_the_job(monkeypatch, job):
    before = job.attempts
    assert take_at_once(monkeypatch, job) == 1
    assert Job.objects.get().attempts == before + 1


def test_without_the_lock_on_its_row_every_worker_gets_the_job(monkeypatch, job):
    assert take_at_once(monkeypatch, job, unprotected=True) == 6


def ask_at_once(monkeypatch) -> int:
    """How many jobs there are after four asked for the same, each having found none."""
    crowd = Crowd(*[partial(request_job, kind="test", subject="1", now=NOON)] * 4)
    monkeypatch.setattr(JobQuerySet, "create", crowd.meeting_before(JobQuerySet.create))
    found = {job.pk for job in crowd.run()}
    assert found == set(Job.objects.values_list("pk", flat=True))
    return len(found)


def test_who_asks_at_once_gets_the_same_job(monkeypatch):
    assert ask_at_once(monkeypatch) == 1


def test_without_its_constraint_who_asks_at_once_gets_a_job_each(monkeypatch):
    constraint = next(c for c in Job._meta.constraints if c.name == "jobs_job_one_per_subject")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Job, constraint)
    try:
        assert ask_at_once(monkeypatch) == 4
    finally:
        Job.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Job, constraint)
