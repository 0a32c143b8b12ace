"""Pages of pools, of the formula and of its runs."""

from allocation.views.apportionments import (
    apportionment,
    approve_apportionment,
    hub_share,
    input_json,
    progress,
    reject_apportionment,
    replay_apportionment,
    request_apportionment,
    result_json,
    retry_apportionment,
    split_csv,
)
from allocation.views.indicators import figures_csv, publish_indicators
from allocation.views.pools import declare_pool, formula, formulas, pools, publish_formula

__all__ = [
    "apportionment",
    "approve_apportionment",
    "declare_pool",
    "figures_csv",
    "formula",
    "formulas",
    "hub_share",
    "input_json",
    "pools",
    "progress",
    "publish_formula",
    "publish_indicators",
    "reject_apportionment",
    "replay_apportionment",
    "request_apportionment",
    "result_json",
    "retry_apportionment",
    "split_csv",
]
