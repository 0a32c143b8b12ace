"""Steps 1 to 3: from indicators to the share each hub would get without any bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from allocation.formula.errors import FormulaError
from allocation.formula.model import Formula, Hub, absent
from allocation.formula.numbers import CONTEXT, clipped, power

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Factors:
    """What a hub's weight is the product of."""

    size: Decimal
    income: Decimal
    under: Decimal
    history: Decimal


def factors(hubs: Sequence[Hub], formula: Formula) -> dict[str, Factors]:
    """The four factors of each hub; a hub without any size has the size factor 0.

    Raises FormulaError MISSING or ZERO_INDICATOR.
    """
    with localcontext(CONTEXT):
        sizes = _sizes(hubs, formula)
        return {
            hub.code: Factors(
                power(size, formula.sigma) if size else _ZERO,
                power(
                    clipped(formula.income_reference / hub.income, formula.income_band),
                    formula.gamma,
                ),
                power(1 + hub.under, formula.theta),
                power(
                    clipped(formula.funding_reference / hub.funding, formula.funding_band),
                    formula.eta,
                ),
            )
            for hub, size in zip(hubs, sizes, strict=True)
        }


def targets(weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Each weight's part of their sum; raises FormulaError ZERO_WEIGHTS."""
    with localcontext(CONTEXT):
        whole = sum(weights.values(), _ZERO)
        if not whole:
            raise FormulaError("ZERO_WEIGHTS", "No hub has any weight.")
        return {code: weight / whole for code, weight in weights.items()}


def cumulative(factors: Mapping[str, Factors]) -> dict[str, dict[str, Decimal]]:
    """The targets after each factor: by size alone, then with one factor more at a time."""
    with localcontext(CONTEXT):
        size = {code: one.size for code, one in factors.items()}
        income = {code: size[code] * one.income for code, one in factors.items()}
        under = {code: income[code] * one.under for code, one in factors.items()}
        history = {code: under[code] * one.history for code, one in factors.items()}
    return {
        "size": targets(size),
        "income": targets(income),
        "under": targets(under),
        "history": targets(history),
    }


def paced(
    hubs: Sequence[Hub], formula: Formula, target: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """The shares on the way from last time to the target.

    A hub that got nothing last time counts as 0; where nobody got anything there is no way to go.
    """
    before = sum(hub.previous or 0 for hub in hubs)
    if formula.pace == 1 or not before:
        return dict(target)
    with localcontext(CONTEXT):
        return {
            hub.code: (1 - formula.pace) * Decimal(hub.previous or 0) / before
            + formula.pace * target[hub.code]
            for hub in hubs
        }


def shares(hubs: Sequence[Hub], formula: Formula) -> dict[str, Decimal]:
    """What the projection starts from, by hub; the shares sum to 1 within the precision."""
    return paced(hubs, formula, cumulative(factors(hubs, formula))["history"])


def _sizes(hubs: Sequence[Hub], formula: Formula) -> list[Decimal]:
    # By name, so that the order of the measures changes no digit.
    parts = sorted(formula.beta.items())
    for hub in hubs:
        for measure, _ in parts:
            if measure not in hub.size:
                raise absent("MISSING", hub.code, f"size {measure}")
    wholes = {measure: sum((hub.size[measure] for hub in hubs), _ZERO) for measure, _ in parts}
    for measure, whole in wholes.items():
        if not whole:
            message = f"The measure {measure} is zero for all hubs."
            raise FormulaError("ZERO_INDICATOR", message, indicator=measure)
    return [
        sum((part * hub.size[measure] / wholes[measure] for measure, part in parts), _ZERO)
        for hub in hubs
    ]
