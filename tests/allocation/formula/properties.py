"""P1 to P6 of the formula, each as a check of one world, so that mutants can be put to them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor

from allocation.formula.remedies import fits
from tests.allocation.formula.worlds import apportioned

EVEN = Fraction(1, 10**18)
"""The tilt is on a grid: exact amounts of two worlds are compared this closely."""


def the_books_balance(hubs, formula, pool):
    """P1."""
    result = apportioned(hubs, formula, pool)
    if result is None:
        return
    assert sum(result.allocations.values()) == pool == sum(result.exact.values())
    assert result.south_floor >= formula.south_floor * pool
    assert sum(result.south_earmarks.values()) >= result.south_floor
    for code, amount in result.allocations.items():
        lower, upper = result.bounds[code]
        assert lower <= amount <= upper
        assert lower <= result.exact[code] <= upper
        assert 0 <= result.south_earmarks[code] <= amount
        assert result.south_earmarks[code] >= min(amount, result.south_exact[code])
        assert 0 <= result.south_exact[code] <= result.exact[code]


def order_changes_nothing(world, order):
    """P2, with the order of hubs and of measures."""
    hubs, formula, pool = world
    result = apportioned(hubs, formula, pool)
    turned = [replace(hubs[index], size=_turned(hubs[index].size)) for index in order]
    assert apportioned(turned, replace(formula, beta=_turned(formula.beta)), pool) == result


def more_need_is_never_less_money(world, index, kind, factor):
    """P3, of one hub's own need."""
    hubs, formula, pool = world
    hub = hubs[index % len(hubs)]
    needier = {
        "income": {"income": hub.income / factor},
        "under": {"under": min(Decimal(1), hub.under + Decimal(factor) / 50)},
        "funding": {"funding": hub.funding / factor},
        "size": {"size": {name: value * factor for name, value in hub.size.items()}},
    }[kind]
    changed = [replace(hub, **needier) if one is hub else one for one in hubs]
    before, after = apportioned(hubs, formula, pool), apportioned(changed, formula, pool)
    if before is None or after is None:
        return
    assert after.exact[hub.code] >= before.exact[hub.code] - EVEN
    assert after.allocations[hub.code] >= before.allocations[hub.code] - 1


def units_change_nothing(world, factor):
    """P4: of a measure, of incomes, of past funding."""
    hubs, formula, pool = world
    result = apportioned(hubs, formula, pool)
    if result is None:
        return
    worlds = (
        (
            [
                replace(hub, size={**hub.size, "readers": hub.size["readers"] * factor})
                for hub in hubs
            ],
            formula,
        ),
        (
            [replace(hub, income=hub.income * factor) for hub in hubs],
            replace(formula, income_reference=formula.income_reference * factor),
        ),
        (
            [replace(hub, funding=hub.funding * factor) for hub in hubs],
            replace(formula, funding_reference=formula.funding_reference * factor),
        ),
    )
    for changed, in_units in worlds:
        other = apportioned(changed, in_units, pool)
        assert other is not None
        assert other.allocations == result.allocations
        assert other.south_earmarks == result.south_earmarks


def a_larger_pool_takes_from_nobody(world, more):
    """P5, for a formula without yearly bands and largest share; the slack of the floor aside."""
    hubs, formula, pool = world
    before, after = apportioned(hubs, formula, pool), apportioned(hubs, formula, pool + more)
    if before is None or after is None:
        return
    for code, amount in before.exact.items():
        assert after.exact[code] >= amount - len(hubs) - EVEN
        if before.tilt == after.tilt == 1:
            assert after.exact[code] >= amount


def rounding_goes_by_largest_remainder(hubs, formula, pool):
    """P6."""
    result = apportioned(hubs, formula, pool)
    if result is None:
        return
    up: list[tuple[Fraction, str]] = []
    down: list[tuple[Fraction, str]] = []
    for code, exact in result.exact.items():
        amount = result.allocations[code]
        assert abs(amount - exact) < 1
        if exact.denominator != 1:
            # Where remainders are equal, the first code comes first.
            (up if amount > exact else down).append((floor(exact) - exact, code))
    if up and down:
        assert max(up) < min(down)


def what_fits_is_not_refused(hubs, formula, pool):
    """P7, the other way round."""
    if fits(hubs, formula, frozenset(), pool):
        assert apportioned(hubs, formula, pool) is not None


def _turned(values):
    return dict(reversed(values.items()))
