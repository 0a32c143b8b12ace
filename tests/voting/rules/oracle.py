"""Every rule once more, plain and slow: wallets of fractions, every round from nothing, no floats.

Shares no code with the engine but the order of ties, which has tests of its own.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import count as numbers
from typing import Any, NamedTuple

from voting.rules import BallotFormat, Instance, Outcome, Parameters, Profile
from voting.rules.ties import ranks


class Voter(NamedTuple):
    """Points by project, and for how many voters of the same mind and money this one stands."""

    points: dict[int, int]
    copies: int


class Step(NamedTuple):
    project: str
    amount: int
    level: Fraction | None
    price: Fraction | None
    remaining: int
    fill: bool
    reserve: str | None


@dataclass
class Case:
    """An election as the rules see it, and what has been bought so far."""

    instance: Instance
    parameters: Parameters
    voters: list[Voter]
    places: tuple[int, ...]
    votes: list[int]
    left: int
    reserve: str | None = None
    bought: list[tuple[int, int]] = field(default_factory=list)  # (project, amount)
    steps: list[Step] = field(default_factory=list)

    @property
    def electors(self) -> int:
        return sum(voter.copies for voter in self.voters)

    @property
    def remaining(self) -> int:
        return self.instance.budget - sum(amount for _index, amount in self.bought)

    def cost(self, index: int) -> int:
        return self.instance.projects[index].cost

    def name(self, index: int) -> str:
        return self.instance.projects[index].id

    def multiplier(self, index: int) -> Fraction:
        return Fraction(self.instance.multipliers.get(self.name(index), 1))

    def supporters(self, index: int) -> list[Voter]:
        return [voter for voter in self.voters if voter.points.get(index, 0) > 0]

    def score(self, index: int) -> int:
        return sum(voter.copies * voter.points.get(index, 0) for voter in self.voters)

    def buy(self, index, amount, level=None, price=None, *, fill=False):
        self.left -= amount
        self.bought.append((index, amount))
        self.steps.append(
            Step(self.name(index), amount, level, price, self.remaining, fill, self.reserve)
        )

    def most(self, index: int, bought: list[tuple[int, int]]) -> int | None:
        """The most the constraints let a project receive beside these; None: no bound at all."""
        constraints, name = self.instance.constraints, self.name(index)
        names = {self.name(other) for other, _amount in bought}
        if any(name in group and group & names for group in constraints.exclusive):
            return -1
        limits = [
            (group.projects, group.maximum)
            for group in constraints.categories.values()
            if group.maximum is not None
        ]
        if constraints.recipient_maximum is not None:
            limits += [(g, constraints.recipient_maximum) for g in constraints.recipients.values()]
        rooms = [
            maximum - sum(amount for other, amount in bought if self.name(other) in group)
            for group, maximum in limits
            if name in group
        ]
        return min(rooms, default=None)

    def is_allowed(self, index: int, bought: list[tuple[int, int]]) -> bool:
        most = self.most(index, bought)
        return most is None or most >= self.cost(index)


@dataclass
class Result:
    steps: list[Step]
    phases: list[tuple[Any, ...]]
    without_multipliers: tuple[str, ...] | None

    @property
    def winners(self) -> tuple[str, ...]:
        return tuple(step.project for step in self.steps)


def told(outcome: Outcome) -> Result:
    """What the engine found, in the oracle's words."""
    return Result(
        [
            Step(s.project, s.amount, s.level, s.price, s.remaining, s.fill, s.reserve)
            for s in outcome.steps
        ],
        [(p.reserve, p.budget, p.endowment, p.raises) for p in outcome.phases],
        outcome.without_multipliers,
    )


def voters_of(profile: Profile, parameters: Parameters, *, each: bool = True) -> list[Voter]:
    """each: every voter has a wallet of their own; else one stands for all who cast a ballot."""
    lowest = {"from-one": 1, "from-zero": 0}[parameters.ranking_points]
    voters = []
    for ballot, copies in profile.ballots:
        points = dict(ballot)
        if profile.format is BallotFormat.RANKING:
            order = sorted(points, key=lambda project: -points[project])
            points = {project: lowest + place for place, project in enumerate(order)}
        voters += [Voter(points, 1)] * copies if each else [Voter(points, copies)]
    return voters


