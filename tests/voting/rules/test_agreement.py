"""The engine and the plain oracle: the same winners, order, levels, prices, shares and raises."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voting.rules import oracle
from tests.voting.rules.fuzzing import tries
from tests.voting.rules.strategies import (
    ADD1,
    EQUAL_SHARES,
    GREEDY,
    PARAMETERS,
    PHRAGMEN,
    bound_elections,
    elections,
)
from voting.rules import RULES, count

many, some, few = tries(150), tries(60), tries(6)


def assert_agreed(rule, *task):
    outcome = oracle.told(count(rule, *task))
    assert outcome == oracle.count(rule, *task)


@many
@given(elections(), EQUAL_SHARES)
def test_equal_shares_buys_what_the_plain_oracle_buys_at_the_same_prices(election, parameters):
    assert_agreed("equal-shares", *election, parameters)


@some
@given(elections(), ADD1, st.sampled_from([1, 2, 5]))
def test_shares_are_raised_coin_by_coin_as_the_oracle_raises_them(election, parameters, unit):
    instance, profile = election
    assert_agreed("equal-shares", replace(instance, unit=unit), profile, parameters)


@few
@given(elections(most_projects=4, most_ballots=3, most_copies=1), ADD1)
def test_shares_are_raised_by_thousandths_as_the_oracle_raises_them(election, parameters):
    instance, profile = election
    dear = sum(project.cost for project in instance.projects)
    instance = replace(instance, budget=max(instance.budget, dear * 2 // 3))
    assert_agreed("equal-shares", instance, profile, replace(parameters, step="relative"))


@many
@given(elections(), GREEDY)
def test_greedy_buys_what_the_plain_oracle_buys(election, parameters):
    assert_agreed("greedy", *election, parameters)


@many
@given(elections(), PHRAGMEN)
def test_phragmen_buys_what_the_plain_oracle_buys_at_the_same_loads(election, parameters):
    assert_agreed("phragmen", *election, parameters)


@pytest.mark.parametrize("rule", RULES)
@tries(100)
@given(data=st.data())
def test_every_constraint_binds_as_it_binds_the_oracle(rule, data):
    election = data.draw(bound_elections(rule))
    assert_agreed(rule, *election, data.draw(PARAMETERS[rule]))
