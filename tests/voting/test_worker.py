"""Counts by a real Celery worker: one set of tallies, whatever happens to workers and the queue."""

import json
from datetime import timedelta
from fractions import Fraction
from io import StringIO

import pytest
from celery import current_app
from django.core.management import call_command
from django.db.models import QuerySet
from django.utils import timezone

from audit.canonical import digest
from audit.models import TrailEntry
from hubs.models import Round
from jobs import actions as jobs
from jobs.models import Job, JobState
from jobs.tasks import hint, sweep
from tests.factories import make_hub, make_round, pb_file, pb_text
from tests.hubs.races import at_once, ends, wait_until
from tests.voting.makers import bring_in
from tests.voting.rules.test_real_elections import CASES, FOLDER, NAMES, kind
from tests.voting.worker import (
    Worker,
    forget_all_hints,
    stand_before_the_tallies,
    stands_before_the_tallies,
    tallies_held,
)
from voting import rules, tasks
from voting.actions import counting
from voting.forms import read_election
from voting.models import Election, Tally
from voting.queries import COUNT_TASK

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.fixture
def western() -> Round:
    return make_round(make_hub("west"))


def state_of(job: Job) -> tuple[str, int]:
    """The state of a job and how often it was taken."""
    job.refresh_from_db()
    return job.state, job.attempts


def wait_for(*all_jobs: Job) -> None:
    """Until each job has ended."""
    left = Job.objects.filter(pk__in=[job.pk for job in all_jobs], finished_at=None)
    wait_until(lambda: not left.exists(), lambda: str(list(left.values())))


def sets_of_tallies(election: Election) -> tuple[int, int]:
    """How many tallies there are, and how many counts have stored some."""
    deeds = TrailEntry.objects.filter(verb="count_election", target_id=str(election.pk))
    return election.tallies.count(), deeds.count()


