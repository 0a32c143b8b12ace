"""May I vote? Every member is told on the page of an election: yes and why, or why not and where."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import CLOCK
from hubs.models import HubKind, Round
from hubs.phases import Phase
from members.models import Member
from tests.factories import MONTH, make_cycle, make_hub, make_member, make_round
from tests.hubs.reading import browser, page, queries_of, words
from tests.voting.makers import bring_in, frozen, make_proposal, make_voters, tampering
from tests.voting.voters import end_now
from voting.actions import close_election
from voting.models import Election
from voting.queries import NotOnRoll, open_elections_for, roll_answer

LONG_AGO = timedelta(days=999)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def africa(db) -> Round:
    return voting_in(make_hub("africa", countries="KE NG", name_en="Africa"), "KE")


@pytest.fixture
def lars(now, west) -> Member:
    return make_member("Lars", home_country="DK", joined_at=now - LONG_AGO)


def voting_in(hub, country: str) -> Round:
    """A round that votes now, with something on the shortlist and twenty voters."""
    round_ = make_round(hub, Phase.VOTING, now=timezone.now())
    make_proposal(round_)
    make_voters(20, country, joined_at=timezone.now() - LONG_AGO)
    return round_


def open_election(round_: Round, keys, title: str) -> Election:
    """One that has been open for a while."""
    return frozen(round_, keys, title=title, now=timezone.now() - timedelta(hours=1))


def told(member: Member, election: Election) -> str:
    """The part of the page that answers, from its head to the next."""
    shown = page(browser(member).get(reverse("voting:election", args=[election.pk])))
    [head] = [head for head in shown.select("main h2") if words(head) == "May I vote?"]
    parts = []
    for part in head.find_next_siblings():
        if part.name == "h2":
            break
        parts.append(words(part))
    return " ".join(parts)


def test_who_is_at_home_in_the_hub_may_vote_and_is_told_why(africa, tmp_path, now):
    wanjiku = make_member("Wanjiku", home_country="KE", joined_at=now - LONG_AGO)
    election = open_election(africa, tmp_path, "Africa votes")
    answer = roll_answer(wanjiku, election, now)
    assert (answer.reason, answer.why_not, answer.elsewhere) == ("HOME_HUB", None, ())
    assert told(wanjiku, election) == "Yes. Your home country belongs to the hub Africa."


def test_everybody_may_vote_where_there_are_no_countries(lars, tmp_path, now):
    election = open_election(voting_in(make_hub("all", HubKind.GLOBAL), ""), tmp_path, "All vote")
    assert roll_answer(lars, election, now).reason == "MEMBER"
    assert told(lars, election) == "Yes. Every member may vote in this election."


def test_lars_of_denmark_is_told_why_not_in_africa_and_where_instead(
    africa, west, lars, tmp_path, now
):
    in_africa = open_election(africa, tmp_path, "Africa votes")
    at_home = open_election(voting_in(west, "DK"), tmp_path, "West votes")
    answer = roll_answer(lars, in_africa, now)
    assert (answer.reason, answer.why_not) == (None, NotOnRoll.OTHER_HUB)
    assert (answer.home, answer.elsewhere) == (west, (at_home,))
    assert told(lars, in_africa) == (
        "No. Members at home in the hub Africa vote here. Your home country, Denmark, belongs to the"
        " hub West. To the hub of your country You may vote now in: West votes (West)"
    )


def test_where_nothing_is_open_that_is_said_too(africa, lars, tmp_path):
    assert told(lars, open_election(africa, tmp_path, "Africa votes")).endswith(
        "To the hub of your country No election is open to you at the moment."
    )


@pytest.mark.parametrize(
    ("country", "late", "why_not", "sentence"),
    [
        ("", False, NotOnRoll.NO_HOME_COUNTRY, "you have not said which country is your home."),
        ("JP", False, NotOnRoll.NO_HUB, "Your home country, Japan, belongs to no hub yet."),
        ("KE", True, NotOnRoll.JOINED_LATE, "and you joined later."),
    ],
)
def test_every_other_reason_is_named(africa, tmp_path, now, country, late, why_not, sentence):
    joined_at = africa.review_at if late else now - LONG_AGO
    member = make_member("Noor", home_country=country, joined_at=joined_at)
    election = open_election(africa, tmp_path, "Africa votes")
    assert roll_answer(member, election, now).why_not == why_not
    assert sentence in told(member, election)


def test_who_moved_after_the_freeze_is_told_that_the_list_was_fixed(africa, tmp_path, lars, now):
    election = open_election(africa, tmp_path, "Africa votes")
    Member.objects.filter(pk=lars.pk).update(home_country="NG")
    lars.refresh_from_db()
    assert roll_answer(lars, election, now).why_not == NotOnRoll.CHANGED_SINCE
    assert "The list of voters was fixed" in told(lars, election)


def move(member: Member, country: str) -> None:
    Member.objects.filter(pk=member.pk).update(home_country=country)
    member.refresh_from_db()


def test_who_moves_to_another_hub_votes_in_one_of_them_in_a_cycle(
    west, africa, lars, tmp_path, now
):
    at_home = open_election(voting_in(west, "DK"), tmp_path, "West votes")
    move(lars, "KE")
    in_africa = open_election(africa, tmp_path, "Africa votes")
    assert in_africa.roll.count() == 20
    answer = roll_answer(lars, in_africa, now)
    assert (answer.reason, answer.why_not) == (None, NotOnRoll.ON_ANOTHER_ROLL)
    assert answer.elsewhere == (at_home,)
    assert "Everybody votes in one hub in a cycle" in told(lars, in_africa)


@pytest.mark.parametrize("case", ["same hub", "another cycle", "practice", "everybody's hub"])
def test_other_rolls_keep_nobody_off_this_one(west, africa, lars, tmp_path, case):
    before = voting_in(make_hub("all", HubKind.GLOBAL) if case == "everybody's hub" else west, "DK")
    open_election(before, tmp_path, "Before")
    with tampering("hubs_round"):
        changed = Round.objects.filter(pk=before.pk)
        if case == "another cycle":
            changed.update(cycle=make_cycle("2027"))
        if case == "practice":
            changed.update(is_practice=True)
    after = voting_in(west, "DK") if case == "same hub" else africa
    move(lars, "DK" if case == "same hub" else "KE")
    assert open_election(after, tmp_path, "After").roll.filter(member=lars).exists()


def test_nobody_votes_in_what_was_held_elsewhere_or_with_invented_voters(
    africa, round_, lars, tmp_path, now
):
    imported, _job = bring_in(round_)
    assert roll_answer(lars, imported, now).why_not == NotOnRoll.HELD_ELSEWHERE
    election = open_election(africa, tmp_path, "Africa votes")
    with tampering("hubs_round"):
        Round.objects.filter(pk=africa.pk).update(is_practice=True)
    election = Election.objects.get(pk=election.pk)
    assert roll_answer(lars, election, now).why_not == NotOnRoll.PRACTICE


def test_only_what_is_open_now_is_open_to_a_member(west, lars, tmp_path, now):
    election = open_election(voting_in(west, "DK"), tmp_path, "West votes")
    second = timedelta(seconds=1)
    moments = {
        election.opens_at - second: [],
        election.opens_at: [election],
        election.closes_at - second: [election],
        election.closes_at: [],
    }
    assert {moment: list(open_elections_for(lars, moment)) for moment in moments} == moments
    end_now(election)
    close_election(election=election, closer=CLOCK, now=now)
    assert list(open_elections_for(lars, now)) == []


def test_what_closes_first_comes_first_and_costs_one_query(west, lars, tmp_path, now):
    rounds = [
        make_round(make_hub(f"hub{number}", HubKind.THEMATIC), Phase.VOTING, now=now + number * MONTH / 9)
        for number in (2, 0, 1)
    ]  # fmt: skip
    make_voters(20, joined_at=now - LONG_AGO)
    for round_ in rounds:
        make_proposal(round_)
        open_election(round_, tmp_path, str(round_.hub))
    found = open_elections_for(lars, now)
    assert [election.title for election in found] == ["hub0", "hub1", "hub2"]
    assert queries_of(lambda: [str(e.round.hub) for e in open_elections_for(lars, now)]) == 1


def test_a_visitor_is_not_asked_and_after_the_end_nobody_is(client, west, lars, tmp_path):
    election = open_election(voting_in(west, "DK"), tmp_path, "West votes")
    address = reverse("voting:election", args=[election.pk])
    assert "May I vote?" not in words(page(client.get(address)))
    end_now(election)
    close_election(election=election, closer=CLOCK, now=timezone.now())
    assert "May I vote?" not in words(page(browser(lars).get(address)))
