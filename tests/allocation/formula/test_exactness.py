"""Exact to the unit, whatever the size of the pool, the number of hubs or the caller's context."""

import ast
import random
from dataclasses import replace
from decimal import ROUND_UP, Context, Decimal, getcontext, localcontext
from fractions import Fraction
from math import isqrt
from pathlib import Path

import pytest

import allocation.formula
from allocation.formula import apportion
from allocation.formula.projection import fill
from allocation.formula.tilt import Lines
from tests.allocation.formula.worlds import FORMULA, PLAIN, make_hub

SOURCES = sorted(Path(allocation.formula.__file__).parent.glob("*.py"))


def test_there_is_no_float_in_the_package():
    assert len(SOURCES) > 10
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            constant = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
            name = isinstance(node, ast.Name) and node.id == "float"
            assert not constant, f"{path.name}: {ast.dump(node)}"
            assert not name, f"{path.name}: {ast.dump(node)}"


def test_the_callers_decimal_context_is_neither_used_nor_changed():
    hubs = [
        make_hub("A", size=7, south="0.3", income=Decimal(3001), previous=7),
        make_hub("B", south="1", funding=Decimal("0.7"), under=Decimal("0.123456789")),
    ]
    formula = replace(FORMULA, pace=Decimal("0.3"))
    expected = apportion(hubs, formula, 10**15)
    with localcontext(Context(prec=3, rounding=ROUND_UP)):
        assert apportion(hubs, formula, 10**15) == expected
        assert (getcontext().prec, getcontext().rounding) == (3, ROUND_UP)
        assert not any(getcontext().flags.values())


@pytest.mark.parametrize(
    ("weights", "bounds", "pool", "amounts"),
    [
        ([1, 3], [(0, 100), (0, 100)], 100, [25, 75]),
        ([1, 3], [(0, 100), (0, 60)], 100, [40, 60]),
        ([1, 3], [(50, 100), (0, 100)], 100, [50, 50]),
        # What is cut off one and added to another is the same amount.
        ([6, 1, 3], [(0, 50), (20, 90), (0, 90)], 100, [50, 20, 30]),
        # The first level cuts off too much and adds too much; one of them was right.
        ([10, 1, 1], [(0, 30), (25, 90), (0, 90)], 100, [30, 35, 35]),
        ([10, 1, 9], [(0, 30), (25, 90), (0, 90)], 100, [30, 25, 45]),
        ([0, 1], [(10, 90), (0, 100)], 100, [10, 90]),
        ([1, 1], [(30, 30), (70, 70)], 100, [30, 70]),
        ([1, 2], [(0, 0), (0, 100)], 100, [0, 100]),
        ([3, 4], [(0, 10), (0, 10)], 0, [0, 0]),
        ([], [], 0, []),
    ],
)
def test_amounts_are_in_proportion_within_their_bounds(weights, bounds, pool, amounts):
    assert [Fraction(*amount) for amount in fill(weights, bounds, pool)] == amounts


def test_a_level_so_near_a_bound_that_decimals_would_mistake_its_side():
    """The first prototype's error: amounts were whole units off where breakpoints were rounded."""
    near = 10**80
    bounds = [(0, 10**15), (0, 10**15), (0, 10**16)]
    amounts = fill([near - 1, near + 1, 3 * near], bounds, 5 * 10**15)
    exact = [Fraction(*amount) for amount in amounts]
    assert sum(exact) == 5 * 10**15
    assert exact[0] < exact[1] == 10**15
    assert exact[0] / (near - 1) == exact[2] / (3 * near)


def test_a_large_pool_is_exact_to_the_unit():
    hubs = [make_hub("A", south="1"), make_hub("B", size=2), make_hub("C", size=4, south="1")]
    assert apportion(hubs, PLAIN, 10**15 + 3).allocations == {
        "A": 142857142857143,
        "B": 285714285714287,
        "C": 571428571428573,
    }


def test_equal_remainders_go_to_the_first_codes():
    hubs = [make_hub(code, south="1") for code in "CDAB"]
    assert apportion(hubs, PLAIN, 10).allocations == {"A": 3, "B": 3, "C": 2, "D": 2}


def test_a_unit_left_over_passes_a_hub_at_its_upper_bound():
    hubs = [make_hub("A", south="1", maximum=3), make_hub("B", south="1"), make_hub("C", south="1")]
    assert apportion(hubs, PLAIN, 10).allocations == {"A": 3, "B": 4, "C": 3}


def test_the_tilt_of_mixed_hubs_at_their_bounds_is_rounded_up_from_an_algebraic_number():
    """With one part of South to four of North and to one: 200 t/(4+t) + 300 t/(1+t) = 303."""
    hubs = [
        make_hub("A", size=9, south="0.2", minimum=200, maximum=200),
        make_hub("B", size=9, south="0.5", minimum=300, maximum=300),
        make_hub("C"),
    ]
    result = apportion(hubs, replace(PLAIN, south_floor=Decimal("0.5")), 600)
    # 197 t² - 115 t - 1212 = 0, that is t = (115 + sqrt(115² + 4 x 197 x 1212)) / 394
    square = 115**2 + 4 * 197 * 1212
    assert isqrt(square) ** 2 != square
    root = (115 + Fraction(isqrt(square << 400), 1 << 200)) / 394
    assert 0 <= result.tilt - root < Fraction(8, 2**120)
    assert result.allocations == {"A": 200, "B": 300, "C": 100}
    assert sum(result.south_earmarks.values()) >= 303
    assert sum(result.south_exact.values()) - 303 < Fraction(1, 10**30)


def test_a_thousand_hubs_take_few_looks_for_the_tilt(monkeypatch):
    """Halving would take 120; each look goes through all hubs."""
    dice = random.Random(5)  # noqa: S311
    pool = 10**15 + 7
    hubs = [
        make_hub(
            f"H{number:04}",
            size=dice.randrange(1, 10**9),
            south=f"0.{dice.randrange(500):03}",
            income=Decimal(dice.randrange(500, 90_000)),
            previous=dice.randrange(pool // 2000, pool // 500),
            minimum=dice.randrange(pool // 8000),
        )
        for number in range(1000)
    ]
    looks = []
    true = Lines.beyond

    def beyond(self, target, tilt):
        looks.append(tilt)
        return true(self, target, tilt)

    monkeypatch.setattr(Lines, "beyond", beyond)
    formula = replace(FORMULA, bands=True, down=Decimal("0.5"), up=Decimal("0.6"))
    result = apportion(hubs, formula, pool)
    assert result.tilt > 1
    assert sum(result.allocations.values()) == pool
    assert sum(result.south_earmarks.values()) >= result.south_floor == pool // 2 + 1
    assert len(looks) < 40
