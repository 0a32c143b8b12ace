"""Equal Shares, purchase by purchase: floats propose, proven bounds or exact numbers decide."""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from voting.rules.bids import Bid, Unsure, bid_for
from voting.rules.electorate import Electorate
from voting.rules.exact_bids import ExactBid, exact_bid_for
from voting.rules.purses import Purses, U
from voting.rules.room import Room


class Purchase(NamedTuple):
    """level: what each supporter pays for each point, if in full; 0 for what costs nothing."""

    project: int
    level: Fraction


@dataclass(frozen=True, slots=True)
class Sale:
    """All purchases of one run. overspent: it ended because its limit was passed."""

    purchases: tuple[Purchase, ...]
    overspent: bool


class Market:
    """The projects for sale, and how they compare.

    The queue of a run holds a lower bound of each project's price. Money only shrinks, so prices
    only grow, and a project is looked at again only when its bound comes first.
    """

    def __init__(self, electorate: Electorate, satisfaction: str) -> None:
        self.electorate = electorate
        self.projects = electorate.instance.projects
        self.multipliers = electorate.instance.multipliers
        self.satisfaction = satisfaction
        self.supporters = electorate.marks.supporters
        scores = [entry.score for entry in electorate.support]
        wanted = [index for index in electorate.eligible if scores[index]]
        self.sold = [index for index in wanted if self.projects[index].cost]
        free = [index for index in wanted if not self.projects[index].cost]
        self.free = sorted(free, key=lambda index: electorate.ranks[index])
        self.costs = [float(project.cost) for project in self.projects]
        self.units = [self._float_unit(index) for index in range(len(self.projects))]
        self.first = {index: self.costs[index] / scores[index] * (1 - 4 * U) for index in self.sold}

    def _float_unit(self, index: int) -> float:
        """What each point for a project is worth, within four roundings."""
        multiplier = float(self.multipliers.get(self.projects[index].id, 1))
        if self.satisfaction == "cardinality" or not self.costs[index]:
            return multiplier
        cost = self.costs[index]
        return (cost if self.satisfaction == "cost" else math.sqrt(cost)) * multiplier

    def unit(self, index: int) -> Fraction | None:
        """What each point for a project is worth; None where that is no rational number."""
        if self.satisfaction == "sqrt-cost":
            return None
        cost = self.projects[index].cost if self.satisfaction == "cost" else 1
        return Fraction(self.multipliers.get(self.projects[index].id, 1) * (cost or 1))

    def cost_and_people(self, index: int) -> tuple[int, int]:
        """What a project costs, and how many support it."""
        return self.projects[index].cost, self.supporters[index].people

    def comparable(self, index: int, level: Fraction) -> Fraction:
        """A number by which levels of different projects compare as their exact prices do."""
        unit = self.unit(index)
        if unit is not None:
            return level / unit
        project = self.projects[index]
        multiplier = self.multipliers.get(project.id, 1)
        return level**2 / (project.cost * multiplier**2)

    def run(self, share: Fraction, room: Room, limit: int, progress: Callable[[int], None]) -> Sale:
        """Sell until no supporters can pay, everybody beginning with this share.

        room: what the constraints allow; is told of every purchase. limit: the run ends as soon as
        more than this is spent. progress: told how many projects are decided.
        """
        return _Run(self, share, room).sell(limit, progress)


