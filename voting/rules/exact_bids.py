"""What the supporters of one project would pay for it, in exact arithmetic."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voting.rules.marks import Supporters
from voting.rules.profile import Ints
from voting.rules.purses import Purses, U


class ExactBid(NamedTuple):
    """missing: what those who pay in full make up together, over `purses.levels.denominator`.

    level: what each of them pays for each point. full: who they are among the supporters.
    points: theirs.
    """

    missing: int
    level: Fraction
    full: NDArray[np.bool_]
    points: int


def exact_bid_for(supporters: Supporters, cost: int, purses: Purses) -> ExactBid | None:
    """None where the supporters cannot pay for the project together any more.

    Who is below a level that is too low is below the right one: beginning with those who have
    nothing, the level climbs and leaves behind who cannot pay it in full, until nobody is left behind.
    """
    money = purses.money.take(supporters.ballots)
    live = money > 0
    if not live.any() or purses.missing(cost, supporters.ballots[live]) > 0:
        return None
    full = live
    while True:
        missing = purses.missing(cost, supporters.ballots[live & ~full])
        points = int(supporters.value[full].sum())
        level = Fraction(missing, purses.levels.denominator * points)
        due = np.full(len(money), float(level))
        if supporters.points is not None:
            due *= supporters.points
        gap = money - due
        margin = purses.error + 4 * U * float(due.max())
        behind = full & (gap < -margin)
        near = np.flatnonzero(full & (np.abs(gap) <= margin))
        if len(near):
            behind[near] = _less(supporters, near, level, purses)
        if not behind.any():
            return ExactBid(missing, level, full, points)
        full = full & ~behind


def _less(supporters: Supporters, near: Ints, level: Fraction, purses: Purses) -> NDArray[np.bool_]:
    """Which of these supporters hold less, exactly, than the level asks of them."""
    known: dict[bytes, Fraction] = {}
    found = np.zeros(len(near), dtype=bool)
    for place, supporter in enumerate(near.tolist()):
        ballot = int(supporters.ballots[supporter])
        key = purses.history(ballot)
        if key not in known:
            known[key] = purses.exactly(ballot)
        points = 1 if supporters.points is None else int(supporters.points[supporter])
        found[place] = known[key] < level * points
    return found
