"""The edges: nothing to count, nothing to pay, limits that meet, and very many of everything."""

from fractions import Fraction

import numpy as np
import pytest

from tests.voting.rules import oracle
from voting.rules import (
    RULES,
    BallotFormat,
    Category,
    Constraints,
    Instance,
    Parameters,
    Profile,
    Project,
    count,
)
from voting.rules import equal_shares as raising

LEXICO = Parameters(tie_break="lexico")
CARDINALITY = Parameters(tie_break="lexico", satisfaction="cardinality")
SHARES = [
    Parameters(tie_break="lexico", satisfaction=satisfaction, completion=completion, step=step)
    for satisfaction in ("cost", "cardinality", "sqrt-cost")
    for completion, step in [
        ("none", "relative"),
        ("greedy", "relative"),
        ("add1", "relative"),
        ("add1", "coin"),
        ("add1-greedy", "coin"),
    ]
]
EVERY_COUNT = [
    ("greedy", LEXICO),
    ("greedy", Parameters(tie_break="lexico", order="votes-per-cost")),
    *(("equal-shares", parameters) for parameters in SHARES),
    ("phragmen", LEXICO),
]


def approvals(*ballots, copies=1):
    return Profile(
        BallotFormat.APPROVAL,
        [(tuple((index, 1) for index in ballot), copies) for ballot in ballots],
    )


def instance(budget, *costs, **more):
    names = "abcdefghij"
    return Instance(
        budget, tuple(Project(names[place], cost) for place, cost in enumerate(costs)), **more
    )


TABLE = {
    "no projects, no voters": (instance(5), approvals()),
    "no projects": (instance(5), approvals((), ())),
    "no voters": (instance(5, 3, 0, 6), approvals()),
    "blank ballots only": (instance(5, 3, 0, 6), approvals((), ())),
    "no money": (instance(0, 3, 0, 0), approvals((0, 1), (0,))),
    "no money and nothing costs any": (instance(0, 0, 0), approvals((1,))),
    "all unaffordable": (instance(5, 6, 7, 2**60), approvals((0, 1), (1, 2))),
    "one voter": (instance(9, 4, 5, 1, 3), approvals((0, 1, 2))),
    "one voter, one project, all the money": (instance(9, 9), approvals((0,))),
    "one unit too dear": (instance(9, 10), approvals((0,))),
    "free with and without support": (instance(4, 0, 4, 0), approvals((0, 1), (1,))),
    "all cost the same and have the same supporters": (
        instance(9, 3, 3, 3, 3),
        approvals(range(4)),
    ),
}


@pytest.mark.parametrize(("rule", "parameters"), EVERY_COUNT)
@pytest.mark.parametrize("name", TABLE)
def test_an_edge_is_counted_as_by_the_oracle(name, rule, parameters):
    case = TABLE[name]
    outcome = count(rule, *case, parameters)
    assert oracle.told(outcome) == oracle.count(rule, *case, parameters)


@pytest.mark.parametrize(
    ("rule", "winners"), [("greedy", "a"), ("equal-shares", "a"), ("phragmen", "a")]
)
def test_of_two_projects_that_exclude_each_other_and_cost_nothing_one_is_bought(rule, winners):
    either = Constraints(exclusive=(frozenset("ab"),))
    case = instance(5, 0, 0, constraints=either), approvals((0, 1))
    assert count(rule, *case, LEXICO).winners == tuple(winners)


def test_phragmen_goes_on_to_what_nobody_supports_when_all_the_rest_is_barred():
    full = Constraints(categories={"x": Category(frozenset("ab"), maximum=3)})
    case = instance(9, 3, 3, 2, constraints=full), approvals((0, 1))
    assert count("phragmen", *case, LEXICO).winners == ("a", "c")


def test_a_million_voters_of_one_mind_are_counted_as_one_ballot():
    many = approvals((0, 1), (1, 2), copies=500_000)
    few = approvals((0, 1), (1, 2))
    case = instance(10**15, 10**14, 3 * 10**14, 7 * 10**14, unit=10**8)
    apart = Profile.of_arrays(
        BallotFormat.APPROVAL,
        np.arange(0, 2_000_001, 2),
        np.tile([0, 1, 1, 2], 500_000),
        np.ones(2_000_000, dtype=np.int64),
        np.ones(1_000_000, dtype=np.int64),
    )
    assert len(apart.merged().ballots) == 2
    for rule, parameters in EVERY_COUNT:
        outcome = count(rule, case, many, parameters)
        assert count(rule, case, apart, parameters) == outcome
        if parameters.completion == "none":
            assert outcome.winners == count(rule, case, few, parameters).winners


