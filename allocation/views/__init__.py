"""Pages of pools, splits, envelopes and awards."""

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
from allocation.views.spending import fund_round, hub_envelopes, make_awards

__all__ = [
    "apportionment",
    "approve_apportionment",
    "declare_pool",
    "figures_csv",
    "formula",
    "formulas",
    "fund_round",
    "hub_envelopes",
    "hub_share",
    "input_json",
    "make_awards",
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
