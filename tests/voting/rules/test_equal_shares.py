"""Equal Shares on elections small enough to count by hand."""

from fractions import Fraction

import pytest

from voting.rules import BallotFormat, Instance, Parameters, Profile, Project, count

COST = Parameters(tie_break="lexico")
CARDINALITY = Parameters(satisfaction="cardinality", tie_break="lexico")


def elect(budget, costs, ballots, parameters, ballot_format=BallotFormat.APPROVAL):
    """(id, price) in the order bought; `costs` by id, each ballot a mapping from id to value."""
    projects = tuple(Project(name, cost) for name, cost in costs.items())
    places = {name: place for place, name in enumerate(costs)}
    cast = tuple(
        (tuple(sorted((places[name], value) for name, value in ballot.items())), 1)
        for ballot in ballots
    )
    instance, profile = Instance(budget, projects), Profile(ballot_format, cast)
    outcome = count("equal-shares", instance, profile, parameters)
    return [
        (step.project, (step.price or Fraction(0)).as_integer_ratio()) for step in outcome.steps
    ]


def approvals(*ballots):
    return [dict.fromkeys(ballot, 1) for ballot in ballots]


def test_everyone_pays_the_same_while_all_can():
    # Each of 3 voters has 4. Per voter x and y cost 3, z costs 3; per unit of cost 1/2, 1/2 and 1.
    # x leaves 1, 1, 4: y's supporters have 5 of 6, z's voter pays 3.
    ballots = approvals("x", "xy", "yz")
    costs = {"x": 6, "y": 6, "z": 3}
    assert elect(12, costs, ballots, COST) == [("x", (1, 2)), ("z", (1, 1))]
    assert elect(12, costs, ballots, CARDINALITY) == [("x", (3, 1)), ("z", (3, 1))]


def test_who_has_too_little_gives_all_and_the_others_pay_the_rest():
    # Each of 3 has 4. a costs its one supporter 2; b costs 9: the one gives 2, two give 7/2 each.
    ballots = approvals("ab", "b", "b")
    prices = elect(12, {"a": 2, "b": 9}, ballots, CARDINALITY)
    assert prices == [("a", (2, 1)), ("b", (7, 2))]


def test_a_project_is_out_of_reach_as_soon_as_its_supporters_lack_one_unit():
    # As above, but b costs 10, all that is left to the three; at 11 one unit is missing.
    ballots = approvals("ab", "b", "b")
    assert elect(12, {"a": 2, "b": 10}, ballots, CARDINALITY)[1] == ("b", (4, 1))
    assert elect(12, {"a": 2, "b": 11}, ballots, CARDINALITY) == [("a", (2, 1))]


def test_cost_satisfaction_prefers_the_larger_project_of_the_same_supporters():
    ballots = approvals("ab", "ab", "b")
    # Each has 4. Per unit of cost a is 1/2, b is 1/3: b takes 3 each, a's two have 2 of 4 left.
    assert elect(12, {"a": 4, "b": 9}, ballots, COST) == [("b", (1, 3))]
    # Per supporter a is 2, b is 3: a first, then b lacks 1 in all: 2 + 2 + 4 of 9.
    assert elect(12, {"a": 4, "b": 9}, ballots, CARDINALITY) == [("a", (2, 1))]


def test_groups_with_lists_of_their_own_get_their_part_of_the_seats():
    # Lower quota (Peters and Skowron, 2020, "Proportionality and the Limits of Welfarism"):
    # 12 voters, 4 seats, groups of 6, 3 and 3 voters: 2, 1 and 1 seats, whatever they ask for.
    lists = ["abcd"] * 6 + ["efgh"] * 3 + ["ijkl"] * 3
    seats = elect(12, dict.fromkeys("abcdefghijkl", 3), approvals(*lists), CARDINALITY)
    assert [name for name, _ in seats] == ["a", "b", "e", "i"]
    assert [price for _, price in seats] == [(1, 2), (1, 2), (1, 1), (1, 1)]


def test_points_share_the_price():
    # Both have 4. a costs 6 at 3 points and 1: at 3/2 a point the first owes 9/2, more than 4;
    # the first gives 4, the second 2 for one point.
    ballots = [{"a": 3}, {"a": 1}]
    cumulative = BallotFormat.CUMULATIVE
    assert elect(8, {"a": 6}, ballots, CARDINALITY, cumulative) == [("a", (2, 1))]
    assert elect(8, {"a": 6}, ballots, COST, cumulative) == [("a", (1, 3))]


def test_rankings_share_the_price_by_their_points():
    # a earns 2 + 1 points, b 1 + 2; both cost 3, so a point costs 1 and both win by equal shares.
    ballots = [{"a": 1, "b": 2}, {"b": 1, "a": 2}]
    ranking = BallotFormat.RANKING
    bought = [("a", (1, 1)), ("b", (1, 1))]
    assert elect(6, {"a": 3, "b": 3}, ballots, CARDINALITY, ranking) == bought
    # From zero the last place pays nothing: each pays for the own first choice alone.
    from_zero = Parameters(
        satisfaction="cardinality", tie_break="lexico", ranking_points="from-zero"
    )
    bought = [("a", (3, 1)), ("b", (3, 1))]
    assert elect(6, {"a": 3, "b": 3}, ballots, from_zero, ranking) == bought
    assert elect(6, {"a": 4, "b": 4}, ballots, from_zero, ranking) == []


@pytest.mark.parametrize("parameters", [COST, CARDINALITY])
def test_supported_projects_that_cost_nothing_come_first_and_cost_nobody_anything(parameters):
    costs = {"a": 2, "y": 0, "x": 0, "z": 0}
    bought = elect(2, costs, approvals("axy", "a"), parameters)
    assert [name for name, _ in bought] == ["x", "y", "a"]
    assert bought[0][1] == (0, 1)
    assert elect(0, costs, approvals("axy"), parameters) == bought[:2]


def test_a_project_with_fewer_votes_than_asked_for_is_not_bought():
    ballots = approvals("a", "ab", "b", "b")
    costs = {"a": 1, "b": 1}
    bar = Parameters(min_support=3)
    assert [name for name, _ in elect(4, costs, ballots, bar)] == ["b"]


def test_money_of_blank_ballots_is_spent_by_nobody():
    # Two of three voters say nothing: the third has 2 of the 6.
    assert elect(6, {"a": 3}, approvals("a", "", ""), COST) == []
    assert elect(6, {"a": 2}, approvals("a", "", ""), COST) == [("a", (1, 1))]


def test_an_election_without_ballots_buys_nothing():
    assert elect(6, {"a": 0, "b": 1}, [], COST) == []


def test_a_tie_is_decided_by_the_tie_break_alone():
    ballots = approvals("a", "b")
    assert elect(2, {"b": 1, "a": 1}, ballots, COST)[0][0] == "a"
    # SHA-256 of 0xff, zero byte and id: that of "b" is the lower one.
    seeded = Parameters(tie_break="seed:ff")
    assert elect(2, {"a": 1, "b": 1}, ballots, seeded)[0][0] == "b"
