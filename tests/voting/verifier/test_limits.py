"""Constraints, worked out by hand."""

import pytest

from tests.voting.verifier.bundles import counted, lane
from voting.verifier import verify


def with_constraints(poll, rule, /, **constraints):
    options = constraints.pop("options", {})
    parts = {"format": "constraints/1", **constraints}
    return counted(poll, rule, constraints=parts, **options)


def bought(outcome):
    return [(step["project"], step["amount"], step["reserve"]) for step in outcome["steps"]]


COSTS = {"A": 60, "B": 40, "C": 40}
BALLOTS = {"A": 5, "B": 1, "C": 3}


def test_a_minimum_is_spent_before_the_open_count():
    poll = lane(COSTS, 100, BALLOTS)
    assert counted(poll, "greedy")["winners"] == ["A", "C"]
    outcome = with_constraints(
        poll, "greedy", categories={"new": {"projects": ["B"], "minimum": 40}}
    )
    assert bought(outcome) == [("B", 40, "new"), ("A", 60, None)]
    assert [phase["budget"] for phase in outcome["phases"]] == [40, 60]
    assert outcome["explanation"]["categories"] == [
        {"category": "new", "cost": 40, "score": 1, "possible": 1}
    ]


def test_reserves_come_in_order_of_their_names_and_what_they_leave_is_open():
    categories = {
        "z": {"projects": ["A"], "minimum": "60.00"},
        "m": {"projects": ["B", "C"], "minimum": 50},
    }
    poll = lane({"A": 6000, "B": 4000, "C": 4000}, 15000, BALLOTS, decimals=2)
    outcome = with_constraints(poll, "greedy", categories=categories)
    assert bought(outcome) == [("C", 4000, "m"), ("A", 6000, "z"), ("B", 4000, None)]
    assert outcome["phases"][-1]["budget"] == 5000


def test_in_a_reserve_of_equal_shares_everybody_holds_an_equal_part_of_it():
    poll = lane({"A": 6, "B": 4, "C": 4}, 12, {"A": 2, "B": 1, "C": 1})
    categories = {"new": {"projects": ["B", "C"], "minimum": 4}}
    options = {"completion": "add1", "stop": "exhaustive"}
    outcome = with_constraints(poll, "equal-shares", categories=categories, options=options)
    # One each in the reserve: nobody can pay 4 before e = 4, and there both could: one too many.
    assert outcome["phases"][0]["endowment"] == "3999/1000"
    assert outcome["phases"][0]["raises"] == 2999
    assert outcome["phases"][1]["budget"] == 12
    assert outcome["winners"] == ["A"]
    filled = with_constraints(
        poll, "equal-shares", categories=categories, options={"completion": "add1-greedy"}
    )
    first = filled["steps"][0]
    assert (first["project"], first["reserve"], first["fill"]) == ("B", "new", True)


@pytest.mark.parametrize("rule", ["greedy", "equal-shares", "phragmen"])
def test_a_full_category_bars_a_project_for_good(rule):
    poll = lane(COSTS, 200, {"A": 5, "B": 4, "C": 5})
    categories = {"roads": {"projects": ["A", "B"], "maximum": 90}}
    outcome = with_constraints(poll, rule, categories=categories)
    assert sorted(outcome["winners"]) == (["A", "C"] if rule != "phragmen" else ["B", "C"])[:2]
    lost = "B" if "A" in outcome["winners"] else "A"
    explained = outcome["explanation"]["projects"][lost]
    assert (explained["why"], explained["by"]) == ("CATEGORY_FULL", "roads")


@pytest.mark.parametrize("rule", ["greedy", "equal-shares", "phragmen"])
def test_a_recipient_gets_no_more_than_its_maximum(rule):
    poll = lane({"A": 40, "B": 40, "C": 40}, 120, {"ABC": 3, "A": 1})
    outcome = with_constraints(
        poll, rule, recipients={"we": ["A", "B"], "they": ["C"]}, recipient_maximum=60
    )
    assert outcome["winners"] == ["A", "C"]
    explained = outcome["explanation"]["projects"]["B"]
    assert (explained["why"], explained["by"]) == ("RECIPIENT_FULL", "we")


@pytest.mark.parametrize("rule", ["greedy", "equal-shares", "phragmen"])
def test_of_those_that_exclude_each_other_one_is_bought(rule):
    poll = lane({"A": 40, "B": 40, "C": 40}, 120, {"ABC": 3, "A": 1})
    outcome = with_constraints(poll, rule, exclusive=[["B", "A"], ["C"]])
    assert outcome["winners"] == ["A", "C"]
    explained = outcome["explanation"]["projects"]["B"]
    assert (explained["why"], explained["by"]) == ("EXCLUDED", "A")


