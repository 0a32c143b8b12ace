"""Tiny elections whose outcomes were worked out by hand."""

import hashlib

import pytest

from tests.voting.verifier.bundles import counted, lane
from voting.verifier import verify

SHARED = {"AB": 1, "A": 1, "B": 1}  # three voters; with a budget of 12 each holds 4


def steps(outcome, *keys):
    return [tuple(step[key] for key in keys) for step in outcome["steps"]]


def test_greedy_passes_over_what_does_not_fit_and_takes_what_fits_exactly():
    outcome = counted(lane({"A": 60, "B": 50, "C": 40}, 100, {"A": 5, "B": 3, "C": 2}), "greedy")
    assert steps(outcome, "project", "amount", "remaining") == [("A", 60, 40), ("C", 40, 0)]
    assert outcome["explanation"]["projects"]["B"]["why"] == "DID_NOT_FIT"
    assert outcome["explanation"]["projects"]["B"]["left"] == "40.000000"
    assert outcome["explanation"]["projects"]["B"]["missing"] == "10.000000"
    assert outcome["phases"] == [
        {"reserve": None, "budget": 100, "endowment": None, "raises": None}
    ]
    assert outcome["parameters"] == {"order": "votes", "tie_break": "lexico", "min_support": 0}


def test_greedy_by_votes_per_cost_takes_what_costs_nothing_first():
    poll = lane({"A": 60, "B": 10, "Z": 0}, 65, {"A": 5, "B": 1})
    assert counted(poll, "greedy", order="votes-per-cost")["winners"] == ["Z", "B"]
    assert counted(poll, "greedy")["winners"] == ["A", "Z"]


def test_a_project_without_votes_is_bought_by_greedy_unless_support_is_asked_for():
    poll = lane({"A": 3, "B": 3}, 9, {"A": 2, "": 1})
    assert counted(poll, "greedy")["winners"] == ["A", "B"]
    outcome = counted(poll, "greedy", min_support=1)
    assert outcome["winners"] == ["A"]
    assert outcome["explanation"]["projects"]["B"]["why"] == "NO_VOTES"
    assert counted(poll, "greedy", min_support=3)["winners"] == []
    lacking = counted(poll, "greedy", min_support=3)["explanation"]["projects"]["A"]
    assert (lacking["why"], lacking["left"]) == ("TOO_LITTLE_SUPPORT", None)


def test_equal_shares_gives_each_group_what_its_share_pays():
    outcome = counted(lane({"A": 60, "B": 40, "C": 60}, 100, {"AC": 6, "B": 4}), "equal-shares")
    assert steps(outcome, "project", "level", "price") == [
        ("A", "10/1", "1/6"),
        ("B", "10/1", "1/4"),
    ]
    assert outcome["phases"][0]["endowment"] == "10/1"


def test_who_has_spent_too_much_cannot_pay_again():
    outcome = counted(lane({"A": 6, "B": 6}, 12, SHARED), "equal-shares")
    assert outcome["winners"] == ["A"]
    lost = outcome["explanation"]["projects"]["B"]
    assert (lost["why"], lost["left"], lost["missing"]) == (
        "NOT_ENOUGH_MONEY",
        "5.000000",
        "1.000000",
    )
    assert lost["spent_on"] == [{"project": "A", "amount": "3.000000"}]


def test_the_fill_spends_what_is_left():
    outcome = counted(lane({"A": 6, "B": 6}, 12, SHARED), "equal-shares", completion="greedy")
    assert steps(outcome, "project", "fill", "level") == [("A", False, "3/1"), ("B", True, None)]
    assert outcome["explanation"]["projects"]["B"]["paid"] is None


def test_add1_raises_by_thousandths_until_nothing_is_missing():
    outcome = counted(lane({"A": 6, "B": 6}, 12, SHARED), "equal-shares", completion="add1")
    # After A at 3 each, B has 2e - 3 >= 6 from e = 4.5 on: t = 125.
    assert outcome["phases"][0]["raises"] == 125
    assert outcome["phases"][0]["endowment"] == "9/2"
    assert steps(outcome, "project", "level", "price") == [("A", "3/1", "1/2"), ("B", "9/2", "3/4")]


def test_add1_raises_by_coins_of_the_currency():
    outcome = counted(
        lane({"A": 6, "B": 6}, 12, SHARED), "equal-shares", completion="add1", step="coin"
    )
    assert outcome["phases"][0]["raises"] == 1
    bought = outcome["explanation"]["projects"]["B"]
    assert bought["effective_votes"] == "1.500000"
    assert bought["paid"] == [
        {"each": "4.000000", "voters": 1, "ballots": 1},
        {"each": "2.000000", "voters": 1, "ballots": 1},
    ]
    cents = lane({"A": 600, "B": 600}, 1200, SHARED, decimals=2)
    raised = counted(cents, "equal-shares", completion="add1", step="coin")
    assert raised["phases"][0]["endowment"] == "500/1"


