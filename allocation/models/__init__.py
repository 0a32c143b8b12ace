"""Pools, the formula and its inputs, envelopes of hubs, and awards."""

from allocation.models.apportionments import (
    Apportionment,
    ApportionmentStatus,
    Envelope,
    Step,
)
from allocation.models.awards import Award, AwardRun, RoundFunding
from allocation.models.pools import (
    LOWEST_FLOOR,
    FormulaVersion,
    Indicator,
    IndicatorSnapshot,
    IndicatorStatus,
    IndicatorValue,
    Parameter,
    Pool,
)

__all__ = [
    "LOWEST_FLOOR",
    "Apportionment",
    "ApportionmentStatus",
    "Award",
    "AwardRun",
    "Envelope",
    "FormulaVersion",
    "Indicator",
    "IndicatorSnapshot",
    "IndicatorStatus",
    "IndicatorValue",
    "Parameter",
    "Pool",
    "RoundFunding",
    "Step",
]
