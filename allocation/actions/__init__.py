"""What can happen to pools, envelopes and awards."""

from allocation.actions.spending import (
    AlreadyAwarded,
    AlreadyFunded,
    EnvelopeTooSmall,
    NotCounted,
    NothingIsPaid,
    OwnMoney,
    RoundIsOpen,
    WrongEnvelope,
    fund_round,
    make_awards,
)

__all__ = [
    "AlreadyAwarded",
    "AlreadyFunded",
    "EnvelopeTooSmall",
    "NotCounted",
    "NothingIsPaid",
    "OwnMoney",
    "RoundIsOpen",
    "WrongEnvelope",
    "fund_round",
    "make_awards",
]
