"""The clock of the database ends a vote, and what it accepted is counted by a worker."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from audit.models import CLOCK, TrailEntry
from config.celery import app
from jobs.models import Job, JobState
from tests.factories import NOON, make_round
from tests.voting.makers import bring_in
from tests.voting.voters import HOUR, anybody, cast, end_now, marks, open_vote
from voting import actions, tasks
from voting.actions import closing
from voting.models import Ballot, Election, ElectionStatus, Manifest
from voting.queries import COUNT_TASK, ballot_groups

SECOND = timedelta(seconds=1)


@pytest.fixture
def over(round_) -> Election:
    return open_vote(round_, closes_at=timezone.now() - SECOND)


def test_what_is_still_open_is_not_closed_whatever_time_the_caller_thinks_it_is(round_):
    running = open_vote(round_)
    with pytest.raises(actions.StillOpen):
        actions.close_election(election=running, closer=CLOCK, now=running.closes_at + HOUR)
    running.refresh_from_db()
    assert running.status == ElectionStatus.FROZEN
    assert actions.close_due_elections() == []


def test_what_is_over_is_closed_once_with_its_manifest_and_its_count_requested(over):
    [job] = actions.close_due_elections()
    assert (job.kind, job.subject, job.state) == (COUNT_TASK, str(over.pk), JobState.QUEUED)
    over.refresh_from_db()
    assert over.status == ElectionStatus.CLOSED
    assert over.manifest.written_at >= over.closes_at
    assert actions.close_due_elections() == []
    with pytest.raises(actions.WrongStatus):
        actions.close_election(election=over, closer=CLOCK, now=NOON)
    closed = TrailEntry.objects.get(verb="close_election")
    assert (closed.role, closed.actor_id, closed.target_id) == ("CLOCK", None, str(over.pk))


def test_drafts_are_in_no_manifest(round_):
    election = open_vote(round_)
    cast(election, anybody(1), 0)
    actions.save_draft(election_id=election.pk, voter=anybody(2), choices=marks(1))
    actions.save_draft(election_id=election.pk, voter=anybody(1), choices=marks(1))
    end_now(election)
    actions.close_due_elections()
    assert Manifest.objects.get().body["ballots"] == 1
    assert bytes(Ballot.objects.get().payload) == b"[[0,1]]"


def test_an_import_is_closed_by_nobody_but_its_import(round_):
    election, _job = bring_in(round_)
    assert election.status == ElectionStatus.CLOSED
    assert actions.close_due_elections() == []


def test_one_that_cannot_be_closed_does_not_hold_up_the_others(west, monkeypatch, caplog):
    stuck, fine = (
        open_vote(make_round(west), closes_at=timezone.now() - seconds * SECOND)
        for seconds in (9, 1)
    )
    groups = ballot_groups

    def fail_for_one(election):
        if election == stuck:
            raise DatabaseError("broken")
        return groups(election)

    monkeypatch.setattr(closing, "ballot_groups", fail_for_one)
    assert [job.subject for job in actions.close_due_elections()] == [str(fine.pk)]
    assert str(stuck.pk) in caplog.text
    monkeypatch.undo()
    assert [job.subject for job in actions.close_due_elections()] == [str(stuck.pk)]


def test_the_task_hints_at_the_counts_and_may_be_delivered_twice(over, monkeypatch):
    hinted: list[Job] = []
    monkeypatch.setattr(tasks, "hint", hinted.append)
    for _delivery in range(2):
        tasks.close_due_elections()
    assert [job.subject for job in hinted] == [str(over.pk)]
    assert Manifest.objects.count() == 1


def test_the_clock_looks_every_fifteen_seconds():
    [entry] = [
        entry
        for entry in app.conf.beat_schedule.values()
        if entry["task"] == tasks.close_due_elections.name
    ]
    assert entry["schedule"] == 15