@pytest.mark.parametrize(
    ("step", "stop", "raises"),
    [
        ("relative", "overspend", 199),  # at e = 5 x 1.2 voter one can pay A: 11 > 10
        ("relative", "exhaustive", 0),  # A costs more than the 5 that are left
        ("coin", "overspend", 0),
        ("coin", "exhaustive", 0),
    ],
)
def test_add1_ends_before_it_overspends_or_when_nothing_fits(step, stop, raises):
    poll = lane({"A": 6, "B": 5}, 10, {"A": 1, "B": 1})
    outcome = counted(poll, "equal-shares", completion="add1", step=step, stop=stop)
    assert outcome["winners"] == ["B"]
    assert outcome["phases"][0]["raises"] == raises
    assert (outcome["parameters"]["step"], outcome["parameters"]["stop"]) == (step, stop)


def test_add1_then_greedy_fills():
    poll = lane({"A": 6, "B": 5, "C": 2}, 10, {"A": 1, "B": 1})
    outcome = counted(poll, "equal-shares", completion="add1-greedy")
    assert steps(outcome, "project", "fill") == [("B", False), ("C", True)]


def test_add1_ends_where_a_raise_adds_nothing():
    outcome = counted(lane({"A": 6}, 0, {"A": 1}), "equal-shares", completion="add1")
    assert (outcome["winners"], outcome["phases"][0]["raises"]) == ([], 0)
    nobody = counted(lane({"A": 6}, 9, {}), "equal-shares", completion="add1")
    assert nobody["phases"][0] == {"reserve": None, "budget": 9, "endowment": "0/1", "raises": 0}


@pytest.mark.parametrize("step", ["relative", "coin"])
@pytest.mark.parametrize("stop", ["overspend", "exhaustive"])
def test_jumping_over_raises_finds_what_raising_one_by_one_finds(step, stop, monkeypatch):
    ballots = {"AB": 3, "AC": 2, "BC": 1, "D": 2, "CD": 1}
    poll = lane({"A": 11, "B": 13, "C": 9, "D": 17}, 30, ballots)
    options = {"completion": "add1", "step": step, "stop": stop}
    jumped = counted(poll, "equal-shares", **options)
    monkeypatch.setattr(verify, "first_that_matters", lambda *_: 0)
    assert counted(poll, "equal-shares", **options) == jumped


@pytest.mark.parametrize(
    ("satisfaction", "first"), [("cost", "Y"), ("cardinality", "X"), ("sqrt-cost", "X")]
)
def test_what_is_cheapest_depends_on_the_satisfaction(satisfaction, first):
    # Levels: X 4/2 = 2, Y 16/3. Per cost 1/2 and 1/3; per root, squared: 1 and 16/9.
    poll = lane({"X": 4, "Y": 16}, 60, {"X": 2, "Y": 3})
    outcome = counted(poll, "equal-shares", satisfaction=satisfaction)
    assert outcome["winners"][0] == first
    priced = {"cost": "1/3", "cardinality": "2/1", "sqrt-cost": None}[satisfaction]
    assert outcome["steps"][0]["price"] == priced


@pytest.mark.parametrize(
    ("satisfaction", "filled"), [("cost", "Y"), ("cardinality", "X"), ("sqrt-cost", "Y")]
)
def test_the_fill_follows_the_satisfaction(satisfaction, filled):
    # One voter in 100 holds too little for either. Score / cost: 3/9 > 6/25; score² / cost: 1 < 36/25.
    poll = lane({"X": 9, "Y": 25}, 25, {"X": 3, "Y": 6, "": 91})
    options = {"satisfaction": satisfaction, "completion": "greedy"}
    assert counted(poll, "equal-shares", **options)["winners"] == [filled]


def test_points_are_paid_for_one_by_one():
    outcome = counted(
        lane({"A": 6, "B": 2}, 12, {"AAB": 1, "A": 1}, format="cumulative"), "equal-shares"
    )
    assert outcome["support"][0] == {"id": "A", "votes": 2, "score": 3}
    assert outcome["steps"][0]["level"] == "2/1"
    assert [line["each"] for line in outcome["explanation"]["projects"]["A"]["paid"]] == [
        "4.000000",
        "2.000000",
    ]


@pytest.mark.parametrize(("points", "scores"), [("from-one", [4, 3]), ("from-zero", [2, 0])])
def test_every_ranked_project_has_a_vote_and_the_points_of_its_place(points, scores):
    poll = lane({"A": 5, "B": 5}, 9, {"AB": 2, "B": 1}, format="ranking")
    outcome = counted(poll, "greedy", ranking_points=points)
    assert [entry["votes"] for entry in outcome["support"]] == [2, 3]
    assert [entry["score"] for entry in outcome["support"]] == scores
    assert outcome["parameters"]["ranking_points"] == points


