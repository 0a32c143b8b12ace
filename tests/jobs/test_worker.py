"""The frame a worker runs in, and the hints that reach it, on the real queue."""

import socket
from contextlib import suppress
from datetime import timedelta

import pytest
from celery import Celery, current_app
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from jobs import tasks
from jobs.actions import LEASE, finish_job, request_job, sweep_jobs, take_job
from jobs.models import Job
from jobs.tasks import hint, sweep, work
from tests.factories import NOON
from voting.queries import COUNT_TASK


class Refusal(Exception):
    """A way a deed may end that was foreseen."""


@pytest.fixture
def job(db) -> Job:
    return request_job(kind="test", subject="1", now=NOON)


def row(job):
    return Job.objects.values().get(pk=job.pk)


def worked(job: Job, deed) -> None:
    work(str(job.pk), deed, refusals=(Refusal,))


def test_a_deed_gets_the_leased_job_and_finishes_it(job):
    seen = []

    def deed(leased, progress):
        seen.append((leased.pk, leased.lease == row(job)["lease"] is not None))
        finish_job(job=leased, now=NOON)

    worked(job, deed)
    assert seen == [(job.pk, True)]
    assert row(job)["state"] == "DONE"


def test_a_hint_that_comes_twice_does_nothing_more(job):
    calls = []

    def deed(leased, progress):
        calls.append(leased.attempts)
        worked(job, deed)  # while it runs
        finish_job(job=leased, now=NOON)

    worked(job, deed)
    worked(job, deed)  # after it is done
    assert calls == [1]


def test_a_refusal_fails_the_job_with_its_name_and_words(job):
    def deed(leased, progress):
        raise Refusal("the file is empty")

    worked(job, deed)
    ended = row(job)
    assert (ended["state"], ended["error_code"], ended["error"]) == (
        "FAILED",
        "Refusal",
        "the file is empty",
    )


def test_an_error_nobody_foresaw_fails_the_job_with_its_traceback_and_is_raised(job):
    def deed(leased, progress):
        raise ZeroDivisionError("three parts of nothing")

    with pytest.raises(ZeroDivisionError):
        worked(job, deed)
    ended = row(job)
    assert (ended["state"], ended["error_code"]) == ("FAILED", "UNFORESEEN")
    assert ended["error"].startswith("Traceback (most recent call last):\n")
    assert ended["error"].endswith("\nZeroDivisionError: three parts of nothing\n")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_leaves_the_job_to_the_sweeper(job):
    def deed(leased, progress):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        worked(job, deed)
    connection.close()
    assert row(job)["state"] == "RUNNING"
    assert sweep_jobs(now=timezone.now() + LEASE + timedelta(seconds=1)) == [job]


def given_to_another(job: Job) -> Job:
    return take_job(job_id=job.pk, now=timezone.now() + 2 * LEASE)


ENDS = {
    "finishes": lambda job: finish_job(job=job, now=NOON),
    "refuses": lambda job: (_ for _ in ()).throw(Refusal("late")),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_a_worker_found_after_it_lost_its_lease_is_dropped(job, end):
    others = []

    def deed(leased, progress):
        others.append(given_to_another(job).lease)
        end(leased)

    worked(job, deed)
    found = row(job)
    assert (found["state"], found["lease"], found["error_code"]) == ("RUNNING", others[0], "")


def test_an_error_nobody_foresaw_is_raised_also_where_the_lease_is_lost(job):
    def deed(leased, progress):
        given_to_another(job)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        worked(job, deed)
    assert row(job)["state"] == "RUNNING"


def test_progress_is_written_no_more_often_than_needed(job, monkeypatch):
    seen = []

    def deed(leased, progress):
        for pause, done in [(0.0, 1), (3600.0, 2), (0.0, 3)]:
            monkeypatch.setattr(tasks, "RENEW_EVERY", pause)
            progress(done, 4)
            seen.append((row(job)["done"], row(job)["total"]))
        finish_job(job=leased, now=NOON)

    worked(job, deed)
    assert seen == [(1, 4), (1, 4), (3, 4)]


def test_a_deed_stops_at_its_next_sign_of_progress_once_the_lease_is_lost(job, monkeypatch):
    monkeypatch.setattr(tasks, "RENEW_EVERY", 0)
    reached = []

    def deed(leased, progress):
        reached.append("before")
        given_to_another(job)
        progress(1, 2)
        reached.append("after")

    worked(job, deed)
    assert reached == ["before"]


@pytest.fixture
def queue(db):
    """What waits in a queue of the workers: pairs of task and arguments; taken out as read."""
    with current_app.connection_for_read() as broker:

        def waiting(name: str = "celery") -> list[tuple[str, list[str]]]:
            found = []
            with (
                broker.SimpleQueue(name) as simple,
                suppress(simple.Empty),
            ):
                while True:
                    message = simple.get(block=False)
                    message.ack()
                    found.append((message.headers["task"], message.payload[0]))
            return found

        for name in ("celery", "counts"):  # what tests before left
            waiting(name)
        yield waiting


@pytest.mark.django_db(transaction=True)
def test_a_hint_is_sent_after_the_commit_and_never_after_a_rollback(queue):
    with transaction.atomic():
        kept = request_job(kind="kept", subject="1", now=NOON)
        hint(kept)
        assert queue() == []
    assert queue() == [("kept", [str(kept.pk)])]
    with transaction.atomic():
        hint(request_job(kind="fallen", subject="1", now=NOON))
        transaction.set_rollback(True)
    assert queue() == []


@pytest.mark.django_db(transaction=True)
def test_a_hint_the_queue_did_not_take_is_sent_by_the_sweeper(queue, monkeypatch):
    with socket.socket() as closed:  # bound, so that nobody else is there; not listening
        closed.bind(("127.0.0.1", 0))
        away = Celery(broker=f"redis://127.0.0.1:{closed.getsockname()[1]}", set_as_current=False)
        away.conf.broker_transport_options = current_app.conf.broker_transport_options
        with monkeypatch.context() as patched, transaction.atomic():
            patched.setattr(tasks, "current_app", away)
            job = request_job(kind="test", subject="1", now=NOON)
            hint(job)
    assert queue() == []
    sweep()
    assert queue() == [("test", [str(job.pk)])]


@pytest.mark.django_db(transaction=True)
def test_a_count_waits_in_a_queue_of_its_own(queue):
    job = request_job(kind=COUNT_TASK, subject="1", now=NOON)
    hint(job)
    assert (queue(), queue("counts")) == ([], [(COUNT_TASK, [str(job.pk)])])


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_hints_at_what_waits_and_at_what_it_freed(queue):
    waiting = request_job(kind="waiting", subject="1", now=NOON)
    freed = take_job(job_id=request_job(kind="dead", subject="1", now=NOON).pk, now=NOON)
    alive = request_job(kind="alive", subject="1", now=NOON)
    take_job(job_id=alive.pk, now=timezone.now())
    sweep()
    assert sorted(queue()) == [("dead", [str(freed.pk)]), ("waiting", [str(waiting.pk)])]
