"""The page that freezes an election: all that will be frozen is shown, and nothing else is frozen."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from hubs.models import Round, RoundBudget
from hubs.phases import Phase
from tests.factories import make_hub, make_round
from tests.hubs.reading import (
    browser,
    complaints,
    messages,
    open_to,
    page,
    queries_of,
    rows,
    typed,
    words,
)  # fmt: skip
from tests.voting.makers import make_proposal, make_voters, move_proposal, tampering
from voting import actions
from voting.forms import PAPER_CHANGED
from voting.models import GUIDES, Election

FIELDS = {
    "title": "Spring 2026", "language": "da", "ballot_format": "KNAPSACK", "max_choices": "5",
    "rule": "greedy", "order": "votes-per-cost", "satisfaction": "sqrt-cost", "completion": "add1",
    "step": "coin", "stop": "exhaustive", "min_support": "2", "is_checked": "on",
}  # fmt: skip


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.KEYS_DIR = tmp_path


@pytest.fixture
def deliberating(west) -> Round:
    now = timezone.now()
    round_ = make_round(
        west, Phase.DELIBERATION, now=now, lanes={"GENERAL": 70_000, "PARTNER": 30_000}
    )
    make_proposal(round_, "Well", MONEY=40_000, others={"da": "Brønd"})
    make_proposal(round_, "École", language="fr", MONEY=50_000)
    make_voters(20)
    return round_


@pytest.fixture
def people(ada, rui, fay, ona, sec, root):
    return {
        "ada": ada, "rui": rui, "fay": fay, "ona": ona, "sec": sec, "root": root,
        "visitor": AnonymousUser(),
    }  # fmt: skip


def address(round_: Round) -> str:
    return reverse("voting:freeze_election", args=[round_.pk])


def hash_on(shown) -> str:
    [seen] = shown.select('input[name="seen"]')
    return str(seen["value"])


def send(client, round_: Round, query: str = "", **changes: str):
    """Look at the page and send its form."""
    shown = page(client.get(address(round_) + query))
    told = FIELDS | {"seen": hash_on(shown)} | changes
    return client.post(address(round_) + query, told, follow=True)


def obstacle(client, round_: Round) -> str:
    """What stands in the way, where the form would be."""
    shown = page(client.get(address(round_)))
    assert shown.select('input[name="seen"]') == []
    return words(shown.select_one("main .message"))


def test_only_the_returning_officer_of_the_hub_freezes(people, deliberating):
    assert open_to(people, address(deliberating)) == {"ona"}
    assert open_to(people, address(deliberating), "post") == {"ona"}
    assert open_to(people, address(make_round(make_hub("north")))) == set()
    assert not Election.objects.exists()


def test_the_page_shows_what_will_be_frozen(client, ona, deliberating):
    client.force_login(ona)
    shown = page(client.get(address(deliberating)))
    [well, school] = deliberating.lanes.get(kind="GENERAL").proposals.order_by("pk")
    assert rows(shown) == [
        [f"Well {well}", "$400.00", "English , dansk", "français"],
        [f"École {school}", "$500.00", "français", "dansk English"],
    ]
    said = words(shown.main)
    assert "General Budget $700.00" in said
    assert "New partners Budget $300.00 Nothing was shortlisted in this lane." in said
    assert "Voters 20 members at home in the hub who had joined before" in said
    for guide in GUIDES:
        assert f"{guide.label} {guide.gist} How it works, and what it is good and bad at" in said


def test_what_is_left_out_is_said_before_it_is_too_late(client, ona, deliberating):
    make_proposal(deliberating, "Course", STAFF_TIME=60)
    make_proposal(deliberating, "Late", status="IN_REVIEW")
    client.force_login(ona)
    said = words(page(client.get(address(deliberating))).main)
    assert "1 proposal has not been decided on. If you freeze now, it is not on the ballot." in said
    assert "Shortlisted, but asking for none of this Course" in said


def test_what_was_chosen_is_what_is_frozen(client, ona, deliberating):
    client.force_login(ona)
    response = send(client, deliberating)
    election = Election.objects.get()
    assert response.request["PATH_INFO"] == reverse("voting:election", args=[election.pk])
    assert messages(page(response)) == [
        "The election is frozen. Nothing of it can be changed any more."
    ]
    assert (election.title, election.title_language) == ("Spring 2026", "da")
    assert (election.ballot_format, election.max_choices) == ("KNAPSACK", 5)
    seed = {"tie_break": f"seed:{election.seed}"}
    assert (election.rule, election.parameters) == (
        "greedy",
        {"order": "votes-per-cost", "min_support": 2} | seed,
    )
    assert election.comparisons == [
        {
            "rule": "equal-shares",
            "parameters": {
                "satisfaction": "cost", "completion": "add1-greedy", "step": "relative",
                "stop": "overspend", "min_support": 2,
            } | seed,
        },
        {"rule": "phragmen", "parameters": {"min_support": 2} | seed},
    ]  # fmt: skip
    assert election.resource_kind == "MONEY"


def test_options_are_folded_away_until_one_is_not_as_recommended_or_wrong(
    client, ona, deliberating
):
    client.force_login(ona)

    def is_open(shown) -> bool:
        return bool(shown.select(".rule-options[open]"))

    recommended = {
        "order": "votes", "satisfaction": "cost", "completion": "add1-greedy", "step": "relative",
        "stop": "overspend", "min_support": "1", "is_checked": "",
    }  # fmt: skip
    shown = page(client.get(address(deliberating)))
    assert not is_open(shown)
    assert typed(shown).items() >= (recommended | {"rule": "equal-shares"}).items()
    assert not is_open(page(send(client, deliberating, **recommended)))
    for changes in ({"step": "coin"}, {"min_support": "0"}, {"min_support": "-1"}, {"stop": "?"}):
        assert is_open(page(send(client, deliberating, **recommended | changes)))


def test_each_rule_is_explained_with_an_example(client, ona, deliberating):
    client.force_login(ona)
    guides = [
        words(guide) for guide in page(client.get(address(deliberating))).select(".rule-guide")
    ]
    assert len(guides) == len(GUIDES)
    for guide in guides:
        assert "Example. Ten people share 100." in guide
        assert "Good at" in guide
        assert "Bad at" in guide


def test_the_page_reads_right_to_left_in_arabic(client, ona, deliberating):
    client.force_login(ona)
    shown = page(client.get(address(deliberating).replace("/en/", "/ar/")))
    assert shown.select("html[dir=rtl]")
    assert [str(radio["value"]) for radio in shown.select("[name=rule]")] == [
        guide.rule for guide in GUIDES
    ]


def test_only_options_that_the_rule_has_are_frozen(client, ona, deliberating):
    client.force_login(ona)
    send(client, deliberating, rule="equal-shares", completion="greedy", order="votes-per-cost")
    election = Election.objects.get()
    assert election.parameters == {
        "satisfaction": "sqrt-cost", "completion": "greedy", "min_support": 2,
        "tie_break": f"seed:{election.seed}",
    }  # fmt: skip
    shown = page(client.get(reverse("voting:election", args=[election.pk])))
    assert "Equal Shares by square root of cost. Every voter holds an equal part" in words(
        shown.main
    )
    assert "A project needs at least 2 votes to be bought." in words(shown.main)


def test_without_a_limit_anything_may_be_chosen(client, ona, deliberating):
    client.force_login(ona)
    send(client, deliberating, max_choices="")
    assert Election.objects.get().max_choices is None


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": ""}, "Title of the election: This field is required."),
        ({"rule": "dice"}, "Counting rule: Select a valid choice. dice is not one of the available choices."),
        ({"completion": "dice"}, "Equal Shares: what is done with money that is left: Select a valid choice. dice is not one of the available choices."),
        ({"order": ""}, "Most votes first: what comes first: This field is required."),
        ({"min_support": "many"}, "Fewest votes a project needs: Enter a whole number."),
        ({"ballot_format": "RANKING"}, "Ballot format: Select a valid choice. RANKING is not one of the available choices."),
        ({"max_choices": "0"}, "Most items one may choose: Ensure this value is greater than or equal to 1."),
        ({"is_checked": ""}, "I have checked the items, the costs and the texts below.: This field is required."),
        ({"seen": "0"}, "What goes on the ballot has changed since you looked. Check it again below."),
    ],
    ids=lambda found: next(iter(found)) if isinstance(found, dict) else "",
)  # fmt: skip
def test_a_form_that_is_refused_keeps_what_was_typed_and_freezes_nothing(
    client, ona, deliberating, changes, complaint
):
    client.force_login(ona)
    shown = page(send(client, deliberating, **changes))
    assert complaints(shown) == [complaint]
    kept = {name: value for name, value in FIELDS.items() if name not in changes}
    assert kept.items() <= typed(shown).items()
    assert not Election.objects.exists()


def test_what_was_not_seen_is_not_frozen(client, ona, deliberating):
    client.force_login(ona)
    seen = hash_on(page(client.get(address(deliberating))))
    move_proposal(deliberating.lanes.get(kind="GENERAL").proposals.earliest("pk"), "WITHDRAWN")
    response = client.post(address(deliberating), FIELDS | {"seen": seen})
    assert not Election.objects.exists()
    now_seen = hash_on(page(response))
    assert now_seen != seen
    client.post(address(deliberating), FIELDS | {"seen": now_seen})
    assert Election.objects.get().items.count() == 1


def test_what_changes_while_it_is_sent_is_shown_and_asked_again(
    client, ona, deliberating, monkeypatch
):
    """After the form has compared the paper, and before the action locks it."""
    client.force_login(ona)
    well = deliberating.lanes.get(kind="GENERAL").proposals.earliest("pk")

    def freeze_late(**told):
        if well.status != "WITHDRAWN":
            move_proposal(well, "WITHDRAWN")
        return actions.freezing.freeze_election(**told)

    monkeypatch.setattr(actions, "freeze_election", freeze_late)
    shown = page(send(client, deliberating))
    assert not Election.objects.exists()
    assert complaints(shown) == [str(PAPER_CHANGED)]
    assert typed(shown)["title"] == "Spring 2026"
    assert [row[0].split()[0] for row in rows(shown)] == ["École"]
    client.post(address(deliberating), FIELDS | {"seen": hash_on(shown)})
    assert Election.objects.get().items.count() == 1


def test_each_kind_that_a_round_has_is_frozen_for_itself(client, ona, west):
    round_ = make_round(west, Phase.DELIBERATION, now=timezone.now(), is_open=False)
    RoundBudget.objects.create(lane=round_.lanes.get(), kind="STAFF_TIME", amount_minor=630)
    round_.opened_at = round_.submission_at
    round_.save()
    make_proposal(round_, "Well", MONEY=1_000, STAFF_TIME=90)
    make_voters(20)
    client.force_login(ona)
    shown = page(client.get(address(round_)))
    assert [link["href"] for link in shown.select('nav[aria-label="What is shared out"] a')] == [
        "?kind=STAFF_TIME"
    ]
    shown = page(client.get(address(round_), {"kind": "STAFF_TIME"}))
    assert "Budget 10.5 hours" in words(shown.main)
    assert rows(shown)[0][1] == "1.5 hours"
    send(client, round_, "?kind=STAFF_TIME")
    assert Election.objects.get().resource_kind == "STAFF_TIME"
    assert page(client.get(address(round_), {"kind": "GOLD"})).select('input[name="seen"]')


def test_a_round_that_is_not_so_far_says_when_it_is(client, ona, west):
    client.force_login(ona)
    for phase in (Phase.SUBMISSION, Phase.REVIEW, Phase.COUNTING):
        early = make_round(west, phase, now=timezone.now())
        assert obstacle(client, early).startswith(
            "This cannot be frozen now An election is frozen in an open round, from "
        )


def test_who_comes_when_half_of_the_vote_is_over_is_told_so(client, ona, west):
    client.force_login(ona)
    late = make_round(west, Phase.VOTING, now=timezone.now() - timedelta(minutes=1))
    make_proposal(late)
    make_voters(20)
    assert "Half of the time to vote was over on " in obstacle(client, late)


def test_each_other_obstacle_is_named_with_what_to_do(client, ona, deliberating, west):
    client.force_login(ona)
    empty = make_round(west, Phase.DELIBERATION, now=timezone.now())
    assert "The committee shortlists proposals." in obstacle(client, empty)
    make_proposal(empty)
    with tampering("hubs_round"):
        Round.objects.filter(pk=empty.pk).update(is_practice=True)
    assert "A practice round has elections of its own making" in obstacle(client, empty)
    send(client, deliberating)
    election = Election.objects.get()
    assert "This round has its election already. To the election" in obstacle(client, deliberating)
    shown = page(client.get(address(deliberating)))
    assert [link["href"] for link in shown.select("main .message a")] == [
        reverse("voting:election", args=[election.pk])
    ]


def test_too_few_voters_are_counted_before_the_button(client, ona, west):
    round_ = make_round(west, Phase.DELIBERATION, now=timezone.now())
    make_proposal(round_)
    make_voters(19)
    client.force_login(ona)
    assert "19 people could vote. Below 20 the ballots would not be secret" in obstacle(
        client, round_
    )


def test_who_sends_the_form_after_another_officer_is_shown_the_election(client, ona, deliberating):
    client.force_login(ona)
    told = FIELDS | {"seen": hash_on(page(client.get(address(deliberating))))}
    client.post(address(deliberating), told)
    response = client.post(address(deliberating), told, follow=True)
    assert response.request["PATH_INFO"] == address(deliberating)
    assert "This round has its election already." in words(page(response).main)
    assert Election.objects.count() == 1


def test_a_long_ballot_is_shown_with_as_many_queries_as_a_short_one(ona, deliberating):
    client = browser(ona)
    few = queries_of(lambda: client.get(address(deliberating)))
    for number in range(30):
        make_proposal(deliberating, f"Project {number}", others={"da": "Projekt"})
    assert len(rows(page(client.get(address(deliberating))))) == 32
    assert queries_of(lambda: client.get(address(deliberating))) == few
