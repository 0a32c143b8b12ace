"""A practice round: everything a real one runs through, with invented voters, and nothing paid."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone, translation

from audit.models import TrailEntry
from hubs.models import Cycle, HubKind, Round, SeatFunction
from hubs.phases import Phase
from jobs.actions import take_job
from jobs.models import Job, JobState
from principles.models import FrameworkVersion
from tests.factories import make_cycle, make_framework, make_hub, make_member, make_term
from tests.hubs.reading import browser, complaints, open_to, page, typed, words
from tests.voting.makers import count, tampering
from tests.voting.voters import cast, end_now, in_force, voter
from texts.queries import localized
from voting import actions, tasks
from voting.actions.practice import BUDGET_MINOR
from voting.ballots import reasons
from voting.canonical import decode_ballot
from voting.keys import NoKey
from voting.models import Ballot, Election, Item
from voting.queries import paper_of

LANGUAGES = {"en", "es", "fr", "ar", "da"}


@pytest.fixture(autouse=True)
def world(db):
    make_framework()
    make_cycle()


def start(hub, facilitator, keys_folder, *, minutes=3, voters=20, now=None):
    return actions.open_practice(
        hub=hub, facilitator=facilitator, minutes=minutes, voters=voters, keys=keys_folder,
        now=now or timezone.now(),
    )  # fmt: skip


def invent(job: Job, keys_folder, progress=lambda done, total: None) -> int:
    taken = take_job(job_id=job.pk, now=timezone.now())
    return actions.cast_invented(job=taken, keys=keys_folder, progress=progress, clock=timezone.now)


def test_a_practice_round_is_open_for_its_minutes_and_marked(west, fay, rui, keys_folder):
    now = timezone.now()
    election, _job = start(west, fay, keys_folder, minutes=5, voters=30, now=now)
    round_ = Round.objects.get(pk=election.round_id)
    assert round_.is_practice
    assert (round_.level, round_.currency, round_.decimals) == ("REGIONAL", "USD", 2)
    assert round_.phase_at(now) == Phase.VOTING
    assert round_.phase_at(now + timedelta(minutes=5)) == Phase.COUNTING
    assert election.closes_at == now + timedelta(minutes=5)
    assert election.status == "FROZEN"
    [lane] = election.lanes.all()
    assert lane.budget_minor == BUDGET_MINOR == round_.lanes.get().budgets.get().amount_minor
    assert sum(election.items.values_list("cost_minor", flat=True)) > BUDGET_MINOR
    assert localized(round_, "title", ["en"]).text == "Practice round"


def test_its_round_is_planned_and_opened_in_every_language_by_the_facilitator(
    west, fay, keys_folder
):
    election, _job = start(west, fay, keys_folder)
    titles = {code: localized(election.round, "title", [code]) for code in LANGUAGES}
    assert {code: title.language for code, title in titles.items()} == {c: c for c in LANGUAGES}
    acts = TrailEntry.objects.about(election.round).order_by("pk")
    assert list(acts.values_list("verb", "actor_id", "role")) == [
        (verb, fay.pk, "FACILITATOR") for verb in ("plan_round", "open_round", "open_practice")
    ]


def test_its_projects_are_worded_in_every_language_of_the_interface(west, fay, keys_folder):
    election, _job = start(west, fay, keys_folder)
    assert election.items.count() == 10
    for item in Item.objects.filter(election=election):
        assert set(item.texts.values_list("language", flat=True)) == LANGUAGES
        assert item.texts.exclude(title="").exclude(summary="").count() == len(LANGUAGES)


def test_its_roll_is_the_facilitator_the_seats_of_the_hub_and_invented_voters(
    west, fay, rui, ada, sec, keys_folder
):
    gone = make_member("Gone")
    make_term(gone, west, SeatFunction.MENTOR, ends_at=timezone.now() - timedelta(days=1))
    make_term(rui, west, SeatFunction.TREASURER)  # a second seat is no second vote
    election, _job = start(west, fay, keys_folder, voters=30)
    named = election.roll.filter(member__isnull=False)
    assert set(named.values_list("member__name", "reason")) == {("Fay", "SEAT"), ("Rui", "SEAT")}
    assert election.roll.filter(reason="INVENTED", member=None).count() == 30


@pytest.mark.parametrize(
    ("kind", "level"), [(HubKind.THEMATIC, "THEMATIC"), (HubKind.GLOBAL, "GLOBAL")]
)
def test_its_level_is_that_of_the_hub(fay, keys_folder, kind, level):
    election, _job = start(make_hub("other", kind=kind), fay, keys_folder)
    assert election.round.level == level


@pytest.mark.parametrize(
    ("minutes", "voters"), [(2, 20), (16, 20), (3, 19), (3, 201), (0, 0), (-3, 20)]
)
def test_it_is_neither_too_short_nor_too_large(west, fay, keys_folder, minutes, voters):
    with pytest.raises(actions.PracticeOutOfBounds):
        start(west, fay, keys_folder, minutes=minutes, voters=voters)
    assert not Election.objects.exists()


def test_a_hub_practises_once_at_a_time(west, fay, keys_folder):
    start(west, fay, keys_folder)
    with pytest.raises(actions.PracticeUnderWay):
        start(west, fay, keys_folder)
    start(make_hub("north"), fay, keys_folder)
    assert Election.objects.count() == 2


def test_a_hub_begins_twelve_practice_rounds_a_day_and_no_more(west, fay, keys_folder, monkeypatch):
    monkeypatch.setattr(actions.practice, "_is_under_way", lambda hub: False)
    monkeypatch.setattr(actions.practice, "MOST_A_DAY", 2)
    begun = timezone.now()
    start(west, fay, keys_folder, now=begun)
    start(west, fay, keys_folder, now=begun + timedelta(hours=1))
    last = begun + timedelta(days=1) - timedelta(seconds=1)
    with pytest.raises(actions.TooManyPractices):
        start(west, fay, keys_folder, now=last)
    start(make_hub("north"), fay, keys_folder, now=last)
    start(west, fay, keys_folder, now=begun + timedelta(days=1))


def test_the_page_says_that_there_were_enough_today(west, fay, monkeypatch):
    assert actions.practice.MOST_A_DAY == 12  # the sentence says twelve
    monkeypatch.setattr(actions.practice, "MOST_A_DAY", 0)
    shown = page(browser(fay).post(address(west), {"minutes": "4", "voters": "25"}))
    assert "twelve practice rounds within a day" in words(shown.main)
    assert typed(shown) == {"minutes": "4", "voters": "25"}


def test_programs_are_told_that_it_is_practice(client, west, fay, keys_folder):
    election, _job = start(west, fay, keys_folder)
    told = client.get(f"/api/v1/elections/{election.pk}/").json()
    assert told["is_practice"] is True


def test_without_a_cycle_or_principles_there_is_no_round(west, fay, keys_folder):
    with tampering("principles_frameworkversion"):
        FrameworkVersion.objects.update(status="RETIRED")
    with pytest.raises(actions.NoFramework):
        start(west, fay, keys_folder)
    Cycle.objects.all().delete()
    with pytest.raises(actions.NoCycle):
        start(west, fay, keys_folder)


def test_the_trail_says_who_began_it(west, fay, keys_folder):
    election, _job = start(west, fay, keys_folder)
    entry = TrailEntry.objects.get(verb="open_practice")
    assert (entry.actor_id, entry.role) == (fay.pk, "FACILITATOR")
    assert entry.after["frozen_hash"] == election.frozen_hash


def test_invented_voters_cast_ballots_like_any_other(west, fay, keys_folder):
    election, job = start(west, fay, keys_folder, voters=40)
    told: list[tuple[int, int]] = []
    assert invent(job, keys_folder, lambda *step: told.append(step)) == 40
    ballots = in_force(election)
    assert len(ballots) == 40
    assert {len(pseudonym) for pseudonym in ballots} == {32}
    paper = paper_of(election)
    contents = [decode_ballot(payload) for _version, payload in ballots.values()]
    assert {tuple(reasons(paper, choices)) for choices in contents} == {()}
    assert len(set(contents)) > 10
    assert told == [(number, 40) for number in range(40)]
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_inventing_again_after_a_worker_died_half_way_changes_nothing(
    west, fay, keys_folder, monkeypatch
):
    election, job = start(west, fay, keys_folder)

    def die_half_way(done, total):
        if done == total // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        invent(job, keys_folder, die_half_way)
    half = in_force(election)
    assert len(half) == 10
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert invent(job, keys_folder) == 20
    whole = in_force(election)
    assert len(whole) == 20
    assert {version for version, _payload in whole.values()} == {1}
    assert half.items() <= whole.items()


def test_who_comes_after_the_close_is_refused_and_the_job_ends_all_the_same(west, fay, keys_folder):
    _election, job = start(west, fay, keys_folder, now=timezone.now() - timedelta(minutes=4))
    assert invent(job, keys_folder) == 0
    assert not Ballot.objects.exists()
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_the_task_runs_the_job_and_a_missing_key_fails_it(west, fay, keys_folder):
    election, job = start(west, fay, keys_folder)
    file = keys_folder / str(election.pk)
    kept = file.read_bytes()
    file.unlink()
    tasks.cast_invented(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, NoKey.__name__)
    file.write_bytes(kept)
    Job.objects.update(state="QUEUED", finished_at=None)
    tasks.cast_invented(str(job.pk))
    tasks.cast_invented(str(job.pk))
    assert Ballot.objects.count() == 20


def test_a_practice_runs_to_its_result(west, fay, keys_folder):
    """The facilitator votes, invented voters vote, the clock closes, a worker counts."""
    election, job = start(west, fay, keys_folder)
    invent(job, keys_folder)
    cast(election, voter(election, fay), 0, 2)
    end_now(election)
    [job] = actions.close_due_elections()
    assert election.roll.count() == 21
    assert Election.objects.get().manifest.body["ballots"] == 21
    assert [(tally.rule, tally.decides) for tally in count(job, timezone.now())] == [
        ("equal-shares", True),
        ("greedy", False),
        ("phragmen", False),
    ]


def address(hub) -> str:
    return reverse("voting:open_practice", args=[hub.slug])


def test_only_the_hubs_facilitator_begins_it(west, fay, rui, ada, sec, root):
    other = make_member("Other")
    make_term(other, make_hub("north"), SeatFunction.FACILITATOR)
    people = {
        "visitor": AnonymousUser(), "fay": fay, "rui": rui, "ada": ada, "sec": sec, "root": root,
        "other": other,
    }  # fmt: skip
    assert open_to(people, address(west)) == {"fay"}
    assert open_to(people | {"fay": rui}, address(west), "post") == set()
    assert not Election.objects.exists()


def test_the_page_begins_it_and_leads_to_the_election(west, fay, monkeypatch):
    hinted: list[Job] = []
    monkeypatch.setattr("voting.views.practice.hint", hinted.append)
    client = browser(fay)
    form = page(client.get(address(west)))
    assert "Practice: nothing is paid" in words(form.main)
    answer = client.post(address(west), {"minutes": "4", "voters": "25"})
    election = Election.objects.get()
    assert answer["Location"] == reverse("voting:election", args=[election.pk])
    assert [job.subject for job in hinted] == [str(election.pk)]


def test_a_refusal_keeps_what_was_typed(west, fay, keys_folder):
    client = browser(fay)
    far = page(client.post(address(west), {"minutes": "90", "voters": "25"}))
    assert typed(far)["minutes"] == "90"
    assert complaints(far)
    start(west, fay, keys_folder)
    busy = page(client.post(address(west), {"minutes": "4", "voters": "25"}))
    assert "still running" in words(busy.main)
    assert typed(busy) == {"minutes": "4", "voters": "25"}


def test_its_title_follows_the_language_of_whoever_began_it(west, keys_folder):
    camille = make_member("Camille", interface_language="fr")
    make_term(camille, west, SeatFunction.FACILITATOR)
    with translation.override("da"):
        election, _job = start(west, camille, keys_folder)
        assert translation.get_language() == "da"
    assert election.title_language == "fr"


def test_the_elections_page_shows_the_mark_and_how_far_the_invented_voters_are(
    west, fay, keys_folder
):
    election, job = start(west, fay, keys_folder)
    client = browser(fay)
    shown = page(client.get(reverse("voting:election", args=[election.pk])))
    assert "Practice: nothing is paid" in words(shown.main)
    assert "Yes. You hold a seat in this hub" in words(shown.main)
    assert "Waiting for a worker" in words(shown.select_one("#invented"))
    invent(job, keys_folder, lambda done, total: None)
    Job.objects.update(done=20, total=20)
    part = page(client.get(reverse("voting:invented", args=[election.pk])))
    assert "Invented voters have voted" in words(part)
    assert part.select("[hx-get]") == []