def test_ranks_close_up_in_each_lane():
    election = verify.Election(
        id="", origin="OWN", title="", format="ranking", currency="", decimals=0, max_choices=None,
        seed="", opens_at="", closes_at="", roll=9, counts=(),
        lanes=(verify.FrozenLane(0, "G", 5), verify.FrozenLane(1, "F", 5)),
        items=(verify.Item(0, "G", "a", 1), verify.Item(1, "F", "b", 1), verify.Item(2, "G", "c", 1)),
    )  # fmt: skip
    whole = [(((0, 1), (1, 2), (2, 3)), 2), (((0, 1), (2, 2)), 1), (((1, 1),), 4)]
    first = verify.lane_of(election, election.lanes[0], whole)
    assert first.ballots == (((), 4), (((0, 1), (1, 2)), 3))
    assert first.voters == 7


@pytest.mark.parametrize("ballot_format", ["knapsack", "scoring"])
def test_knapsacks_and_scores_are_counted_too(ballot_format):
    outcome = counted(lane({"A": 2, "B": 2}, 2, {"AB": 1, "B": 1}, format=ballot_format), "greedy")
    assert outcome["winners"] == ["B"]


def test_a_supported_project_that_costs_nothing_comes_first():
    poll = lane({"A": 4, "Z": 0, "Y": 0}, 12, {"AZ": 2})
    for rule in ("equal-shares", "phragmen"):
        outcome = counted(poll, rule, min_support=1)
        assert steps(outcome, "project", "level") == [("Z", "0/1"), ("A", "2/1")]
        assert outcome["explanation"]["projects"]["Z"]["paid"] is None
        assert outcome["explanation"]["projects"]["Z"]["effective_votes"] is None
    assert counted(poll, "equal-shares")["steps"][0]["price"] == "0/1"


def test_phragmen_balances_the_loads():
    outcome = counted(lane({"A": 1, "B": 1, "C": 1}, 3, {"AB": 2, "C": 1}), "phragmen")
    assert steps(outcome, "project", "level") == [("A", "1/2"), ("B", "1/1"), ("C", "1/1")]
    assert outcome["explanation"]["projects"]["B"]["paid"] == [
        {"each": "0.500000", "voters": 2, "ballots": 1}
    ]


def test_phragmen_stops_as_soon_as_one_of_the_tied_next_does_not_fit():
    outcome = counted(lane({"A": 1, "B": 1, "C": 2}, 2, {"AB": 2, "C": 2}), "phragmen")
    assert outcome["winners"] == ["A"]
    explained = outcome["explanation"]["projects"]
    assert (explained["B"]["why"], explained["C"]["why"]) == ("STOPPED", "STOPPED")
    assert explained["B"]["left"] is None


def test_phragmen_takes_no_notice_of_what_costs_more_than_the_budget():
    outcome = counted(lane({"A": 5, "B": 2}, 4, {"A": 9, "B": 1}), "phragmen")
    assert outcome["winners"] == ["B"]
    assert outcome["explanation"]["projects"]["A"]["why"] == "OVER_BUDGET"


def test_phragmen_buys_what_nobody_supports_last_and_only_if_all_of_it_fits():
    poll = {"A": 1, "B": 1, "C": 2}
    assert counted(lane(poll, 4, {"A": 1}), "phragmen")["winners"] == ["A", "B", "C"]
    assert counted(lane(poll, 2, {"A": 1}), "phragmen")["winners"] == ["A"]


def test_ties_fall_to_more_votes_then_the_lower_cost_then_the_lot():
    poll = lane({"A": 2, "B": 2, "C": 1, "D": 1}, 6, {"AAB": 1, "BC": 2, "D": 1}, format="scoring")
    # Scores A 2, B 3, C 2, D 1; votes A 1, B 3, C 2, D 1.
    assert counted(poll, "greedy", tie_break="standard")["winners"] == ["B", "C", "A", "D"]
    assert counted(poll, "greedy", tie_break="lexico")["winners"] == ["B", "A", "C", "D"]
    equal = lane({"A": 1, "B": 1, "C": 1}, 3, {"ABC": 1})
    for tie_break, seed in (("standard", b""), ("seed:c0ffee", b"\xc0\xff\xee")):
        lots = {name: hashlib.sha256(seed + b"\0" + name.encode()).digest() for name in "ABC"}
        outcome = counted(equal, "greedy", tie_break=tie_break)
        assert outcome["winners"] == sorted("ABC", key=lots.__getitem__)


@pytest.mark.parametrize(
    ("rule", "parameters"),
    [
        ("lottery", {}),
        ("greedy", {"satisfaction": "cost"}),
        ("greedy", {"order": "size"}),
        ("greedy", {"min_support": True}),
        ("greedy", {"min_support": -1}),
        ("greedy", {"tie_break": "seed:abc"}),
        ("equal-shares", {"completion": "add2"}),
        ("phragmen", {"order": "votes"}),
    ],
)
def test_a_rule_or_option_that_is_not_known_is_refused(rule, parameters):
    with pytest.raises(verify.Refusal):
        counted(lane({"A": 1}, 1, {"A": 1}), rule, **parameters)