def in_a_row(size, ballots, chosen):
    """Everybody supports so many projects in a row, from another one on."""
    projects = (np.arange(ballots)[:, None] * (size // ballots or 1) + np.arange(chosen)) % size
    return Profile.of_arrays(
        BallotFormat.APPROVAL,
        np.arange(ballots + 1) * chosen,
        np.sort(projects, axis=1).ravel(),
        np.ones(ballots * chosen, dtype=np.int64),
        np.ones(ballots, dtype=np.int64),
    )


@pytest.mark.parametrize("rule", RULES)
def test_five_thousand_projects_are_counted(rule):
    projects = tuple(Project(f"p{n:04}", 1_000 + n * 7919 % 5_000) for n in range(5_000))
    case = Instance(600_000, projects), in_a_row(5_000, 500, 100)
    # By cost nearly all of them would be alike, round after round.
    parameters = CARDINALITY if rule == "equal-shares" else LEXICO
    outcome = count(rule, *case, parameters)
    assert len(outcome.winners) > 100
    assert outcome.cost <= 600_000


@pytest.mark.parametrize("rule", RULES)
def test_hundreds_of_projects_that_are_all_alike_are_bought_in_the_order_of_ties(rule):
    projects = tuple(Project(f"p{number:03}", 100) for number in range(600))
    case = Instance(2_000, projects), in_a_row(600, 1, 600)
    winners = [f"p{number:03}" for number in range(20)]
    assert list(count(rule, *case, LEXICO).winners) == winners


DEAR = 10**15


@pytest.mark.parametrize("step", ["relative", "coin"])
@pytest.mark.parametrize("stop", ["overspend", "exhaustive"])
@pytest.mark.parametrize(
    ("costs", "ballots", "winners"),
    [
        # One alone must hold 10**15 before the project is in reach, from a third of it.
        ((DEAR,), ((0,), (), ()), "a"),
        # Both can be paid, and do not fit together: by the step at which both are in reach.
        ((DEAR * 3 // 4, DEAR * 3 // 4), ((0,), (1,)), ""),
        ((DEAR // 2, DEAR // 2 + 1), ((0,), (1,), ()), "a"),
        ((DEAR - 1, 1), ((0,), (1,), ()), "ab"),
    ],
)
def test_shares_of_large_sums_are_raised_without_trying_every_step(
    costs, ballots, winners, step, stop
):
    parameters = Parameters(tie_break="lexico", completion="add1", step=step, stop=stop)
    calls = []
    outcome = count(
        "equal-shares",
        instance(DEAR, *costs),
        approvals(*ballots),
        parameters,
        lambda *c: calls.append(c),
    )
    assert "".join(outcome.winners) == winners
    assert len(calls) < 100


def test_shares_are_not_raised_for_ever_for_what_one_voter_asks(monkeypatch):
    # One of ten asks for three projects: all in reach long before one can pay for three.
    monkeypatch.setattr(raising, "MOST_RAISES", 200)
    parameters = Parameters(completion="add1", step="coin")
    case = instance(25 * DEAR, 10 * DEAR, 10 * DEAR, 10 * DEAR), approvals((0, 1, 2), *[()] * 9)
    outcome = count("equal-shares", *case, parameters)
    assert (len(outcome.winners), outcome.phases[0].raises) == (1, 75 * DEAR // 10 + 199)


def test_nobody_is_left_out_where_a_multiplier_only_changes_the_order():
    # a and b cost the same and have the same supporters; only b's is worth more.
    case = instance(6, 6, 6, multipliers={"b": Fraction(3, 2)}), approvals((0, 1), (0, 1))
    for rule, parameters in [("greedy", LEXICO), ("equal-shares", LEXICO)]:
        outcome = count(rule, *case, parameters)
        assert (outcome.winners, outcome.without_multipliers) == (("b",), ("a",))
