"""Pools, the formula and its inputs, envelopes of hubs, and awards."""

from allocation.models.apportionments import Apportionment, ApportionmentStatus, Envelope
from allocation.models.awards import Award, RoundFunding
from allocation.models.pools import (
    FormulaVersion,
    Indicator,
    IndicatorSnapshot,
    IndicatorStatus,
    IndicatorValue,
    Pool,
)

__all__ = [
    "Apportionment",
    "ApportionmentStatus",
    "Award",
    "Envelope",
    "FormulaVersion",
    "Indicator",
    "IndicatorSnapshot",
    "IndicatorStatus",
    "IndicatorValue",
    "Pool",
    "RoundFunding",
]
