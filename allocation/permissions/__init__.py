"""Who may do what with pools, envelopes and awards."""

from allocation.permissions.spending import can_fund_round, can_make_awards

__all__ = ["can_fund_round", "can_make_awards"]
