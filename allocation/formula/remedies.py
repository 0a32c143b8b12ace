"""The smallest single changes with which a refused formula would work."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from allocation.formula.bounds import bounds_of, room, south_floor
from allocation.formula.model import Formula, Hub
from allocation.formula.numbers import CONTEXT, MOST_AMOUNT

_FINENESS = 10_000
_LARGEST_UP = 1_000 * _FINENESS


def remedies(
    hubs: Sequence[Hub], formula: Formula, idle: frozenset[str], pool: int
) -> dict[str, str | int]:
    """By parameter, the nearest value that makes everything fit, where that one change can.

    Parameters are given to four decimals and `step` in minor units; `minimum_cut` is the part to
    take off the minimum of every hub. A change that is offered works.
    """
    farthest = {
        "down": _FINENESS - _steps(formula.down),
        "up": _LARGEST_UP - _steps(formula.up),
        "step": min(pool, MOST_AMOUNT - formula.step),
        "max_share": _FINENESS - _steps(formula.max_share),
        "minimum_cut": _FINENESS,
        "south_floor": ceil(Fraction(formula.south_floor) * _FINENESS) - _FINENESS // 2,
    }

    def nearest(name: str) -> int | None:
        return _least(
            lambda distance: fits(*_changed(hubs, formula, name, distance), idle, pool),
            farthest[name],
        )

    return {
        name: _shown(_value(formula, name, distance))
        for name in farthest
        if (distance := nearest(name)) is not None
    }


def fits(hubs: Sequence[Hub], formula: Formula, idle: frozenset[str], pool: int) -> bool:
    """Whether bounds, pool and floor leave room, that for the rounding included."""
    bounds = [bounds_of(hub, formula, pool) for hub in hubs]
    if any(bound.lower > bound.upper for bound in bounds):
        return False
    space = room(hubs, bounds, idle)
    if not space.floors <= pool <= space.caps:
        return False
    if all(hub.south == 1 for hub in hubs):
        return True
    return space.south(pool) > south_floor(formula, pool) + len(hubs)


def _changed(
    hubs: Sequence[Hub], formula: Formula, name: str, distance: int
) -> tuple[Sequence[Hub], Formula]:
    value = _value(formula, name, distance)
    if name == "minimum_cut":
        kept = 1 - Fraction(value)
        return [replace(hub, minimum=floor(kept * hub.minimum)) for hub in hubs], formula
    parameter: dict[str, Any] = {name: value}
    return hubs, replace(formula, **parameter)


def _value(formula: Formula, name: str, distance: int) -> Decimal | int:
    if name == "step":
        return formula.step + distance
    if name == "minimum_cut":
        steps = distance
    elif name == "south_floor":
        steps = ceil(Fraction(formula.south_floor) * _FINENESS) - distance
    else:
        steps = _steps(getattr(formula, name)) + distance
    return CONTEXT.divide(Decimal(steps), Decimal(_FINENESS))


def _steps(value: Decimal) -> int:
    return floor(Fraction(value) * _FINENESS)


def _shown(value: Decimal | int) -> str | int:
    return value if isinstance(value, int) else f"{value:f}"


def _least(works: Callable[[int], bool], farthest: int) -> int | None:
    """The least distance from 1 that works; whatever is farther than one that works works too."""
    if farthest < 1 or not works(farthest):
        return None
    low, high = 0, farthest
    while high - low > 1:
        middle = (low + high) // 2
        if works(middle):
            high = middle
        else:
            low = middle
    return high