class _Run:
    """The purses, the queue and the bounds of the levels of one run."""

    def __init__(self, market: Market, share: Fraction, room: Room) -> None:
        self.market = market
        self.room = room
        self.purses = Purses(market.electorate.marks, share)
        self.bounds = dict(market.first)
        self.queue = [(self._key(index), index) for index in market.sold]
        heapq.heapify(self.queue)

    def _key(self, index: int) -> float:
        return self.bounds[index] / self.market.units[index] * (1 - 8 * U)

    def sell(self, limit: int, progress: Callable[[int], None]) -> Sale:
        projects = self.market.projects
        given: list[int] = []
        for index in self.market.free:
            if self.room.allows(index):
                given.append(index)
                self.room.take(index, 0)
        order: list[int] = []
        spent = 0
        while spent <= limit:
            progress(len(projects) - len(self.queue))
            bought = self._buy()
            if bought is None:
                break
            order.append(bought)
            spent += projects[bought].cost
            self.room.take(bought, projects[bought].cost)
        levels = zip(order, self.purses.levels.exact(), strict=True)
        purchases = [(index, Fraction(0)) for index in given] + list(levels)
        return Sale(tuple(Purchase(*purchase) for purchase in purchases), spent > limit)

    def _buy(self) -> int | None:
        """The next purchase, paid for; None where nothing is affordable any more."""
        before = list(self.queue)
        try:
            found = self._cheapest()
            if found is None:
                return None
            index, bid = found
            missing, full, points = self._certified(index, bid), bid.full, int(bid.points)
        except Unsure:
            self.queue = before
            decided = self._decided_exactly()
            if decided is None:
                return None
            index, (missing, _level, full, points) = decided
        self.purses.pay(index, self.market.supporters[index], missing, full, points)
        return index

    def _cheapest(self) -> tuple[int, Bid] | None:
        """The best bid as floats see it; all other projects are back in the queue."""
        best: tuple[int, Bid] | None = None
        price = np.inf
        back: list[int] = []
        while self.queue and self.queue[0][0] <= price:
            _key, index = heapq.heappop(self.queue)
            if not self.room.allows(index):
                continue
            unit = self.market.units[index]
            bid = bid_for(
                self.market.supporters[index],
                self.market.costs[index],
                self.purses,
                self.bounds[index],
                price * unit * (1 + 8 * U),
            )
            if bid is None:
                continue
            self.bounds[index] = bid.bound
            if isinstance(bid, Bid) and bid.level / unit < price:
                if best:
                    back.append(best[0])
                best, price = (index, bid), bid.level / unit
            else:
                back.append(index)
        for index in back:
            heapq.heappush(self.queue, (self._key(index), index))
        return best

    def _certified(self, index: int, bid: Bid) -> int:
        """What is missing from those who cannot pay in full, exact, where the bid is proven best.

        Raises Unsure where another project may be as cheap, or somebody's money is too near to what
        is due to tell who pays in full.
        """
        supporters = self.market.supporters[index]
        purses = self.purses
        money = purses.money[supporters.ballots]
        poor = supporters.ballots[~bid.full & (money > 0)]
        missing = purses.missing(self.market.projects[index].cost, poor)
        level = missing / (purses.levels.denominator * int(bid.points))
        upper = level / self.market.units[index] * (1 + 16 * U)
        if self.queue and self.queue[0][0] <= upper:
            raise Unsure
        due = level if supporters.points is None else level * supporters.points
        if purses.unclear(money - due, abs(level - bid.level) + 4 * U * level):
            raise Unsure
        return missing

    def _decided_exactly(self) -> tuple[int, ExactBid] | None:
        """The best bid of all that may be the best; the tie order decides between equal prices."""
        best: tuple[Fraction, int, int, ExactBid] | None = None
        price = np.inf
        back: list[int] = []
        while self.queue and self.queue[0][0] <= price * (1 + 16 * U):
            _key, index = heapq.heappop(self.queue)
            bid = None
            if self.room.allows(index):
                cost = self.market.projects[index].cost
                bid = exact_bid_for(self.market.supporters[index], cost, self.purses)
            if bid is None:
                continue
            self.bounds[index] = max(self.bounds[index], float(bid.level) * (1 - 2 * U))
            back.append(index)
            rank = self.market.electorate.ranks[index]
            found = (self.market.comparable(index, bid.level), rank, index, bid)
            if best is None or found[:2] < best[:2]:
                best, price = found, float(bid.level) / self.market.units[index]
        for index in back:
            if best and index != best[2]:
                heapq.heappush(self.queue, (self._key(index), index))
        return None if best is None else (best[2], best[3])
