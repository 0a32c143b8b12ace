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
    InvalidInstance,
    Parameters,
    Profile,
    Project,
    count,
)
from voting.rules import equal_shares as raising

LEXICO = Parameters(tie_break="lexico")
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


@pytest.mark.parametrize("rule", RULES)
def test_five_thousand_projects_are_counted(rule):
    # Everybody supports one hundred in a row; all cost as much as a hundred of them can pay together.
    size, ballots = 5_000, 500
    projects = tuple(Project(f"p{index:04}", 100) for index in range(size))
    chosen = (np.arange(ballots)[:, None] * 10 + np.arange(100)) % size
    profile = Profile.of_arrays(
        BallotFormat.APPROVAL,
        np.arange(ballots + 1) * 100,
        np.sort(chosen, axis=1).ravel(),
        np.ones(ballots * 100, dtype=np.int64),
        np.ones(ballots, dtype=np.int64),
    )
    outcome = count(rule, Instance(20_000, projects), profile, LEXICO)
    assert len(outcome.winners) > 150
    assert outcome.cost <= 20_000


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
        ((DEAR - 1, 1), ((0,), (1,), ()), "ba"),
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


def test_shares_that_would_have_to_be_raised_too_often_are_refused(monkeypatch):
    # One of ten asks for three projects: all in reach long before one can pay for three.
    monkeypatch.setattr(raising, "MOST_RAISES", 200)
    parameters = Parameters(completion="add1", step="coin")
    case = instance(25 * DEAR, 10 * DEAR, 10 * DEAR, 10 * DEAR), approvals((0, 1, 2), *[()] * 9)
    with pytest.raises(InvalidInstance, match="raised 200 times"):
        count("equal-shares", *case, parameters)


def test_nobody_is_left_out_where_a_multiplier_only_changes_the_order():
    # a and b cost the same and have the same supporters; only b's is worth more.
    case = instance(6, 6, 6, multipliers={"b": Fraction(3, 2)}), approvals((0, 1), (0, 1))
    for rule, parameters in [("greedy", LEXICO), ("equal-shares", LEXICO)]:
        outcome = count(rule, *case, parameters)
        assert (outcome.winners, outcome.without_multipliers) == (("b",), ("a",))
