"""The edges: nothing to count, nothing to pay, limits that meet, and very many of everything."""

import pytest

from tests.voting.rules import oracle
from voting.rules import (
    BallotFormat,
    Category,
    Constraints,
    Instance,
    Parameters,
    Profile,
    Project,
    count,
)

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