def votes_of(instance: Instance, profile: Profile) -> list[int]:
    """Voters who give each project a positive value, or rank it."""
    return [
        sum(copies for ballot, copies in profile.ballots if dict(ballot).get(index, 0) > 0)
        for index in range(len(instance.projects))
    ]


def case_of(
    instance: Instance, profile: Profile, parameters: Parameters, *, each: bool = True
) -> Case:
    votes = votes_of(instance, profile)
    return Case(
        instance=instance,
        parameters=parameters,
        voters=voters_of(profile, parameters, each=each),
        places=ranks(instance, votes, parameters.tie_break),
        votes=votes,
        left=instance.budget,
    )


def count(rule, instance, profile, parameters, *, each=True) -> Result:
    others = None
    if set(instance.multipliers.values()) - {1}:
        plain = replace(instance, multipliers={})
        others = count(rule, plain, profile, parameters, each=each).winners
    case = case_of(instance, profile, parameters, each=each)
    eligible = [i for i, votes in enumerate(case.votes) if votes >= parameters.min_support]
    counting = {"greedy": greedy, "equal-shares": equal_shares, "phragmen": phragmen}[rule]
    phases = []
    for name, category in sorted(instance.constraints.categories.items()):
        if category.minimum is not None and category.projects:
            case.reserve, case.left = name, category.minimum
            own = [i for i in eligible if case.name(i) in category.projects]
            phases.append((name, category.minimum, *counting(case, own)))
    case.reserve, case.left = None, case.remaining
    bought = {index for index, _amount in case.bought}
    budget = case.left
    phases.append((None, budget, *counting(case, [i for i in eligible if i not in bought])))
    return Result(case.steps, phases, others)


def equal_shares(case: Case, eligible: list[int]) -> tuple[Fraction, int | None]:
    """Endowment and raises; what is bought goes to the case."""
    parameters, electors, budget = case.parameters, case.electors, case.left
    share = Fraction(budget, electors) if electors else Fraction(0)
    raises = None
    if parameters.completion.startswith("add1"):
        sale, share, raises = raised(case, eligible, share)
    else:
        sale = sell(case, eligible, share, budget).purchases
    for index, level in sale:
        unit = unit_of(case, index)
        case.buy(index, case.cost(index), level, None if unit is None else level / unit)
    if parameters.completion.endswith("greedy"):
        order = {"cost": "votes", "cardinality": "per-cost", "sqrt-cost": "per-sqrt-cost"}
        left = [i for i in eligible if i not in {index for index, _amount in case.bought}]
        buy_in_order(case, left, order[parameters.satisfaction], fill=True)
    return share, raises


class Sold(NamedTuple):
    """wallets: before each purchase, and at the end."""

    purchases: list[tuple[int, Fraction]]
    overspent: bool
    wallets: list[list[Fraction]]


def sell(case: Case, eligible: list[int], share: Fraction, limit: int) -> Sold:
    wallets = [[share] * len(case.voters)]
    purchases: list[tuple[int, Fraction]] = []
    while True:
        purse = wallets[-1]
        done = {index for index, _level in purchases}
        bought = [*case.bought, *((index, case.cost(index)) for index in done)]
        offers = []
        for index in eligible:
            if index in done or not case.is_allowed(index, bought):
                continue
            level = water_level(case.cost(index), index, purse, case.voters)
            if level is not None:
                offers.append((squared_price(case, index, level), case.places[index], index, level))
        if not offers:
            return Sold(purchases, False, wallets)
        _price, _place, index, level = min(offers)
        purchases.append((index, level))
        if sum(case.cost(i) for i, _level in purchases) > limit:
            return Sold(purchases, True, wallets)
        wallets.append(
            [
                money - min(money, level * voter.points.get(index, 0))
                for money, voter in zip(purse, case.voters, strict=True)
            ]
        )


def unit_of(case: Case, index: int) -> Fraction | None:
    if case.parameters.satisfaction == "sqrt-cost":
        return None
    cost = case.cost(index) if case.parameters.satisfaction == "cost" else 1
    return case.multiplier(index) * (cost or 1)


def squared_price(case: Case, index: int, level: Fraction) -> Fraction:
    cost = case.cost(index)
    squared_unit = {"cost": cost**2, "cardinality": 1, "sqrt-cost": cost}
    return level**2 / (
        (squared_unit[case.parameters.satisfaction] or 1) * case.multiplier(index) ** 2
    )


