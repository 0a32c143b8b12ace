"""Greedy selection on elections small enough to count by hand."""

from voting.rules import BallotFormat, Instance, Parameters, Profile, Project, count

VOTES = Parameters(tie_break="lexico")
PER_COST = Parameters(order="votes-per-cost", tie_break="lexico")


def elect(budget, costs, ballots, parameters, ballot_format=BallotFormat.APPROVAL):
    """Winners; `costs` by id, each ballot a mapping from id to value."""
    projects = tuple(Project(name, cost) for name, cost in costs.items())
    places = {name: place for place, name in enumerate(costs)}
    cast = tuple(
        (tuple(sorted((places[name], value) for name, value in ballot.items())), 1)
        for ballot in ballots
    )
    outcome = count("greedy", Instance(budget, projects), Profile(ballot_format, cast), parameters)
    return "".join(outcome.winners)


def approvals(*ballots):
    return [dict.fromkeys(ballot, 1) for ballot in ballots]


def test_the_most_approved_come_first_and_what_does_not_fit_is_passed_over():
    # 3, 2 and 1 votes; after a there are 4 left: b does not fit, c does.
    assert elect(10, {"a": 6, "b": 5, "c": 4}, approvals("abc", "ab", "a"), VOTES) == "ac"


def test_a_project_that_costs_exactly_what_is_left_is_bought():
    assert elect(10, {"a": 6, "b": 4, "c": 1}, approvals("abc", "ab", "a"), VOTES) == "ab"


def test_per_cost_the_cheapest_vote_comes_first():
    # 3/6 < 2/2: b before a. c has 1/1, a tie with b, which lexico decides.
    assert elect(10, {"a": 6, "b": 2, "c": 1}, approvals("abc", "ab", "a"), PER_COST) == "bca"


def test_votes_per_cost_are_compared_exactly():
    # The two differ by 1 in 10**40: one and the same number to floating point.
    costs = {"a": 10**20, "b": 10**20 - 1}
    assert elect(10**20, costs, approvals("a", "b"), PER_COST) == "b"


def test_per_cost_what_costs_nothing_comes_first_even_without_a_vote():
    costs = {"a": 1, "b": 0, "c": 0}
    assert elect(1, costs, approvals("aaa", "c"), PER_COST) == "bca"


def test_an_unsupported_project_that_fits_is_bought_unless_support_is_asked_for():
    ballots = approvals("a", "ab")
    costs = {"a": 1, "b": 1, "c": 1}
    assert elect(3, costs, ballots, VOTES) == "abc"
    assert elect(3, costs, ballots, Parameters(min_support=1)) == "ab"
    assert elect(3, costs, ballots, Parameters(min_support=2)) == "a"


def test_points_are_added_up():
    ballots = [{"a": 1, "b": 5}, {"a": 1}, {"a": 1, "c": 0}]
    costs = {"a": 1, "b": 1, "c": 1}
    for ballot_format in (BallotFormat.CUMULATIVE, BallotFormat.SCORING):
        assert elect(1, costs, ballots, VOTES, ballot_format) == "b"


def test_no_points_are_no_vote():
    ballots = [{"a": 0}, {"b": 1}]
    parameters = Parameters(min_support=1)
    assert elect(9, {"a": 1, "b": 1}, ballots, parameters, BallotFormat.SCORING) == "b"


def test_a_ranking_of_k_earns_k_to_one_or_k_minus_one_to_zero():
    ballots = [{"a": 1, "b": 2}, {"c": 1, "a": 2}, {"b": 1}]
    costs = {"a": 1, "b": 1, "c": 1}
    ranking = BallotFormat.RANKING
    # From one: a 2 + 1, b 1 + 1, c 2. From zero: a 1 + 0, b 0 + 0, c 1. Ties by id.
    assert elect(3, costs, ballots, VOTES, ranking) == "abc"
    from_zero = Parameters(tie_break="lexico", ranking_points="from-zero")
    assert elect(3, costs, ballots, from_zero, ranking) == "acb"


def test_the_last_rank_is_a_vote_though_it_earns_nothing():
    parameters = Parameters(ranking_points="from-zero", min_support=1)
    ballots = [{"a": 1, "b": 2}]
    assert elect(9, {"a": 1, "b": 1, "c": 1}, ballots, parameters, BallotFormat.RANKING) == "ab"


def test_an_election_without_ballots_projects_or_money_has_an_outcome():
    assert elect(9, {"b": 1, "a": 1}, [], VOTES) == "ab"
    assert elect(9, {}, approvals(""), VOTES) == ""
    assert elect(0, {"a": 1, "b": 0}, approvals("ab"), VOTES) == "b"
