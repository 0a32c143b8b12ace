"""A job's way from asked for to done: leased, renewed, lost, swept, tried again."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from jobs.actions import (
    LEASE,
    MAX_ATTEMPTS,
    JobNotFailed,
    JobTaken,
    LeaseLost,
    fail_job,
    finish_job,
    report_progress,
    request_job,
    retry_job,
    sweep_jobs,
    take_job,
)
from jobs.models import Job, JobState
from tests.factories import NOON
from tests.hubs.refusals import guards_of, refused

MOMENT = timedelta(microseconds=1)
EXPIRED = NOON + LEASE + MOMENT  # of a lease taken at NOON


def row(job):
    return Job.objects.values().get(pk=job.pk)


@pytest.fixture
def job(db) -> Job:
    return request_job(kind="test", subject="1", now=NOON)


@pytest.fixture
def taken(job) -> Job:
    return take_job(job_id=job.pk, now=NOON)


def test_asking_again_finds_the_job_that_exists(job):
    assert request_job(kind="test", subject="1", now=NOON + LEASE) == job
    assert request_job(kind="test", subject="2", now=NOON) != job
    assert request_job(kind="other", subject="1", now=NOON) != job
    assert row(job)["created_at"] == NOON


def test_a_job_is_taken_renewed_and_finished(job):
    taken = take_job(job_id=job.pk, now=NOON)
    leased = {
        **row(job),
        "state": "RUNNING",
        "attempts": 1,
        "lease": taken.lease,
        "lease_until": NOON + LEASE,
        "started_at": NOON,
    }
    assert taken.lease is not None
    assert row(job) == leased
    report_progress(job=taken, done=2, total=3, now=NOON + MOMENT)
    renewed = {**leased, "done": 2, "total": 3, "lease_until": NOON + MOMENT + LEASE}
    assert row(job) == renewed
    finish_job(job=taken, now=EXPIRED)
    ended = {"state": "DONE", "done": 3, "lease": None, "lease_until": None, "finished_at": EXPIRED}
    assert row(job) == {**renewed, **ended}


def test_a_job_that_fails_says_why(taken):
    fail_job(job=taken, error_code="TooLarge", error="x" * 10_001, now=EXPIRED)
    failed = row(taken)
    assert (failed["state"], failed["finished_at"]) == ("FAILED", EXPIRED)
    assert (failed["error_code"], failed["error"]) == ("TooLarge", "x" * 10_000)


def test_more_progress_than_there_is_work_counts_as_all_of_it(taken):
    report_progress(job=taken, done=5, total=3, now=NOON)
    assert (row(taken)["done"], row(taken)["total"]) == (3, 3)


@pytest.mark.parametrize("end", [None, "DONE", "FAILED"])
def test_a_job_that_runs_or_is_finished_is_not_given_away(taken, end):
    if end == "DONE":
        finish_job(job=taken, now=NOON)
    if end == "FAILED":
        fail_job(job=taken, error_code="X", error="", now=NOON)
    before = row(taken)
    with pytest.raises(JobTaken):
        take_job(job_id=taken.pk, now=NOON + LEASE)
    assert row(taken) == before


def test_a_job_that_does_not_exist_is_not_given_away(db):
    with pytest.raises(JobTaken):
        take_job(job_id=UUID(int=1), now=NOON)


def test_a_job_whose_lease_ran_out_goes_to_the_next_worker_from_the_start(taken):
    report_progress(job=taken, done=1, total=2, now=NOON)
    second = take_job(job_id=taken.pk, now=EXPIRED)
    found = row(taken)
    assert (found["attempts"], found["done"], found["total"]) == (2, 0, 0)
    assert (found["started_at"], found["lease_until"]) == (EXPIRED, EXPIRED + LEASE)
    assert found["lease"] == second.lease != taken.lease


STEPS = {
    "progress": lambda job: report_progress(job=job, done=1, total=1, now=EXPIRED),
    "finish": lambda job: finish_job(job=job, now=EXPIRED),
    "fail": lambda job: fail_job(job=job, error_code="X", error="", now=EXPIRED),
}
LOSSES = {
    "taken by another": lambda job: take_job(job_id=job.pk, now=EXPIRED),
    "swept": lambda job: sweep_jobs(now=EXPIRED),
    "finished": lambda job: finish_job(job=job, now=NOON),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_a_worker_that_lost_its_lease_stores_nothing(taken, lose, step):
    lose(taken)
    before = row(taken)

    def store_and_say_so():
        with transaction.atomic():
            request_job(kind="the result", subject="1", now=NOON)
            step(taken)

    with pytest.raises(LeaseLost):
        store_and_say_so()
    assert row(taken) == before
    assert Job.objects.count() == 1


def test_the_sweeper_frees_what_a_dead_worker_held_and_nothing_else(taken):
    assert sweep_jobs(now=NOON + LEASE) == []
    assert row(taken)["lease"] == taken.lease
    assert sweep_jobs(now=EXPIRED) == [taken]
    freed = row(taken)
    assert (freed["state"], freed["lease"], freed["lease_until"]) == ("QUEUED", None, None)
    assert freed["attempts"] == 1


def test_the_sweeper_names_everything_that_waits_the_oldest_first(db):
    young = request_job(kind="test", subject="young", now=NOON + MOMENT)
    old = request_job(kind="test", subject="old", now=NOON)
    done = take_job(job_id=request_job(kind="t", subject="done", now=NOON).pk, now=NOON)
    finish_job(job=done, now=NOON)
    assert sweep_jobs(now=NOON) == [old, young]


def test_a_job_that_keeps_killing_workers_is_given_up(job):
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert row(job)["attempts"] == attempt - 1
        take_job(job_id=job.pk, now=NOON)
        waiting = sweep_jobs(now=EXPIRED)
        assert waiting == ([] if attempt == MAX_ATTEMPTS else [job])
    given_up = row(job)
    assert (given_up["state"], given_up["error_code"]) == ("FAILED", "WORKER_LOST")
    assert given_up["finished_at"] == EXPIRED


def test_a_failed_job_waits_again_as_if_it_were_new(taken):
    report_progress(job=taken, done=1, total=2, now=NOON)
    fail_job(job=taken, error_code="X", error="y", now=EXPIRED)
    retry_job(job_id=taken.pk)
    fresh = request_job(kind="test", subject="2", now=NOON)
    kept = {"id": taken.pk, "subject": "1", "started_at": NOON}
    assert row(taken) == {**row(fresh), **kept}


@pytest.mark.parametrize("state", sorted({"QUEUED", "RUNNING", "DONE"}))
def test_only_a_failed_job_is_tried_again(job, state):
    if state != "QUEUED":
        job = take_job(job_id=job.pk, now=NOON)
    if state == "DONE":
        finish_job(job=job, now=NOON)
    before = row(job)
    assert before["state"] == state
    with pytest.raises(JobNotFailed):
        retry_job(job_id=job.pk)
    assert row(job) == before


IMPOSSIBLE = [
    ("jobs_job_one_per_subject", {"subject": "1"}),
    ("jobs_job_finished_has_a_moment|jobs_job_state_known", {"state": "LOST"}),  # both refuse it
    ("jobs_job_running_holds_a_lease", {"state": "RUNNING"}),
    ("jobs_job_running_holds_a_lease", {"state": "RUNNING", "lease": UUID(int=1)}),
    ("jobs_job_running_holds_a_lease", {"state": "RUNNING", "lease_until": NOON}),
    ("jobs_job_running_holds_a_lease", {"lease": UUID(int=1)}),
    ("jobs_job_running_holds_a_lease", {"lease_until": NOON}),
    ("jobs_job_done_within_total", {"done": 2, "total": 1}),
    ("jobs_job_finished_has_a_moment", {"state": "DONE"}),
    ("jobs_job_finished_has_a_moment", {"state": "FAILED"}),
    ("jobs_job_finished_has_a_moment", {"finished_at": NOON}),
]


@pytest.mark.parametrize(("constraint", "wrong"), IMPOSSIBLE)
def test_an_impossible_job_is_refused_by_the_database(job, constraint, wrong):
    possible = {"kind": "test", "subject": "2", "created_at": NOON}
    Job.objects.create(**possible)
    with refused(constraint):
        Job.objects.create(**{**possible, "subject": "3", **wrong})


def test_every_constraint_of_a_job_is_tried_above():
    tried = {name for constraint, _wrong in IMPOSSIBLE for name in constraint.split("|")}
    assert guards_of(Job) == tried


def test_a_job_is_finished_when_it_is_done_or_failed():
    assert {state for state in JobState if Job(state=state).is_finished} == {"DONE", "FAILED"}
