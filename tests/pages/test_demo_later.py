"""Later starts of the demo: a next round when no vote is open, and a real election beside the rest."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from config.demo_data import load_election as load_named
from hubs.actions import end_term
from hubs.models import Hub, Round
from hubs.phases import Phase
from jobs.models import Job, JobState
from members.models import Member
from pages.demo import votes
from pages.demo.elsewhere import load_election
from pages.demo.rounds import Plan
from pages.demo.seed import seed
from proposals.models import Proposal
from tests.factories import pb_file, pb_text
from tests.pages.movement import work
from voting.actions import cast_ballot, clock
from voting.models import Election, Tally
from voting.queries import draft_of, voter_of

MONTH = timedelta(days=30)


def silent(text: str) -> None:
    """Say nothing."""


@pytest.fixture
def a_month_later(demo, monkeypatch):
    """A month has gone by, for the database too, and what was over is closed and counted."""

    def found(election_id):
        told = clock.vote_by_the_clock(election_id)
        return clock.OpenVote(told.status, told.now + MONTH, told.opens_at, told.closes_at)

    for module in ("casting", "closing"):
        monkeypatch.setattr(f"voting.actions.{module}.vote_by_the_clock", found)
    monkeypatch.setattr("voting.actions.closing.ClockTimestamp", lambda: demo.now + MONTH)
    votes.close_what_is_over()
    work(demo.now + MONTH)
    return demo.now + MONTH


def everything() -> dict[str, set[str]]:
    """Every row of what people and counts make, whole."""
    return {
        model.__name__: {repr(row) for row in model.objects.values_list()}
        for model in (Hub, Round, Proposal, Election, Tally)
    }


def test_a_later_start_adds_a_round_where_no_vote_is_open(a_month_later, demo):
    before, members = everything(), Member.objects.count()
    said: list[str] = []
    assert seed(now=a_month_later, say=said.append)
    assert said == [
        "the vote before is over: another round, open for thirty days",
        "ballots for the open vote",
    ]
    after = everything()
    assert all(before[name] <= after[name] for name in before)
    assert {name: len(after[name] - before[name]) for name in before} == {
        "Hub": 0, "Round": 1, "Proposal": 30, "Election": 1, "Tally": 0,
    }  # fmt: skip
    assert Member.objects.count() == members
    (election,) = votes.votes_now(a_month_later)
    assert election.round.phase_at(a_month_later) == Phase.VOTING
    assert election.closes_at - election.opens_at == MONTH
    assert election.ballots.count() == votes.TURNOUT["ssa"]
    draft = draft_of(election, voter_of(election, Member.objects.get(name="Amina"), demo.keys))
    assert len(draft or ()) == 3
    assert_same_texts_with_their_number(*votes_of_ssa())
    assert not seed(now=a_month_later, say=silent)
    assert everything() == after


def votes_of_ssa() -> tuple[Election, Election]:
    first, second = Election.objects.filter(round__hub__slug="ssa").order_by("opens_at")
    return first, second


def assert_same_texts_with_their_number(first: Election, second: Election) -> None:
    assert second.round.title == f"Annual round {second.opens_at.year} (2)"
    assert second.title == f"Kura ya awamu ya mwaka {second.opens_at.year} (2)"
    before, after = (
        set(one.items.values_list("texts__language", "texts__title")) for one in (first, second)
    )
    assert {(language, f"{title} (2)") for language, title in before} == after
    assert not set(first.items.values_list("proposal")) & set(second.items.values_list("proposal"))
    chosen = [
        sorted(bytes(ballot.payload) for ballot in one.ballots.all()) for one in (first, second)
    ]
    assert chosen[0] != chosen[1]  # the same people choose otherwise


def test_a_seat_that_is_empty_leaves_the_demo_as_it_is(a_month_later):
    chair = Member.objects.get(name="Wanjiru")
    end_term(term=chair.terms.get(), ender=chair, now=a_month_later - timedelta(days=1))
    before = everything()
    said: list[str] = []
    assert not seed(now=a_month_later, say=said.append)
    assert everything() == before
    assert said == [
        "no vote is open, and the region lacks the people or the money for another round"
    ]


def test_money_that_is_spent_leaves_the_demo_as_it_is(a_month_later, monkeypatch):
    monkeypatch.setattr("pages.demo.seed.NEXT", Plan("ssa", (0,) * 7, 10**9))
    before = everything()
    assert not seed(now=a_month_later, say=silent)
    assert everything() == before


def test_a_start_that_ended_while_ballots_were_cast_is_taken_up(a_month_later, monkeypatch):
    def cast_a_hundred(**told):
        if Election.objects.get(pk=told["election_id"]).ballots.count() == 100:
            raise KeyboardInterrupt
        return cast_ballot(**told)

    with monkeypatch.context() as patched:
        patched.setattr(votes, "cast_ballot", cast_a_hundred)
        with pytest.raises(KeyboardInterrupt):
            seed(now=a_month_later, say=silent)
    (election,) = votes.votes_now(a_month_later)
    assert election.ballots.count() == 100
    said: list[str] = []
    assert seed(now=a_month_later, say=said.append)
    assert said == ["ballots for the open vote"]
    assert election.ballots.count() == votes.TURNOUT["ssa"]
    assert set(election.ballots.values_list("version", flat=True)) == {1}
    assert Round.objects.filter(hub__slug="ssa").count() == 2


# A real election.


def test_a_real_election_becomes_a_past_round_that_a_worker_counts(demo):
    election = load_election(file=pb_file(country="Poland", description="Łódź 2024"), now=demo.now)
    assert election
    assert (election.round.hub.slug, election.round.title) == ("ceeca", "Łódź 2024")
    assert election.round.phase_at(demo.now) in (Phase.RESULTS, Phase.DELIVERY)
    election.refresh_from_db()
    assert (election.round.cycle.slug, election.status) == ("2024", "CLOSED")
    job = Job.objects.get(subject=str(election.pk))
    assert job.state == JobState.QUEUED
    work(demo.now)
    assert Tally.objects.get(election=election, decides=True).outcome["winners"] == ["a", "b"]


@pytest.mark.parametrize(
    ("told", "slug"),
    [("Netherlands", "nwe"), ("US", "na"), ("kenya", "ssa"), ("Nowhere", "ceeca"), ("", "ceeca")],
)
def test_it_goes_to_the_hub_of_the_country_that_the_file_names(demo, told, slug):
    election = load_election(file=pb_file(country=told), now=demo.now)
    assert election
    assert election.round.hub.slug == slug


@pytest.mark.parametrize("meta", [{"currency": ""}, {"date_end": "some day", "instance": "x"}])
def test_a_file_that_tells_little_is_brought_in_all_the_same(demo, client, meta):
    election = load_election(file=pb_file(**meta), now=demo.now)
    assert election
    assert election.round.cycle.slug == str(demo.now.year) or "currency" in meta
    for address in (f"/en/rounds/{election.round_id}/", f"/en/elections/{election.pk}/"):
        assert client.get(address).status_code == 200


def test_the_same_file_twice_is_one_election(demo):
    first = load_election(file=pb_file(), now=demo.now)
    rounds = Round.objects.count()
    assert load_election(file=pb_file(), now=demo.now + MONTH) is None
    assert Round.objects.count() == rounds
    other = load_election(file=pb_file("1;a\n2;c\n"), now=demo.now)
    assert other
    assert first != other


def test_the_story_stays_the_same_beside_a_real_election(demo, client):
    load_election(file=pb_file(), now=demo.now)
    work(demo.now)
    assert "Community radio archive" in client.get("/en/tour/").content.decode()


def test_a_bad_file_is_refused_whole_with_its_line_and_the_demo_goes_on(demo, tmp_path):
    before = everything()
    bad = tmp_path / "bad.pb"
    bad.write_text(pb_text().replace("a;40;Well", "a;forty;Well"))
    said = load_named(str(bad))
    assert said.startswith(f"ELECTION was not loaded, and everything else is there: {bad}, ")
    assert "forty" in said
    assert re.search(r"line \d+", said)
    missing = load_named(str(tmp_path / "missing.pb"))
    assert missing.endswith(f"{tmp_path}/missing.pb cannot be read: No such file or directory")
    big = tmp_path / "big.pb"
    big.write_text(pb_text().replace("a;40;Well", f"a;{10**19};Well"))
    assert "larger than 10**18" in load_named(str(big))
    assert everything() == before


def test_a_good_file_is_named_with_its_address_and_the_second_time_it_says_so(demo, tmp_path):
    path = tmp_path / "city.pb"
    path.write_text(pb_text())
    said = load_named(str(path))
    election = Election.objects.get(origin="IMPORTED")
    assert said.startswith(f"{path}: 3 projects, 4 ballots; a worker counts them: ")
    assert said.endswith(f"/en/elections/{election.pk}/")
    assert load_named(str(path)) == f"{path} is in the demo already; nothing was changed."


def test_what_is_printed_are_figures_of_the_database(demo):
    said = StringIO()
    call_command("demo_people", stdout=said)
    first, second, third, fourth = said.getvalue().splitlines()
    assert first == (
        f"It shows an invented movement in its {demo.now.year} cycle: 16,000,000 USD, 8 regions, "
        f"3 themes, {Member.objects.count():,} people, 120 proposals."
    )
    assert second == (
        "The regions' budgets of last year are published figures (Grants:Regions, Meta-Wiki, "
        "budget 2023-24); people, proposals and the other indicator values are invented examples."
    )
    assert third.startswith("Start at http://localhost:8000/tour/ : seven stops, ten minutes.")
    assert "any of 9 people" in third
    assert fourth == "Mail that would have been sent: http://localhost:8000/demo/mail/"
