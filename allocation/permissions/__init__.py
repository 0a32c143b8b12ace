"""Who may do what with pools, envelopes and awards."""

from allocation.permissions.sharing import (
    can_approve_apportionment,
    can_declare_pool,
    can_publish_formula,
    can_publish_indicators,
    can_reject_apportionment,
    can_request_apportionment,
    can_retry_apportionment,
)
from allocation.permissions.spending import can_fund_round, can_make_awards

__all__ = [
    "can_approve_apportionment",
    "can_declare_pool",
    "can_fund_round",
    "can_make_awards",
    "can_publish_formula",
    "can_publish_indicators",
    "can_reject_apportionment",
    "can_request_apportionment",
    "can_retry_apportionment",
]
