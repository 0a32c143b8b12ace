"""Sequential Phragmén: money flows to all voters alike, and buys a project as soon as it can."""

import heapq
from fractions import Fraction

import numpy as np

from voting.rules.electorate import Electorate
from voting.rules.levels import Levels, Payments
from voting.rules.marks import dot
from voting.rules.model import Parameters, Progress
from voting.rules.outcome import Phase
from voting.rules.purses import U
from voting.rules.till import Till


def phragmen(
    electorate: Electorate, parameters: Parameters, till: Till, progress: Progress
) -> Phase:
    """Buy, again and again, the project whose supporters end up with the least load.

    Buying a project shares its cost among its supporters so that all of them have borne the same
    since the beginning, their load: (cost + sum of their loads) / supporters. Positive points are
    support. Supported projects that cost nothing are bought first. The count ends as soon as one of
    the projects that are next does not fit. Projects without supporters come last, in the order of
    ties, if all of them that are left fit.
    Source: Los, Christoff and Grossi, 2022, "Proportional Budget Allocations: Towards a
    Systematization".
    """
    run = _Run(electorate, till)
    size = len(till.instance.projects)
    ended = False
    while run.queue and not ended:
        progress(size - len(run.queue), size)
        tied = run.next_up()  # nothing where all that is left in the queue is barred
        ended = any(run.costs[index] > till.left for index, _missing in tied)
        if tied and not ended:
            run.buy(*min(tied, key=lambda entry: electorate.ranks[entry[0]]))
    if not ended:
        run.buy_unsupported()
    return Phase(reserve=None, budget=run.budget)


class _Run:
    """Loads in floats, within one rounding of the exact ones in `levels`, and the queue.

    The queue holds a lower bound of the load that buying a project leads to. Loads only grow, so
    a project is looked at again only when its bound comes first.
    """

    def __init__(self, electorate: Electorate, till: Till) -> None:
        self.electorate = electorate
        self.till = till
        self.budget = till.left
        self.supporters = electorate.marks.supporters
        self.costs = [project.cost for project in till.instance.projects]
        self.people = [entry.people for entry in self.supporters]
        fitting = [index for index in electorate.eligible if self.costs[index] <= till.left]
        self.unsupported = [index for index in fitting if not self.people[index]]
        self.queue = [
            (self.costs[index] / self.people[index] * (1 - 2 * U), index)
            for index in fitting
            if self.people[index]
        ]
        heapq.heapify(self.queue)
        self.load = np.zeros(len(electorate.marks.weights))
        self.last = np.zeros(
            len(electorate.marks.weights), dtype=np.int64
        )  # purchase paid for, from 1
        self.levels = Levels(Fraction(0))

    def next_up(self) -> list[tuple[int, int]]:
        """The project that is next, or all that are next alike: (index, its supporters' loads).

        The second is the cost and the loads together, a numerator over the levels' denominator.
        """
        looked_at: list[tuple[float, int]] = []
        least = np.inf  # no load that buying one of the projects leads to is proven to be lower
        while self.queue and self.queue[0][0] <= least:
            _bound, index = heapq.heappop(self.queue)
            if not self.till.room.allows(index):
                continue
            supporters = self.supporters[index]
            weight = supporters.weights
            total = dot(weight, self.load.take(supporters.ballots)) + self.costs[index]
            load = total / self.people[index]
            off = (len(weight) + 8) * U
            looked_at.append((load * (1 - 2 * off), index))
            least = min(least, load * (1 + 2 * off))
        near = [index for bound, index in looked_at if bound <= least]
        for entry in looked_at:
            heapq.heappush(self.queue, entry)
        exact = [(index, self._together(index)) for index in near]
        if len(exact) < 2:
            return exact
        loads = [Fraction(together, self.people[index]) for index, together in exact]
        lowest = min(loads)
        return [entry for entry, load in zip(exact, loads, strict=True) if load == lowest]

    def _together(self, index: int) -> int:
        return self.levels.missing(self.costs[index], 0, self._loads(index))

    def _loads(self, index: int) -> Payments:
        supporters = self.supporters[index]
        sums = np.bincount(self.last[supporters.ballots], weights=supporters.weights)
        loads: list[int] = sums[1:].astype(np.int64).tolist()
        return loads

    def buy(self, index: int, together: int) -> None:
        load = self.levels.add(together, self.people[index])
        ballots = self.supporters[index].ballots
        self.load[ballots] = load
        self.last[ballots] = len(self.levels)
        self.queue = [entry for entry in self.queue if entry[1] != index]
        heapq.heapify(self.queue)
        self.till.buy(index, self.costs[index], self.levels.latest())

    def buy_unsupported(self) -> None:
        """What nobody supports is next, all alike, when nothing else is left."""
        allowed = (index for index in self.unsupported if self.till.room.allows(index))
        waiting = sorted(allowed, key=lambda index: self.electorate.ranks[index])
        while waiting and max(self.costs[index] for index in waiting) <= self.till.left:
            self.till.buy(waiting[0], self.costs[waiting[0]])
            waiting = [index for index in waiting[1:] if self.till.room.allows(index)]