def test_a_project_that_is_barred_is_not_missing_when_add1_looks_whether_to_stop():
    poll = lane({"A": 40, "B": 40}, 120, {"AB": 3})
    options = {"completion": "add1"}
    outcome = with_constraints(poll, "equal-shares", exclusive=[["A", "B"]], options=options)
    assert (outcome["winners"], outcome["phases"][0]["raises"]) == (["A"], 0)


def test_what_does_not_fit_may_be_bought_in_part():
    poll = lane(COSTS, 90, BALLOTS)
    assert bought(with_constraints(poll, "greedy", partial={"C": 30})) == [
        ("A", 60, None),
        ("C", 30, None),
    ]
    assert with_constraints(poll, "greedy", partial={"C": 31})["winners"] == ["A"]
    under = with_constraints(
        lane(COSTS, 140, BALLOTS),
        "greedy",
        partial={"C": 10},
        categories={"x": {"projects": ["A", "C"], "maximum": 75}},
    )
    assert bought(under) == [("A", 60, None), ("C", 15, None), ("B", 40, None)]


def test_a_multiplier_counts_when_projects_are_compared_and_not_when_they_are_paid():
    poll = lane({"A": 40, "B": 40}, 80, {"A": 5, "B": 4, "AB": 1})
    greedy = with_constraints(poll, "greedy", multipliers={"B": "3/2"})
    assert (greedy["winners"], greedy["without_multipliers"]) == (["B", "A"], ["A", "B"])
    outcome = with_constraints(poll, "equal-shares", multipliers={"B": "3/2"})
    assert (outcome["winners"], outcome["without_multipliers"]) == (["B", "A"], ["A"])
    # B: level 40/5, price 8 / 40 / (3/2).
    assert (outcome["steps"][0]["level"], outcome["steps"][0]["price"]) == ("8/1", "2/15")
    assert with_constraints(poll, "greedy", multipliers={"B": "1"})["without_multipliers"] is None


def test_with_squares_a_multiplier_is_squared_too():
    poll = lane({"A": 4, "B": 9}, 30, {"A": 2, "B": 3})  # level² / cost: 1 and 1
    options = {"satisfaction": "sqrt-cost"}
    assert counted(poll, "equal-shares", **options)["winners"][0] == "A"
    outcome = with_constraints(
        poll, "equal-shares", multipliers={"B": "1001/1000"}, options=options
    )
    assert outcome["winners"][0] == "B"


CATEGORY = {"x": {"projects": ["A"], "minimum": 5}}


@pytest.mark.parametrize(
    ("rule", "constraints"),
    [
        ("equal-shares", {"partial": {"A": 1}}),
        ("phragmen", {"partial": {"A": 1}}),
        ("phragmen", {"multipliers": {"A": "2"}}),
        ("phragmen", {"categories": CATEGORY}),
        ("greedy", {"categories": {**CATEGORY, "y": {"projects": ["A", "B"], "minimum": 5}}}),
        ("greedy", {"categories": {"x": {"projects": ["A"], "minimum": 101}}}),
        ("greedy", {"categories": {"x": {"projects": ["Q"]}}}),
        ("greedy", {"categories": {"x": {"projects": ["A"], "maximum": "0.1"}}}),
        ("greedy", {"categories": {"x": {"projects": ["A"], "maximum": True}}}),
        ("greedy", {"categories": {"x": {"projects": ["A"], "maximum": None}}}),
        ("greedy", {"categories": {"x": {"projects": ["A"], "most": 1}}}),
        ("greedy", {"exclusive": [["A", "A"]]}),
        ("greedy", {"exclusive": [[["A"]]]}),
        ("greedy", {"multipliers": {"A": "1/2"}}),
        ("greedy", {"multipliers": {"A": 2}}),
        ("greedy", {"multipliers": {"A": "2/0"}}),
        ("greedy", {"recipients": {"x": "A"}}),
        ("greedy", {"surprise": 1}),
    ],
)
def test_constraints_that_mean_nothing_or_are_not_honoured_are_refused(rule, constraints):
    with pytest.raises(verify.Refusal):
        with_constraints(lane(COSTS, 100, BALLOTS), rule, **constraints)


def test_what_is_said_of_other_lanes_is_left_out():
    poll = lane(COSTS, 100, BALLOTS, known=frozenset("ABCD"))
    outcome = with_constraints(
        poll,
        "greedy",
        exclusive=[["A", "D"]],
        categories={"x": {"projects": ["D"], "minimum": 900}},
    )
    assert outcome["winners"] == ["A", "C"]
    assert outcome["explanation"]["categories"] == []


def test_what_is_next_and_barred_does_not_stop_phragmen():
    tied = lane({"A": 1, "B": 2, "C": 3}, 3, {"A": 2, "B": 2, "C": 3})
    assert counted(tied, "phragmen")["winners"] == ["A"]
    outcome = with_constraints(tied, "phragmen", exclusive=[["A", "C"]])
    assert outcome["winners"] == ["A", "B"]
    assert outcome["explanation"]["projects"]["C"]["by"] == "A"
