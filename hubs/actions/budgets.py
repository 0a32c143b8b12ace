"""What a round has to give, shared out over its lanes to the last unit."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from hubs.models import Lane, Round, RoundBudget
from hubs.queries import lanes_of


class RoundOpen(Exception):
    """The round is open: what decides it no longer changes."""


class NoLanes(Exception):
    """A round without lanes has nowhere to put what it is given."""


def split(amount: int, shares: Sequence[int]) -> list[int]:
    """An amount in whole units, in proportion to the shares, by largest remainder.

    The parts add up to the amount, and none is a whole unit away from its exact share. Of equal
    remainders the earlier share gets the unit. Shares are not negative, and one is above zero.
    """
    whole = sum(shares)
    parts = [amount * share // whole for share in shares]
    by_remainder = sorted(
        range(len(shares)), key=lambda number: (-(amount * shares[number] % whole), number)
    )
    for number in by_remainder[: amount - sum(parts)]:
        parts[number] += 1
    return parts


@transaction.atomic
def set_budgets(*, round: Round, kind: str, amount_minor: int, now: datetime) -> list[RoundBudget]:
    """Give a round this much of one kind, instead of what it had: its lanes get it by their shares.

    The amount is not negative, in the unit of its kind (``hubs.models.RoundBudget``). Belongs to an
    act of the caller, who writes the trail. Refuses RoundOpen and NoLanes.
    """
    round_ = unopened(round)
    lanes = lanes_of(round_)
    if not lanes:
        raise NoLanes
    return share_out(lanes, kind, amount_minor)


def unopened(round_: Round) -> Round:
    """The round, locked until the end of the transaction. Refuses RoundOpen."""
    locked = Round.objects.select_for_update().get(pk=round_.pk)
    if locked.opened_at is not None:
        raise RoundOpen
    return locked


def share_out(lanes: Sequence[Lane], kind: str, amount_minor: int) -> list[RoundBudget]:
    """Write the budgets of one kind anew; a lane that gets nothing has no row."""
    if amount_minor < 0:
        raise ValueError("a budget is not negative")
    RoundBudget.objects.filter(lane__in=lanes, kind=kind).delete()
    parts = split(amount_minor, [lane.share_bp for lane in lanes])
    return RoundBudget.objects.bulk_create(
        RoundBudget(lane=lane, kind=kind, amount_minor=part)
        for lane, part in zip(lanes, parts, strict=True)
        if part
    )
