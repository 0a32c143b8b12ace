"""What the supporters of one project would pay for it, in floats with proven bounds."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voting.rules.marks import Supporters, dot
from voting.rules.purses import Purses, U


class Unsure(Exception):
    """The bounds do not tell: the round has to be decided in exact arithmetic."""


class Bid(NamedTuple):
    """level: what each supporter would pay for each point, approximately; never less than bound.

    full: which of them can pay in full at that level; points: theirs, exact.
    """

    level: float
    bound: float
    full: NDArray[np.bool_]
    points: float


class Refusal(NamedTuple):
    """A project whose level is above the one asked for: at least `bound`."""

    bound: float


def bid_for(
    supporters: Supporters, cost: float, purses: Purses, bound: float, most: float
) -> Bid | Refusal | None:
    """The bid for a project; None where its supporters cannot pay for it together any more.

    bound: a level known not to be too high. most: a level above which the bid is of no use.
    Raises Unsure where it is within the error whether they can pay.
    What they raise together at a level is concave in it, so Newton's method climbs from the bound
    to the level that raises the cost, and not past it.
    """
    weights, points = supporters.weights, supporters.points
    money = purses.money.take(supporters.ballots)
    total = dot(weights, money)
    # Every float is within `error`; a sum of n products is within n + 2 roundings, the cost in one.
    slack = supporters.people * purses.error + (len(money) + 8) * U * (total + cost)
    if total + slack < cost:
        return None
    if total - slack < cost:
        raise Unsure
    if most < np.inf:
        raised = dot(weights, np.minimum(money, most if points is None else most * points))
        if raised + slack < cost:
            return Refusal((most + (cost - raised - slack) / supporters.score) * (1 - 8 * U))
    held = weights * money
    level, fewest = bound, np.inf
    while True:
        full = money >= (level if points is None else level * points)
        in_full = dot(supporters.value, full)
        if in_full == fewest:
            break
        if not 0 < in_full < fewest:
            raise Unsure  # nobody left, or a rounding has let the level fall
        fewest = in_full
        level = (cost - total + dot(held, full)) / fewest
    low = (level - 2 * slack / fewest) * (1 - 8 * U)
    return Bid(level, max(bound, low), full, fewest)