def water_level(cost, index, wallets, voters):
    """The least p with sum of min(wallet, p x points) = cost: try every level where one runs dry."""
    supporters = sorted(
        (money / voter.points[index], money * voter.copies, voter.copies * voter.points[index])
        for money, voter in zip(wallets, voters, strict=True)
        if voter.points.get(index, 0)
    )
    if not supporters or sum(money for _dry, money, _points in supporters) < cost:
        return None
    poor, rich = Fraction(0), sum(points for _dry, _money, points in supporters)
    for dry_at, money, points in supporters:
        if poor + dry_at * rich >= cost:
            return (cost - poor) / rich
        poor += money
        rich -= points
    raise AssertionError("the money is there, so some level raises it")


def raised(case: Case, eligible: list[int], share: Fraction):
    """Step by step, every one of them."""
    parameters, budget = case.parameters, case.left
    step = share / 1000 if parameters.step == "relative" else Fraction(case.instance.unit)
    best = None
    for raises in numbers():
        sold = sell(case, eligible, share + raises * step, budget)
        if sold.overspent:
            return best
        best = sold.purchases, share + raises * step, raises
        bought = [*case.bought, *((index, case.cost(index)) for index, _level in sold.purchases)]
        spent = sum(case.cost(index) for index, _level in sold.purchases)
        done = {index for index, _amount in bought}
        costs = [
            case.cost(index)
            for index in eligible
            if index not in done
            and case.cost(index)
            and case.score(index)
            and case.is_allowed(index, bought)
        ]
        if not costs or not step:
            return best
        if parameters.stop == "exhaustive" and all(spent + cost > budget for cost in costs):
            return best
    raise AssertionError("the numbers do not end")


def greedy(case: Case, eligible: list[int]) -> tuple[None, None]:
    order = {"votes": "votes", "votes-per-cost": "per-cost"}[case.parameters.order]
    buy_in_order(case, eligible, order, fill=False)
    return None, None


def buy_in_order(case: Case, left: list[int], order: str, *, fill: bool) -> None:
    def worth(index: int) -> tuple[bool, Fraction, int]:
        score, cost = case.score(index) * case.multiplier(index), case.cost(index)
        if order == "votes":
            return False, score, -case.places[index]
        if not cost:
            return True, Fraction(0), -case.places[index]
        return False, score**2 / (cost**2 if order == "per-cost" else cost), -case.places[index]

    left = list(left)
    while left:
        best = max(left, key=worth)
        left.remove(best)
        most = case.most(best, case.bought)
        room = case.left if most is None else min(case.left, most)
        least = case.instance.constraints.partial.get(case.name(best))
        if room >= case.cost(best):
            case.buy(best, case.cost(best), fill=fill)
        elif least and room >= least:
            case.buy(best, room, fill=fill)


def phragmen(case: Case, eligible: list[int]) -> tuple[None, None]:
    """All who have no supporters are next at an infinite load, as the reference has it."""
    loads = [Fraction(0)] * len(case.voters)
    waiting = [index for index in eligible if case.cost(index) <= case.left]
    while True:
        waiting = [index for index in waiting if case.is_allowed(index, case.bought)]
        after = {index: load_after(case, index, loads) for index in waiting}
        if not after:
            return None, None
        least = min(after.values())
        tied = [index for index in waiting if after[index] == least]
        if any(case.cost(index) > case.left for index in tied):
            return None, None
        index = min(tied, key=lambda index: case.places[index])
        waiting.remove(index)
        is_endless, load = least
        case.buy(index, case.cost(index), None if is_endless else load)
        for place, voter in enumerate(case.voters):
            if voter.points.get(index, 0) > 0:
                loads[place] = load


def load_after(case: Case, index: int, loads: list[Fraction]) -> tuple[bool, Fraction]:
    """(is it endless, what it is else)."""
    behind = [
        (load, voter.copies)
        for load, voter in zip(loads, case.voters, strict=True)
        if voter.points.get(index, 0) > 0
    ]
    if not behind:
        return True, Fraction(0)
    total = case.cost(index) + sum(load * copies for load, copies in behind)
    return False, Fraction(total) / sum(copies for _load, copies in behind)
