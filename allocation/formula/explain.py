"""The waterfall: what each ingredient of the formula does to each hub's amount."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from allocation.formula.apportionment import apportion
from allocation.formula.model import Formula, Hub, in_order
from allocation.formula.weights import cumulative, factors

STEPS = ("size", "income", "under", "history", "pace", "bounds", "tilt", "rounding")
"""The ingredients in the order in which they are added."""


@dataclass(frozen=True, slots=True)
class ExplainStep:
    """What a hub would get with the ingredients so far, in minor units."""

    name: str
    amount: int


def explain(hubs: Sequence[Hub], formula: Formula, pool: int) -> dict[str, tuple[ExplainStep, ...]]:
    """By hub, its amount after each of STEPS; the last is what it gets.

    Amounts before the rounding are rounded down, so that the last step shows who got the units
    left over. Raises what `apportion` raises.
    """
    result = apportion(hubs, formula, pool)
    parts = cumulative(factors(in_order(hubs), formula))
    stages: dict[str, Mapping[str, int]] = {
        name: _whole(_of(pool, part)) for name, part in parts.items()
    }
    stages["pace"] = _whole(_of(pool, result.shares))
    stages["bounds"] = _whole(result.untilted)
    stages["tilt"] = _whole(result.exact)
    stages["rounding"] = result.allocations
    return {
        code: tuple(ExplainStep(name, stages[name][code]) for name in STEPS)
        for code in result.allocations
    }


def _of(pool: int, shares: Mapping[str, Decimal]) -> dict[str, Fraction]:
    # The shares sum to 1 only as far as their digits go.
    whole = sum(Fraction(share) for share in shares.values())
    return {code: pool * Fraction(share) / whole for code, share in shares.items()}


def _whole(amounts: Mapping[str, Fraction]) -> dict[str, int]:
    return {code: floor(amount) for code, amount in amounts.items()}
