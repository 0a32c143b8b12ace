"""The page of a round: what it shares and how, how one's vote stands, and what one may do with it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from allocation.actions import make_awards
from allocation.models import Award
from hubs.models import SeatFunction
from hubs.phases import Phase
from tests.factories import NOON, make_hub, make_lane, make_member, make_round, make_term, pb_file
from tests.hubs.reading import browser, cards, offered, page, queries_of, rows, words
from tests.pages.makers import planned, settled, voted_on
from tests.proposals.makers import make_author, make_proposal
from tests.voting.makers import bring_in
from tests.voting.voters import cast, end_now, marks, open_vote, voter
from voting.actions import save_draft


def address(round_):
    return reverse("pages:round", args=[round_.pk])


def seen(round_, person=None):
    return page(browser(person or AnonymousUser()).get(address(round_)))


@pytest.fixture
def tess(west):
    member = settled("Tess")
    make_term(member, west, SeatFunction.TREASURER)
    return member


@pytest.fixture
def people(ada, rui, fay, ona, tess, root):
    return {
        "visitor": AnonymousUser(), "ada": ada, "rui": rui, "fay": fay, "ona": ona, "tess": tess,
        "root": root,
    }  # fmt: skip


# What it shows


def test_lanes_are_shown_with_their_share_who_decides_and_what_they_have(west):
    round_ = make_round(west, is_open=False)
    lane = make_lane(round_, "EXPERIMENT", 5_000, share_bp=1_250)
    lane.budgets.create(kind="STAFF_TIME", amount_minor=90)
    make_lane(round_, "READERS").budgets.all().delete()
    assert rows(seen(round_), 1) == [
        ["General", "50%", "by a vote of the members", "$1,000.00"],
        ["Rapid experiment", "12.5%", "by a small panel, at any time", "$50.00 , 1.5 hours"],
        ["Readers and new audiences", "50%", "by a vote of the members", "Nothing yet"],
    ]


def test_the_principles_it_is_judged_by_are_linked(round_):
    link = seen(round_).select_one('main a[href="/en/principles/1/"]')
    assert words(link) == "Judged by version 1 of the principles"


def test_proposals_are_counted_and_linked_and_drafts_are_not(west):
    round_ = make_round(west, Phase.SUBMISSION, now=timezone.now())
    make_proposal(round_.lanes.get(), status="DRAFT")
    assert "Nobody has handed in a proposal yet." in words(seen(round_).main)
    make_proposal(round_.lanes.get())
    url = reverse("proposals:list", args=[round_.pk])
    (link,) = seen(round_).select(f'main a[href="{url}"]')
    assert words(link) == "Read the 1 proposal of this round"


def test_a_practice_round_says_so_and_has_no_proposals(west):
    shown = seen(make_round(west, is_practice=True))
    assert "Practice: nothing is paid" in words(shown.main)
    assert "Proposals" not in [words(heading) for heading in shown.select("main h2")]


def test_awards_are_listed_with_proposal_lane_and_amount(west, tess):
    round_ = make_round(west)
    proposal = make_proposal(
        round_.lanes.get(), status="SHORTLISTED", lines=[("MONEY", 4_000)], title="بئر",
        language="ar",
    )  # fmt: skip
    make_awards(election=voted_on(round_, proposal), treasurer=tess, now=NOON)
    shown = seen(round_)
    assert rows(shown, 2) == [["بئر", "General", "$40.00"]]
    title = shown.select_one(f'main a[href="{reverse("proposals:detail", args=[proposal.pk])}"]')
    assert title.span["dir"] == "rtl"


def test_the_page_asks_no_more_of_the_database_for_more_of_everything(west, tess):
    client = browser(settled("Reader"))
    asked: list[int] = []
    round_ = make_round(west, lanes={"GENERAL": 100_000, "READERS": 100_000})
    lanes = list(round_.lanes.order_by("kind"))
    for numbers in (range(1), range(1, 5)):
        for number in numbers:
            bring_in(round_, pb_file(description=f"No {number}"))
            lane = lanes[number % 2]
            proposal = make_proposal(lane, make_author(f"A{number}"), "SHORTLISTED")
            Award.objects.create(
                proposal=proposal, lane=lane, kind="MONEY", amount_minor=1, awarded_by=tess,
                awarded_at=NOON,
            )  # fmt: skip
        client.get(address(round_))  # what is remembered of the first visit is not counted
        asked.append(queries_of(lambda: client.get(address(round_))))
    assert asked[0] == asked[1]
    assert len(rows(seen(round_), 2)) == 5


# How one's vote stands


@pytest.fixture
def vote(west, keys_folder):
    """The vote of a round, with Vera on its roll."""
    vera = settled("Vera")
    election = open_vote(make_round(west, Phase.VOTING, now=timezone.now()), vera)
    return election, vera


def panels(shown):
    return [words(panel) for panel in shown.select("main .panel")]


def test_who_is_on_the_roll_finds_the_booth_until_the_vote_is_cast(vote):
    election, vera = vote
    booth = reverse("voting:vote", args=[election.pk])
    shown = seen(election.round, vera)
    (button,) = shown.select(f'main a.cdx-button--weight-primary[href="{booth}"]')
    assert words(button) == "Vote"
    assert "Yes. Every member may vote in this election." in panels(shown)[0]
    save_draft(election_id=election.pk, voter=voter(election, vera), choices=marks(0))
    assert "Not cast yet: 1 chosen" in panels(seen(election.round, vera))[0]
    cast(election, voter(election, vera), 0)
    shown = seen(election.round, vera)
    assert "Your vote is cast" in panels(shown)[0]
    assert shown.select(f'main a[href="{booth}"]') == []


def test_who_is_not_on_the_roll_is_told_why(vote):
    election, _vera = vote
    (panel,) = panels(seen(election.round, settled("Kim", home_country="")))
    assert "you have not said which country is your home" in panel
    shown = seen(election.round, settled("Lea"))
    assert shown.select("main .panel a.cdx-button") == []


def test_a_visitor_is_asked_to_sign_in_to_vote(vote):
    election, _vera = vote
    booth = reverse("voting:vote", args=[election.pk])
    shown = seen(election.round)
    (link,) = [a for a in shown.select("main .panel a") if words(a) == "Sign in to vote"]
    assert link["href"] == f"/en/account/login/?next={booth}"
    assert "May I vote?" not in words(shown.main)


def test_without_the_key_the_page_says_that_nobody_can_vote(vote, keys_folder):
    election, vera = vote
    (keys_folder / str(election.pk)).unlink()
    assert "Nobody can vote at the moment: read why" in panels(seen(election.round, vera))[0]


def test_a_vote_that_is_over_is_listed_and_no_longer_offered(vote):
    election, vera = vote
    end_now(election)
    shown = seen(election.round, vera)
    assert (panels(shown), cards(shown)) == ([], ["Spring"])


# What one may do


def test_a_planned_round_is_changed_and_opened_by_facilitators_and_funded_by_the_treasurer(
    west, people
):
    round_ = planned(west)
    found = {
        view: offered(people, address(round_), reverse(view, args=[round_.pk]))
        for view in ("hubs:edit_round", "hubs:open_round", "allocation:fund_round",
                     "voting:freeze_election", "proposals:propose")
    }  # fmt: skip
    assert found == {
        "hubs:edit_round": {"fay"}, "hubs:open_round": {"fay"}, "allocation:fund_round": {"tess"},
        "voting:freeze_election": set(), "proposals:propose": set(),
    }  # fmt: skip


def test_nobody_is_offered_to_plan_or_fund_an_open_round(west, people):
    round_ = make_round(west, Phase.SUBMISSION, now=timezone.now())
    for view in ("hubs:edit_round", "hubs:open_round", "allocation:fund_round"):
        assert offered(people, address(round_), reverse(view, args=[round_.pk])) == set()
    propose = reverse("proposals:propose", args=[round_.pk])
    assert offered(people, address(round_), propose) == set(people) - {"visitor"}


@pytest.mark.parametrize("phase", Phase)
def test_the_ballot_is_frozen_while_the_round_deliberates_or_votes(west, ona, phase):
    soon = timezone.now() + timedelta(
        hours=1
    )  # the middle of the phase: no later, while people vote
    round_ = make_round(west, phase, now=soon)
    freeze = reverse("voting:freeze_election", args=[round_.pk])
    is_time = phase in (Phase.DELIBERATION, Phase.VOTING)
    assert offered({"ona": ona}, address(round_), freeze) == ({"ona"} if is_time else set())


def test_nothing_is_imported_into_practice_or_frozen_or_funded_for_it(west, people):
    practice = make_round(west, Phase.VOTING, now=timezone.now(), is_practice=True)
    real = make_round(west, Phase.VOTING, now=timezone.now())
    bring = [reverse("voting:import_election", args=[one.pk]) for one in (practice, real)]
    assert offered(people, address(practice), bring[0]) == set()
    assert offered(people, address(real), bring[1]) == {"ona"}


# The page of a hub leads on


def test_a_hub_leads_to_what_it_was_given_and_its_judges_to_their_desk(west, people):
    kim = make_member("Kim")
    make_term(kim, west, SeatFunction.COMMITTEE_MEMBER)
    people |= {"kim": kim}
    make_hub("east")
    hub, given = reverse("hubs:detail", args=["west"]), reverse(
        "allocation:hub_envelopes", args=["west"]
    )  # fmt: skip
    assert offered(people, hub, given) == set(people)
    desk = reverse("proposals:desk", args=["west"])
    assert offered(people, hub, desk) == {"rui", "kim"}
    east = reverse("hubs:detail", args=["east"])
    assert offered(people, east, reverse("proposals:desk", args=["east"])) == set()
