"""From what there is to envelopes: pools, formula, figures, runs, and their approval."""

from allocation.actions.apportionments import (
    InputTampered,
    NotComputed,
    PoolShared,
    ReplayDiffers,
    SamePerson,
    SnapshotElsewhere,
    approve_apportionment,
    compute_apportionment,
    reject_apportionment,
    request_apportionment,
    retry_apportionment,
)
from allocation.actions.formulas import (
    FloorBelowHalf,
    MissingIndicator,
    StrayIndicator,
    publish_formula,
    publish_indicators,
)
from allocation.actions.pools import (
    DataIsNotDivided,
    NothingToShare,
    PoolDeclared,
    WrongCurrency,
    declare_pool,
)

__all__ = [
    "DataIsNotDivided",
    "FloorBelowHalf",
    "InputTampered",
    "MissingIndicator",
    "NotComputed",
    "NothingToShare",
    "PoolDeclared",
    "PoolShared",
    "ReplayDiffers",
    "SamePerson",
    "SnapshotElsewhere",
    "StrayIndicator",
    "WrongCurrency",
    "approve_apportionment",
    "compute_apportionment",
    "declare_pool",
    "publish_formula",
    "publish_indicators",
    "reject_apportionment",
    "request_apportionment",
    "retry_apportionment",
]
