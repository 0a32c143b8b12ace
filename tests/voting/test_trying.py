"""The page on which rules are tried out: on what is over or invented, and on nothing else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from audit.models import CLOCK, TrailEntry
from jobs.actions import request_job
from tests.factories import NOON, pb_file
from tests.hubs.reading import browser, open_to, page, queries_of, rows, typed, words
from tests.voting.makers import bring_in, cast, count, counted, make_election, tampering
from tests.voting.test_results import FAR
from voting import rules
from voting.actions import close_election
from voting.forms import RuleForm
from voting.models import GUIDES, Ballot, Election, ElectionStatus, Tally
from voting.queries import (
    COUNT_TASK,
    LARGEST_TRIED,
    SCENARIOS,
    compare,
    lanes_to_try,
    trial_of_scenario,
    trying,
)
from voting.scenarios import NAMES, scenario

ADDRESS = reverse("voting:try_rules")
NOTHING = "Nothing was counted"


@pytest.fixture
def ended(round_) -> Election:
    return counted(round_)


@pytest.fixture
def seen(ada):
    client = browser(ada)

    def ask(**told: str):
        return page(client.get(ADDRESS, told))

    return ask


def lane_of(election: Election) -> str:
    return f"lane-{election.lanes.get().pk}"


def offered(soup) -> set[str]:
    return {str(option["value"]) for option in soup.select('[name="electorate"] option')}


def test_every_member_may_try_and_nobody_else(ada, rui, ona, root):
    people = {"ada": ada, "rui": rui, "ona": ona, "root": root, "visitor": AnonymousUser()}
    assert open_to(people, ADDRESS) == {"ada", "rui", "ona", "root"}


def test_before_anything_is_asked_nothing_is_counted(seen, monkeypatch):
    monkeypatch.setattr("voting.views.trying.compare", None)  # would fail
    shown = seen()
    assert "What comes out" not in words(shown.main)
    assert typed(shown).items() >= {
        "electorate": "groups", "seed": "1", "first-rule": "equal-shares", "second-rule": "greedy",
        "first-completion": "add1-greedy", "second-min_support": "1",
    }.items()  # fmt: skip


def test_two_rules_stand_side_by_side_on_invented_ballots(seen):
    shown = seen(electorate="groups", seed="7")
    trial = trial_of_scenario("groups", 7)
    outcomes = [
        rules.count("equal-shares", trial.instance, trial.profile, rules.Parameters(completion="add1-greedy", min_support=1)),
        rules.count("greedy", trial.instance, trial.profile, rules.Parameters(min_support=1)),
    ]  # fmt: skip
    short = {row[0]: row[1:] for row in rows(shown, 0)}
    assert short["Funded projects"] == [str(len(outcome.winners)) for outcome in outcomes]
    assert short["Money not spent"] == [f"{100_000 - o.cost:,}" for o in outcomes]
    groups = {row[0]: [int(cell.replace(",", "")) for cell in row[1:]] for row in rows(shown, 1)}
    assert {name: cells[0] for name, cells in groups.items()} == {
        "The large group": 120, "The first small group": 50, "The second small group": 30,
    }  # fmt: skip
    for column, outcome in zip((1, 3), outcomes, strict=True):
        assert abs(sum(cells[column] for cells in groups.values()) - outcome.cost) <= 2
    for column, side in zip((2, 4), short["Voters with nothing funded"], strict=True):
        assert sum(cells[column] for cells in groups.values()) == int(side)
    funded = [{row[0] for row in rows(shown, 2) if row[place] == "Funded"} for place in (1, 2)]
    assert funded == [{trial.names[code].text for code in outcome.winners} for outcome in outcomes]
    assert funded[0] != funded[1]


def test_what_was_asked_stays_in_the_form(seen):
    told = {
        "electorate": "small", "seed": "12", "first-rule": "phragmen", "second-rule": "equal-shares",
        "second-satisfaction": "sqrt-cost", "second-completion": "none", "second-min_support": "3",
    }  # fmt: skip
    shown = seen(**told)
    assert typed(shown).items() >= told.items()
    assert [words(head) for head in shown.select("main table")[0].select("thead th")] == [
        "What is compared", "1. Phragmén", "2. Equal Shares by square root of cost",
    ]  # fmt: skip
    opened = [details.has_attr("open") for details in shown.select("form .rule-options")]
    assert opened == [False, True]


def test_a_past_vote_gives_what_it_gave_then(seen, ended):
    shown = seen(**{"electorate": lane_of(ended), "first-rule": "greedy", "first-min_support": "0"})
    assert [row[0] for row in rows(shown, 1) if row[1] == "Funded"] == ["Well a", "School b"]
    assert words(shown.select_one("main dl")).startswith("Budget €100.00 Voters 4")
    assert "Money by group" not in words(shown.main)


def test_nothing_is_stored(seen, ended):
    def all_of_it():
        return [list(model.objects.order_by("pk").values()) for model in (Tally, Election, Ballot, TrailEntry)]  # fmt: skip

    before = all_of_it()
    seen(electorate=lane_of(ended))
    assert all_of_it() == before


def test_a_vote_that_is_not_over_or_not_counted_is_out_of_reach_even_by_its_number(seen, round_):
    """The page offers none of them, and says the same of each as of a lane that does not exist."""
    hidden = [
        make_election(round_, ElectionStatus.DRAFT),
        make_election(round_, ElectionStatus.FROZEN, resource_kind="STAFF_TIME"),
        counted(round_, pb_file(date_end="2099-12-31"), now=FAR),  # counted, and its end lies ahead
        bring_in(round_)[0],  # closed, and waiting for its count
    ]
    uncounted = counted(round_)
    with tampering("voting_tally"):
        uncounted.tallies.update(input_hash="0" * 64)
    refused = words(seen(electorate="lane-999999999").select_one("form .cdx-message"))
    assert "lane-999999999" in refused
    for election in [*hidden, uncounted]:
        key = lane_of(election)
        shown = seen(electorate=key)
        assert key not in offered(shown)
        assert words(shown.select_one("form .cdx-message")) == refused.replace(
            "lane-999999999", key
        )
        assert not {"Well", "School", "Library"} & set(words(shown.main).split())
        assert shown.select("main table") == []


def test_a_vote_that_was_not_over_is_offered_once_it_is_counted(seen, round_, ended):
    assert lane_of(ended) in offered(seen())


@pytest.mark.parametrize(("ballots", "is_offered"), [(19, False), (20, True)])
def test_where_few_voted_here_other_rules_might_tell_who_voted_how(round_, ballots, is_offered):
    own = make_election(round_, ElectionStatus.FROZEN)
    for number in range(ballots - 1):  # beside the one it has already
        cast(own, bytes([number]) * 32)
    close_election(election=own, closer=CLOCK, now=NOON)
    count(request_job(kind=COUNT_TASK, subject=str(own.pk), now=NOON))
    assert lanes_to_try(timezone.now()).exists() == is_offered


def test_what_is_too_large_is_not_offered(seen, round_, ended, monkeypatch):
    assert lane_of(ended) in offered(seen())
    monkeypatch.setattr(trying, "LARGEST_TRIED", 4 * 3 - 1)  # four ballots, three projects
    assert lane_of(ended) not in offered(seen())
    monkeypatch.setattr(trying, "LARGEST_TRIED", 4 * 3)
    assert lane_of(ended) in offered(seen())
    monkeypatch.setattr(trying, "MOST_PROJECTS", 2)
    shown = seen(electorate=lane_of(ended))
    assert lane_of(ended) not in offered(shown)
    assert NOTHING in words(shown.main)
    assert f"{LARGEST_TRIED:,} ballots times projects" in words(shown.main)


def test_a_count_that_takes_too_long_is_given_up(seen, monkeypatch):
    monkeypatch.setattr("voting.views.trying.MOST_SECONDS", -1.0)
    said = words(seen(electorate="groups").main)
    assert f"{NOTHING} This takes too long for a page." in said


def test_a_member_tries_one_thing_at_a_time(seen, ada, rui):
    cache.set(f"try_rules:{ada.pk}", 1, timeout=60)
    try:
        assert f"{NOTHING} You are trying something else" in words(seen(electorate="groups").main)
        other = page(browser(rui).get(ADDRESS, {"electorate": "groups"}))
        assert "What comes out" in words(other.main)
    finally:
        cache.delete(f"try_rules:{ada.pk}")
    for _again in range(2):
        assert "What comes out" in words(seen(electorate="groups").main)


@pytest.mark.parametrize(
    "told",
    [
        {"electorate": "lane-" + "9" * 400}, {"electorate": "lane--1"}, {"electorate": "lane-١"},
        {"electorate": ""}, {"electorate": "<script>"}, {"electorate": "groups", "seed": "0"},
        {"electorate": "groups", "seed": "9" * 5_000}, {"electorate": "groups", "seed": "x"},
        {"electorate": "groups", "first-rule": "dice"}, {"electorate": "groups", "first-step": "\x00"},
        {"electorate": "groups", "second-min_support": "-1"},
        {"electorate": "groups", "second-min_support": "9" * 30}, {"electorate": "\x00"},
    ],
    ids=lambda told: " ".join(f"{name}={value[:12]!r}" for name, value in told.items()),
)  # fmt: skip
def test_a_hostile_address_is_told_what_is_wrong(seen, told):
    shown = seen(**told)
    assert NOTHING in words(shown.main)
    assert shown.select("form .cdx-message--error")
    assert "<script>" not in str(shown.select_one("form .cdx-message--error p"))


def test_the_page_reads_right_to_left_in_arabic(ada):
    shown = page(browser(ada).get(ADDRESS.replace("/en/", "/ar/"), {"electorate": "groups"}))
    assert shown.select("html[dir=rtl]")
    assert len(rows(shown, 1)) == 3


def test_the_result_and_the_freeze_lead_here(client, ended, monkeypatch):
    address = reverse("voting:election", args=[ended.pk])
    link = f"{ADDRESS}?electorate={lane_of(ended)}"
    assert page(client.get(address)).select(f'a[href="{link}"]')
    monkeypatch.setattr(trying, "LARGEST_TRIED", 1)
    assert not page(client.get(address)).select(f'a[href^="{ADDRESS}"]')


def test_the_list_of_votes_asks_the_same_for_many_as_for_one(ada, round_):
    client = browser(ada)
    counted(round_)
    few = queries_of(lambda: client.get(ADDRESS))
    for _more in range(5):
        counted(round_)
    assert queries_of(lambda: client.get(ADDRESS)) == few


def test_an_older_vote_than_those_listed_is_tried_from_its_own_page(
    seen, round_, ended, monkeypatch
):
    monkeypatch.setattr("voting.views.trying.LISTED", 1)
    counted(round_, pb_file(date_begin="2024-06-01", date_end="2024-07-01"))
    monkeypatch.setattr("voting.views.trying.LISTED", 0)
    assert lane_of(ended) not in offered(seen())
    shown = seen(electorate=lane_of(ended))
    assert "What comes out" in words(shown.main)


@pytest.mark.parametrize("name", NAMES)
def test_an_invented_electorate_is_the_same_for_the_same_number(name):
    assert set(NAMES) == set(SCENARIOS)
    one, again, other = scenario(name, 3), scenario(name, 3), scenario(name, 4)
    assert (one.instance, one.profile, one.groups) == (again.instance, again.profile, again.groups)
    assert other.profile != one.profile
    assert len(one.groups) == one.profile.voters == 200
    assert sum(project.cost for project in one.instance.projects) > one.instance.budget


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_counts_every_invented_electorate(name):
    trial = trial_of_scenario(name, 1)
    chosen = [(guide.rule, {"min_support": 1}) for guide in GUIDES]
    found = compare(trial, chosen, lambda done, total: None)
    for attempt in found.attempts:
        assert attempt.winners
        assert sum(attempt.reached) == 200
        assert attempt.cost_minor + attempt.left_minor == trial.instance.budget
    assert len({attempt.winners for attempt in found.attempts}) > 1


def test_what_a_rule_does_not_honour_is_dropped():
    told = RuleForm.as_recommended("phragmen", "a") | {
        "a-satisfaction": "sqrt-cost",
        "a-min_support": "4",
    }
    form = RuleForm(told, prefix="a")
    assert form.is_valid()
    assert form.parameters == {"min_support": 4}
    form = RuleForm(
        told | {"a-rule": "equal-shares", "a-completion": "greedy", "a-step": "coin"}, prefix="a"
    )
    assert form.is_valid()
    assert form.parameters == {
        "satisfaction": "sqrt-cost",
        "completion": "greedy",
        "min_support": 4,
    }


def test_invented_projects_have_names_in_the_language_of_the_page():
    with translation.override("ar"):
        names = [name.text for name in trial_of_scenario("groups", 1).names.values()]
    assert names[:2] == ["المشروع 1", "المشروع 2"]
