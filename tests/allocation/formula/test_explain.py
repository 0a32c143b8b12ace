"""The waterfall: one ingredient at a time, down to the last unit."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from allocation.formula import STEPS, FormulaError, apportion, explain
from tests.allocation.formula.worlds import FORMULA, PLAIN, apportioned, make_hub, worlds


def amounts(hubs, formula, pool, code):
    return [step.amount for step in explain(hubs, formula, pool)[code]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.large_base_example])
@given(worlds())
def test_every_hub_has_every_step_and_ends_with_what_it_gets(world):
    result = apportioned(*world)
    if result is None:
        return
    waterfall = explain(*world)
    assert list(waterfall) == list(result.allocations)
    for code, steps in waterfall.items():
        assert tuple(step.name for step in steps) == STEPS
        assert steps[-1].amount == result.allocations[code]
        assert steps[-1].amount - steps[-2].amount in (0, 1)
    for index in range(len(STEPS)):
        total = sum(steps[index].amount for steps in waterfall.values())
        assert world[2] - len(waterfall) < total <= world[2]


BOTH = [make_hub("A", south="1"), make_hub("B", size=3, south="1")]


def test_an_ingredient_that_changes_nothing_is_kept():
    assert amounts(BOTH, FORMULA, 1000, "A") == [304] * 7 + [305]
    assert amounts(BOTH, PLAIN, 1000, "A") == [250] * 8


@pytest.mark.parametrize(
    ("step", "hub", "formula"),
    [
        ("income", {"income": Decimal(10000)}, {"gamma": Decimal(1)}),
        ("under", {"under": Decimal(1)}, {"theta": Decimal(1)}),
        ("history", {"funding": Decimal("0.5")}, {"eta": Decimal(1)}),
        ("pace", {"previous": 70}, {"pace": Decimal("0.5")}),
        ("bounds", {"minimum": 400}, {}),
    ],
)
def test_an_ingredient_shows_at_its_own_step(step, hub, formula):
    """Each of these lifts the hub from a quarter, and nothing else does."""
    hubs = [replace(BOTH[0], **hub), replace(BOTH[1], previous=30)]
    lifted = amounts(hubs, replace(PLAIN, **formula), 1000, "A")
    first = STEPS.index(step)
    assert lifted[:first] == [250] * first
    assert lifted[first] == {"bounds": 400, "pace": 475}.get(step, 400)
    assert lifted[first:] == [lifted[first]] * (len(STEPS) - first)


def test_the_tilt_and_the_rounding_show_last():
    hubs = [make_hub("A", south="1"), make_hub("B", size=3), make_hub("C", size=3)]
    waterfall = explain(hubs, PLAIN, 1000)
    assert [step.amount for step in waterfall["A"]] == [142] * 6 + [503, 503]
    assert [step.amount for step in waterfall["B"]] == [428] * 6 + [248, 249]
    assert [step.amount for step in waterfall["C"]] == [428] * 6 + [248, 248]


def test_what_cannot_be_apportioned_cannot_be_explained():
    with pytest.raises(FormulaError, match="NO_GS_HUB"):
        explain([make_hub("A")], PLAIN, 1000)
    assert apportion(BOTH, PLAIN, 1000).tilt == 1
