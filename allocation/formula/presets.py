"""Other ways to share, put through the same engine for comparison.

Each keeps the formula's floor for the South and the hubs' own minimum and maximum, and lifts the
yearly bands, the pace and the largest share, so that what it would do is seen whole. They are
inspired by practice elsewhere and reproduce no institution's figures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import TypeAlias

from allocation.formula.model import Formula, Hub
from allocation.formula.numbers import CONTEXT

Instead: TypeAlias = tuple[tuple[Hub, ...], Formula]
Preset: TypeAlias = Callable[[Sequence[Hub], Formula], Instead]
"""From the hubs and the formula to those to apportion among instead."""

_ZERO, _ONE = Decimal(0), Decimal(1)
_WIDEST = Decimal("1E+100")
_MEASURE = "of the preset"


def equal(hubs: Sequence[Hub], formula: Formula) -> Instead:
    """The same for every hub."""
    return _by_measure(hubs, formula, {hub.code: _ONE for hub in hubs})


def population(hubs: Sequence[Hub], formula: Formula) -> Instead:
    """In proportion to size, mixed from the formula's own measures."""
    return tuple(hubs), _plain(formula)


def ida_like(hubs: Sequence[Hub], formula: Formula) -> Instead:
    """Size, times income per head to the power -0.125; performance has no place here."""
    changed = replace(_plain(formula), gamma=Decimal("0.125"), income_band=_WIDEST)
    return tuple(hubs), changed


def two_pots(hubs: Sequence[Hub], formula: Formula) -> Instead:
    """60 % of the pool by size, 40 % in inverse proportion to income per head."""
    with localcontext(CONTEXT):
        beta = {name: part * Decimal("0.6") for name, part in formula.beta.items()}
        poverty = {hub.code: formula.income_reference / hub.income for hub in hubs}
    measured = tuple(replace(hub, size={**hub.size, _MEASURE: poverty[hub.code]}) for hub in hubs)
    return measured, replace(_plain(formula), beta={**beta, _MEASURE: Decimal("0.4")})


def inflation_and_growth(
    hubs: Sequence[Hub],
    formula: Formula,
    inflation: Mapping[str, Decimal] = MappingProxyType({}),
    growth: Mapping[str, int] = MappingProxyType({}),
) -> Instead:
    """Last time's amount, raised by inflation and by growth in minor units, both by code."""
    with localcontext(CONTEXT):
        raised = {
            hub.code: (hub.previous or 0) * (1 + inflation.get(hub.code, _ZERO))
            + growth.get(hub.code, 0)
            for hub in hubs
        }
    return _by_measure(hubs, formula, raised)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "equal": equal,
        "population": population,
        "ida-like": ida_like,
        "two-pots": two_pots,
        "inflation-and-growth": inflation_and_growth,
    }
)


def _by_measure(hubs: Sequence[Hub], formula: Formula, values: Mapping[str, Decimal]) -> Instead:
    measured = tuple(replace(hub, size={_MEASURE: values[hub.code]}) for hub in hubs)
    return measured, replace(_plain(formula), beta={_MEASURE: _ONE})


def _plain(formula: Formula) -> Formula:
    return replace(
        formula,
        sigma=_ONE,
        gamma=_ZERO,
        theta=_ZERO,
        eta=_ZERO,
        bands=False,
        pace=_ONE,
        max_share=_ONE,
    )