def run_out(job: Job) -> None:
    """The lease of a job runs out now, instead of in half a minute."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_an_election_is_brought_in_and_counted_as_the_engine_counts_it(hire, western, tmp_path):
    hire()
    path = tmp_path / "election.pb"
    path.write_text(pb_text())
    out, err = StringIO(), StringIO()
    options = {"round": western.pk, "wait": True, "json": True}
    call_command("import_election", str(path), **options, stdout=out, stderr=err)
    told, file = json.loads(out.getvalue()), pb_file()
    assert told["job"]["state"] == "DONE"
    assert len(told["tallies"]) == 4
    for tally in told["tallies"]:
        task = file.instance(), file.profile(), rules.Parameters(**tally["parameters"])
        outcome = rules.count(tally["rule"], *task)
        stored = outcome.as_json()
        if tally["decides"]:
            stored["explanation"] = rules.explained(*task, outcome)
        assert (tally["winners"], tally["cost_minor"], tally["outcome_hash"]) == (
            list(outcome.winners), outcome.cost, digest(stored),
        )  # fmt: skip
    assert err.getvalue().splitlines()[-1].split()[0] == "DONE"


def test_a_worker_killed_in_the_middle_of_a_count_changes_nothing(hire, western):
    worker = hire()
    election, job = bring_in(western)
    hint(job)
    with tallies_held():
        wait_until(stands_before_the_tallies, worker.said)
        assert state_of(job) == (JobState.RUNNING, 1)
        assert job.total > 0  # it has told how far it is
        worker.kill()
    sweep()  # while the lease lasts, nobody knows that its holder is dead
    assert state_of(job) == (JobState.RUNNING, 1)

    run_out(job)
    hire()
    sweep()
    wait_for(job)
    assert state_of(job) == (JobState.DONE, 2)
    assert sets_of_tallies(election) == (4, 1)


def counted_at_once(western: Round, workers: list[Worker]) -> list[str]:
    """The states of two elections of two hubs while whoever counts cannot store anything."""
    begun = [bring_in(round_)[1] for round_ in (western, make_round(make_hub("east")))]
    with tallies_held():
        for job in begun:
            hint(job)
        wait_until(lambda: stand_before_the_tallies() == len(workers), workers[0].said)
        states = [state_of(job)[0] for job in begun]
    wait_for(*begun)
    return sorted(states)


def test_two_workers_count_the_elections_of_two_hubs_at_the_same_time(hire, western):
    assert counted_at_once(western, [hire(), hire()]) == ["RUNNING", "RUNNING"]


def test_one_worker_counts_one_after_the_other(hire, western):
    assert counted_at_once(western, [hire()]) == ["QUEUED", "RUNNING"]


def test_a_queue_that_forgot_everything_is_told_again(hire, western):
    (forgotten, lost), (_other, known) = bring_in(western), bring_in(western)
    hint(lost)
    forget_all_hints()
    hint(known)
    hire()
    wait_for(known)
    assert state_of(lost) == (JobState.QUEUED, 0)  # nobody told the worker

    sweep()
    wait_for(lost)
    assert state_of(lost) == (JobState.DONE, 1)
    assert sets_of_tallies(forgotten) == (4, 1)


def test_a_queue_that_forgets_everything_while_all_run_goes_on(hire, western):
    hire()
    for _ in range(2):
        election, job = bring_in(western)
        sweep()
        wait_for(job)
        assert sets_of_tallies(election) == (4, 1)
        forget_all_hints()


def test_a_task_delivered_five_times_is_counted_once(hire, western):
    worker = hire(at_once=2)
    election, job = bring_in(western)
    with tallies_held():
        for _ in range(5):
            current_app.send_task(COUNT_TASK, [str(job.pk)])
        wait_until(stands_before_the_tallies, worker.said)
        wait_until(lambda: worker.said().count("succeeded in") == 4, worker.said)
        assert state_of(job) == (JobState.RUNNING, 1)
    wait_for(job)
    wait_until(lambda: worker.said().count("succeeded in") == 5, worker.said)
    assert state_of(job) == (JobState.DONE, 1)
    assert sets_of_tallies(election) == (4, 1)


def deliver_five_times(western: Round, waiting: int) -> tuple[list[str], tuple[int, int]]:
    election, job = bring_in(western)
    deliveries = [lambda: tasks.count_election(str(job.pk))] * 5
    with at_once(*deliveries, table="voting_tally", waiting=waiting) as begun:
        pass
    return ends(begun), sets_of_tallies(election)


def test_of_five_threads_one_takes_the_job(western):
    assert deliver_five_times(western, waiting=1) == (["done"] * 5, (4, 1))


def test_without_taking_and_without_the_lease_all_five_would_count(western, monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    monkeypatch.setattr(jobs, "_can_be_taken", lambda job, now: True)
    monkeypatch.setattr(jobs, "report_progress", lambda **facts: None)
    monkeypatch.setattr(counting, "finish_job", lambda job, now: None)
    assert deliver_five_times(western, waiting=5) == (["done"] * 5, (4, 5))


def test_a_worker_that_lost_its_lease_drops_what_it_counted(hire, western):
    worker = hire()
    election, job = bring_in(western)
    hint(job)
    with tallies_held():
        wait_until(stands_before_the_tallies, worker.said)
        run_out(job)
        jobs.take_job(job_id=job.pk, now=timezone.now())  # another worker has it now
    wait_until(lambda: "this result is dropped" in worker.said(), worker.said)
    assert state_of(job) == (JobState.RUNNING, 2)
    assert sets_of_tallies(election) == (0, 0)

    run_out(job)
    sweep()
    wait_for(job)
    assert state_of(job) == (JobState.DONE, 3)
    assert sets_of_tallies(election) == (4, 1)


OPTIONS: dict[tuple[str, ...], dict[str, str]] = {
    ("greedy", "cost", "None"): {"rule": "greedy", "parameters__order": "votes"},
    ("greedy", "card", "None"): {"rule": "greedy", "parameters__order": "votes-per-cost"},
    ("mes", "cost", "None"): {"rule": "equal-shares", "parameters__satisfaction": "cost"},
    ("mes", "card", "None"): {"rule": "equal-shares", "parameters__satisfaction": "cardinality"},
}


@pytest.mark.skipif(not NAMES, reason=f"no elections in {FOLDER}")
def test_every_real_election_has_the_outcome_of_the_reference(hire, western):
    hire(at_once=2)
    brought: dict[str, tuple[Election, Job]] = {}
    for name in NAMES:
        file = read_election((FOLDER / f"{name}.pb").read_bytes())
        brought[name] = bring_in(western, file, ranking_points="from-zero", now=timezone.now())
        hint(brought[name][1])
    wait_for(*(job for _election, job in brought.values()))
    assert {job.state for job in Job.objects.all()} == {JobState.DONE}

    told = [(name, outcome) for name, outcome in CASES if kind(outcome) in OPTIONS]
    assert len(told) > 100
    for name, expected in told:
        election = brought[name][0]
        found = election.tallies.get(**OPTIONS[kind(expected)]).outcome
        assert (name, found["winners"]) == (name, expected["order"])
        assert Fraction(found["cost"], 10**election.decimals) == Fraction(expected["cost"])
    assert Tally.objects.count() == 4 * len(NAMES)
