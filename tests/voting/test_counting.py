"""A count is made from the manifest, stored whole, and gives the same bytes every time."""

import pytest

from audit.canonical import digest
from audit.models import TrailEntry
from jobs.actions import LEASE, LeaseLost, retry_job, sweep_jobs, take_job
from jobs.models import Job, JobState
from tests.factories import NOON, pb_text
from tests.voting.makers import bring_in, count, counted, tampering
from voting import tasks
from voting.actions import LARGEST_AMOUNT, TallyDiffers, count_election
from voting.forms import read_election
from voting.models import Ballot, Election, Item, ItemText, Manifest, Tally
from voting.queries import COUNT_TASK, counting_code_version


def again(election: Election) -> Job:
    """The job of an election, as if nothing had been counted yet."""
    Job.objects.filter(subject=str(election.pk)).delete()
    return Job.objects.create(kind=COUNT_TASK, subject=str(election.pk), created_at=NOON)


def worked(job: Job) -> Job:
    """The job after a delivery of its task."""
    tasks.count_election(str(job.pk))
    job.refresh_from_db()
    return job


def test_a_tally_names_its_input_its_code_and_its_outcome_by_hash(round_):
    election = counted(round_)
    assert len(counting_code_version()) == 64
    for tally in election.tallies.all():
        assert tally.input_hash == election.manifest.hash
        assert tally.settings_hash == digest({"rule": tally.rule, "parameters": tally.parameters})
        assert tally.code_version == counting_code_version()
        assert tally.outcome_hash == digest(tally.outcome)
        assert tally.counted_at == NOON
    assert TrailEntry.objects.get(verb="count_election").after == {
        "outcomes": [tally.outcome_hash for tally in election.tallies.order_by("pk")]
    }


def test_counting_twice_gives_the_same_bytes_and_stores_them_once(round_):
    election = counted(round_)
    first = list(election.tallies.order_by("pk").values())
    count(again(election))
    assert list(election.tallies.order_by("pk").values()) == first


def test_another_outcome_of_the_same_input_is_an_alarm_and_not_a_result(round_):
    election = counted(round_)
    with tampering("voting_tally"):
        Tally.objects.filter(decides=True).update(outcome_hash="0" * 64)
    with pytest.raises(TallyDiffers):
        count(again(election))
    job = worked(again(election))
    assert (job.state, job.error_code) == (JobState.FAILED, "TallyDiffers")
    assert TrailEntry.objects.filter(verb="count_election").count() == 1


def swap_a_ballot(election: Election) -> None:
    with tampering("voting_ballot"):
        election.ballots.filter(payload=b"[[2,1]]").update(payload=b"[[1,1]]")


def drop_a_ballot(election: Election) -> None:
    with tampering("voting_ballot"):
        election.ballots.filter(payload=b"[[2,1]]").delete()


def add_a_ballot(election: Election) -> None:
    with tampering("voting_ballot"):
        Ballot.objects.create(election=election, pseudonym=b"x" * 32, payload=b"[[2,1]]")


def lower_a_cost(election: Election) -> None:
    with tampering("voting_item"):
        Item.objects.filter(election=election, code="c").update(cost_minor=1)


def reword_an_item(election: Election) -> None:
    with tampering("voting_itemtext"):
        ItemText.objects.filter(title="Well").update(title="Palace")


def raise_the_budget(election: Election) -> None:
    with tampering("voting_electionlane"):
        election.lanes.update(budget_minor=LARGEST_AMOUNT)


def forge_the_manifest(election: Election) -> None:
    swap_a_ballot(election)
    body = election.manifest.body | {"ballots_hash": "0" * 64}
    with tampering("voting_manifest"):
        Manifest.objects.update(body=body)


def enrol_one_more(election: Election) -> None:
    with tampering("voting_rollentry"):
        election.roll.create(reason="IMPORTED")


@pytest.mark.parametrize(
    "tamper",
    [
        swap_a_ballot, drop_a_ballot, add_a_ballot, lower_a_cost, reword_an_item,
        raise_the_budget, forge_the_manifest, enrol_one_more,
    ],
)  # fmt: skip
def test_nothing_is_counted_that_the_manifest_does_not_name(round_, tamper):
    election, job = bring_in(round_)
    tamper(election)
    job = worked(job)
    assert (job.state, job.error_code) == (JobState.FAILED, "ManifestMismatch")
    assert not Tally.objects.exists()
    assert not TrailEntry.objects.filter(verb="count_election").exists()


def test_without_tampering_the_same_count_is_done(round_):
    _election, job = bring_in(round_)
    assert worked(job).state == JobState.DONE
    assert Tally.objects.count() == 4


def test_an_option_nobody_knows_fails_the_job_with_a_code(round_):
    file = read_election(pb_text("1;c,a\n", "ordinal").encode())
    _election, job = bring_in(round_, file, ranking_points="from-ten")
    job = worked(job)
    assert (job.state, job.error_code) == (JobState.FAILED, "UnsupportedParameter")
    assert not Tally.objects.exists()


def test_a_count_that_failed_can_be_tried_again_once_its_cause_is_gone(round_):
    election, job = bring_in(round_)
    named = election.manifest.hash
    with tampering("voting_manifest"):
        Manifest.objects.update(hash="0" * 64)
    assert worked(job).error_code == "ManifestMismatch"
    with tampering("voting_manifest"):
        Manifest.objects.update(hash=named)
    job = worked(retry_job(job_id=job.pk))
    assert (job.state, job.error_code, Tally.objects.count()) == (JobState.DONE, "", 4)


def test_a_worker_that_lost_its_lease_at_the_last_moment_keeps_nothing(round_):
    _election, job = bring_in(round_)
    taken = take_job(job_id=job.pk, now=NOON)

    def stall(done: int, total: int) -> None:
        if done == total:
            sweep_jobs(now=NOON + 2 * LEASE)

    with pytest.raises(LeaseLost):
        count_election(job=taken, progress=stall, clock=lambda: NOON)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert not Tally.objects.exists()
    assert not TrailEntry.objects.filter(verb="count_election").exists()


def test_progress_runs_from_nothing_to_all_without_going_back(round_):
    _election, job = bring_in(round_)
    told: list[tuple[int, int]] = []
    count_election(
        job=take_job(job_id=job.pk, now=NOON),
        progress=lambda done, total: told.append((done, total)),
        clock=lambda: NOON,
    )
    assert (told[0], told[-1]) == ((0, 12), (12, 12))
    assert told == sorted(told)
    assert {total for _done, total in told} == {12}
