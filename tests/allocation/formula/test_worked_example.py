"""Eight regions with their real budgets of 2023-24 in US cents; the indicators are illustrative.

The figures are those published with the method, and the golden result is kept to the byte.
"""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from allocation.formula import FormulaError, apportion, explain, read_document
from allocation.formula.__main__ import main

DATA = Path(__file__).parent / "data"
INPUT, RESULT = DATA / "eight_regions.json", DATA / "eight_regions_result.json"
ZERO, ONE = Decimal(0), Decimal(1)


@pytest.fixture(scope="module")
def example():
    """(pool, formula, hubs)"""
    return read_document(json.loads(INPUT.read_text()))


@pytest.fixture
def by_editors(example):
    """(hubs, formula) with nothing but the number of editors."""
    _, formula, hubs = example
    formula = replace(
        formula,
        beta={"readers": ZERO, "editors": ONE},
        sigma=ONE,
        gamma=ZERO,
        theta=ZERO,
        eta=ZERO,
        bands=False,
        max_share=ONE,
    )
    return [replace(hub, minimum=0) for hub in hubs], formula


def south(result):
    """The part of the pool earmarked for the South, in tenths of a percent."""
    return round(Decimal(sum(result.south_earmarks.values())) * 1000 / result.pool)


def test_the_figures_of_the_worked_example(example):
    pool, formula, hubs = example
    result = apportion(hubs, formula, pool)
    assert pool == 16_000_000_00
    assert result.allocations == {
        "CEECA": 1_764_000_00,
        "ESEAP": 2_156_000_00,
        "LAC": 2_630_000_00,
        "MENA": 580_000_00,
        "NA": 1_872_000_00,
        "NWE": 3_224_000_00,
        "SA": 750_000_00,
        "SSA": 3_024_000_00,
    }
    previous = {hub.code: hub.previous for hub in hubs}
    rise = {
        code: round(Decimal(amount) * 100 / previous[code]) - 100
        for code, amount in result.allocations.items()
    }
    assert (rise["LAC"], rise["SSA"], rise["NA"], rise["NWE"]) == (6, 40, -20, -20)
    assert south(result) == 601
    assert result.tilt == 1


def test_the_golden_result_is_the_same_to_the_byte(capsys):
    assert main([str(INPUT), "--json"]) == 0
    assert capsys.readouterr().out == RESULT.read_text()


def test_bands_of_percents_alone_keep_small_budgets_small(example):
    pool, formula, hubs = example
    result = apportion(hubs, replace(formula, step=0), pool)
    assert (result.allocations["MENA"], result.allocations["SA"]) == (322_000_00, 560_000_00)
    assert south(result) == 601


def test_without_bands_the_change_is_too_fast(example):
    pool, formula, hubs = example
    result = apportion(hubs, replace(formula, bands=False), pool)
    assert result.allocations["ESEAP"] == result.allocations["SA"] == pool // 4
    assert result.allocations["NWE"] * 100 // 4_030_000_00 == 26


@pytest.mark.parametrize(("floor", "tilt"), [("0.5", "1.391"), ("0.6", "2.086")])
def test_by_editors_alone_only_the_tilt_reaches_the_floor(example, by_editors, floor, tilt):
    hubs, formula = by_editors
    result = apportion(hubs, replace(formula, south_floor=Decimal(floor)), example[0])
    assert round(Decimal(result.tilt.numerator) / result.tilt.denominator, 3) == Decimal(tilt)
    assert south(result) == Decimal(floor) * 1000


def test_holding_everybody_harmless_clashes_with_the_largest_share(example):
    _, formula, hubs = example
    with pytest.raises(FormulaError) as refused:
        apportion(hubs, replace(formula, step=0, down=ZERO), 14_440_000_00)
    facts = refused.value.facts
    assert refused.value.code == "BOUNDS_CONFLICT"
    assert (facts["hub"], facts["lower"], facts["upper"]) == ("NWE", 4_030_000_00, 3_610_000_00)
    assert (facts["lower_rule"], facts["upper_rule"]) == ("down", "max_share")
    assert facts["remedies"] == {"down": "0.1043", "max_share": "0.2791"}


def test_the_waterfall_shows_what_holds_each_region_back(example):
    pool, formula, hubs = example
    steps = {step.name: step.amount for step in explain(hubs, formula, pool)["MENA"]}
    assert steps["history"] == steps["pace"] > steps["bounds"] == 580_000_00
    assert steps["tilt"] == steps["rounding"] == 580_000_00
