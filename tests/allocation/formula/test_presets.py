"""Other ways to share, for comparison, through the same engine."""

from dataclasses import replace
from decimal import Decimal

import pytest

from allocation.formula import PRESETS, apportion, inflation_and_growth
from tests.allocation.formula.worlds import FORMULA, make_hub

HUBS = (
    make_hub("A", size=6, south="1", income=Decimal(5000), previous=300, under=Decimal(1)),
    make_hub("B", size=3, south="1", income=Decimal(20000), previous=200, funding=Decimal(2)),
    make_hub("C", size=1, income=Decimal(80000), previous=500),
)


def compared(name, hubs=HUBS, pool=1000):
    return list(apportion(*PRESETS[name](hubs, FORMULA), pool).allocations.values())


def test_equal():
    assert compared("equal", pool=999) == [333, 333, 333]
    without = (*HUBS, make_hub("D", size=0, south="1"))
    assert compared("equal", without) == [250, 250, 250, 250]


def test_by_population():
    assert compared("population") == [600, 300, 100]


def test_like_ida():
    """6 x 2^0.25, 3 and 1 x 2^-0.25, with 20,000 for one: a quarter of it and four times as much."""
    assert compared("ida-like") == [650, 273, 77]


def test_two_pots():
    """Size 6 : 3 : 1, and poverty 16 : 4 : 1."""
    assert compared("two-pots") == [665, 256, 79]


def test_inflation_and_growth():
    south = [replace(hub, south=Decimal(1)) for hub in HUBS]
    assert compared("inflation-and-growth", south) == [300, 200, 500]
    case = inflation_and_growth(south, FORMULA, {"A": Decimal("0.1")}, {"B": 70})
    assert list(apportion(*case, 1100).allocations.values()) == [330, 270, 500]


def test_who_is_new_has_no_last_time_to_grow_from():
    new = make_hub("D", south="1")
    assert compared("inflation-and-growth", (*HUBS, new))[3] == 0


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_keeps_floor_and_minimum_and_lifts_the_rest(name):
    strict = replace(FORMULA, bands=True, max_share=Decimal("0.4"), pace=Decimal("0.1"))
    hubs = [replace(HUBS[0], south=Decimal(0)), HUBS[1], replace(HUBS[2], minimum=150)]
    case = PRESETS[name](hubs, strict)
    result = apportion(*case, 1000)
    assert sum(result.south_earmarks.values()) >= 500
    assert result.bounds == {"A": (0, 1000), "B": (0, 1000), "C": (150, 1000)}
    assert case[1].pace == 1
