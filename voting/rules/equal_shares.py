"""Method of Equal Shares: every voter holds an equal part of the budget and pays for projects."""

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from voting.rules.electorate import Electorate, Supporters
from voting.rules.greedy import greedy
from voting.rules.model import Parameters, Progress
from voting.rules.outcome import Step


def equal_shares(
    electorate: Electorate, parameters: Parameters, progress: Progress
) -> tuple[Step, ...]:
    """Buy, while some project's supporters can pay for it, the one that is cheapest per unit.

    Each voter starts with budget / voters. For a project let p be the least price per point with
    sum of min(money, p x points) over its supporters = cost. The project with the least p / cost
    (satisfaction "cost") or p ("cardinality") is bought and every supporter pays
    min(money, p x points). Supported projects that cost nothing are bought first.
    With the completion "greedy", what is left of the budget is then spent on the others: by votes
    (satisfaction "cost") or by votes per cost ("cardinality"), passing over what does not fit.
    Source: Peters, Pierczyński and Skowron, 2021, "Proportional Participatory Budgeting with
    Additive Utilities".
    """
    market = _Market(electorate, parameters.satisfaction)
    remaining = electorate.instance.budget
    steps: list[Step] = []
    for index, price in market.purchases(progress):
        project = electorate.instance.projects[index]
        remaining -= project.cost
        steps.append(Step(project.id, price.as_integer_ratio(), remaining))
    if parameters.completion == "greedy":
        steps += _completed(electorate, parameters, steps, remaining, progress)
    return tuple(steps)


def _completed(
    electorate: Electorate,
    parameters: Parameters,
    bought: Sequence[Step],
    remaining: int,
    progress: Progress,
) -> tuple[Step, ...]:
    """What greedy selection adds to what was bought, from the money that is left."""
    order = "votes" if parameters.satisfaction == "cost" else "votes-per-cost"
    already = {step.project for step in bought}
    ids = [project.id for project in electorate.instance.projects]
    rest = replace(
        electorate,
        instance=replace(electorate.instance, budget=remaining),
        eligible=tuple(index for index in electorate.eligible if ids[index] not in already),
    )
    return greedy(rest, replace(parameters, order=order), progress)


class _Market:
    """The projects still for sale, in a queue by a lower bound of their price.

    Money only shrinks, so a project's price only grows: the price last worked out is a bound, and
    a project is worked out again only when its bound comes to the head of the queue.
    """

    def __init__(self, electorate: Electorate, satisfaction: str) -> None:
        projects = electorate.instance.projects
        self.ranks = electorate.ranks
        self.total = len(projects)
        self.costs = [project.cost for project in projects]
        self.units = [project.cost or 1 if satisfaction == "cost" else 1 for project in projects]
        self.supporters = electorate.supporters
        self.levels = {
            index: Fraction(projects[index].cost, electorate.support[index].score)
            for index in electorate.eligible
            if electorate.support[index].score
        }
        self.purse = _Purse(electorate.instance.budget, electorate.weights)

    def purchases(self, progress: Progress) -> Iterator[tuple[int, Fraction]]:
        """Yield (project, price per unit of satisfaction) as they are bought and paid."""
        queue = [self._entry(index) for index in self.levels]
        heapq.heapify(queue)
        current: set[int] = set()  # worked out since the last purchase
        while queue:
            progress(self.total - len(queue), self.total)
            price, _, index = heapq.heappop(queue)
            if index in current:
                self.purse.pay(self.supporters[index], self.levels[index])
                current.clear()
                yield index, price
                continue
            level = self.purse.level(self.supporters[index], self.costs[index], self.levels[index])
            if level is not None:
                self.levels[index] = level
                current.add(index)
                heapq.heappush(queue, self._entry(index))

    def _entry(self, index: int) -> tuple[Fraction, int, int]:
        return self.levels[index] / self.units[index], self.ranks[index], index


class _Purse:
    """What is left to the voters of each ballot, in whole parts of a minor unit.

    One minor unit has `parts` parts: the common denominator of all prices paid so far. Comparing
    and adding whole numbers is exact and many times faster than fractions.
    """

    def __init__(self, budget: int, weights: Sequence[int]) -> None:
        self.weights = weights
        self.parts = sum(weights) or 1
        self.money = [budget] * len(weights)

    def level(self, supporters: Supporters, cost: int, level: Fraction) -> Fraction | None:
        """The least price per point at which the supporters raise the cost; None if they cannot.

        `level` is a price known not to be too high. What is raised is concave in the price, so
        Newton's method climbs to the exact price and never past it.
        """
        while True:
            poor_money, rich_points = self._raised(supporters, level)
            if not rich_points:
                return None
            found = Fraction(cost * self.parts - poor_money, rich_points * self.parts)
            if found == level:
                return level
            level = found

    def pay(self, supporters: Supporters, level: Fraction) -> None:
        """Take `level` for each point from every supporter, or all a supporter has left."""
        parts = math.lcm(self.parts, level.denominator)
        if parts != self.parts:
            factor = parts // self.parts
            self.money = [money * factor for money in self.money]
            self.parts = parts
        per_point = level.numerator * (parts // level.denominator)
        money = self.money
        for points, voters in supporters.items():
            share = per_point * points
            for voter in voters:
                money[voter] = max(0, money[voter] - share)

    def _raised(self, supporters: Mapping[int, Sequence[int]], level: Fraction) -> tuple[int, int]:
        """Money of the supporters who cannot pay this price in full; points of those who can."""
        poor_money = rich_points = 0
        money, weights = self.money, self.weights
        for points, voters in supporters.items():
            share = -(-level.numerator * points * self.parts // level.denominator)  # rounded up
            for voter in voters:
                if money[voter] < share:
                    poor_money += weights[voter] * money[voter]
                else:
                    rich_points += weights[voter] * points
        return poor_money, rich_points
