"""Elections on a knife's edge: decisions that differ by less than a float can tell.

A loser's cost is set so that, in some round, its supporters can just pay for it or just cannot, one
of them has just enough for the price or just not, or its price all but equals that of the winner.
"""

import random
from dataclasses import replace
from fractions import Fraction

from tests.voting.rules import oracle
from voting.rules import BallotFormat, Instance, Parameters, Profile, Project

SATISFACTIONS = ("cost", "cardinality", "sqrt-cost")


def close_election(seed: int, most_ballots: int = 40) -> tuple[Instance, Profile, Parameters]:
    """Equal Shares; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - the same election for the same seed
    profile, size = _profile(draw, most_ballots)
    parameters = Parameters(
        satisfaction=draw.choice(SATISFACTIONS),
        tie_break=draw.choice(["standard", "lexico"]),
        completion=draw.choice(["none", "greedy"]),
    )
    instance = _instance(draw, size, parameters)
    for _ in range(draw.randint(1, 4)):
        instance = _sharpened(draw, instance, profile, parameters)
    return instance, profile, parameters


def close_loads(seed: int, most_ballots: int = 60) -> tuple[Instance, Profile, Parameters]:
    """Phragmén: loads that all but equal each other."""
    draw = random.Random(seed)  # noqa: S311 - the same election for the same seed
    profile, size = _profile(draw, most_ballots)
    parameters = Parameters(tie_break=draw.choice(["standard", "lexico"]))
    instance = replace(_instance(draw, size, parameters), multipliers={})
    for _ in range(draw.randint(1, 4)):
        instance = _level_with_another(draw, instance, profile, parameters)
    return instance, profile, parameters


def _profile(draw: random.Random, most_ballots: int) -> tuple[Profile, int]:
    size = draw.randint(3, 9)
    heaviest = draw.choice([1, 3, 1000, 10**6])
    most_points = draw.choice([1, 1, 4, 1000, 10**9])
    cast = []
    for _ in range(draw.randint(4, most_ballots)):
        chosen = sorted(draw.sample(range(size), draw.randint(1, min(size, 5))))
        points = [draw.choice([1, most_points, draw.randint(1, most_points)]) for _ in chosen]
        cast.append((tuple(zip(chosen, points, strict=True)), draw.randint(1, heaviest)))
    if most_points * 5 * sum(copies for _ballot, copies in cast) >= 2**53:
        cast = [(ballot, 1 + copies % 100) for ballot, copies in cast]
    ballot_format = BallotFormat.APPROVAL if most_points == 1 else BallotFormat.CUMULATIVE
    return Profile(ballot_format, cast), size


def _instance(draw: random.Random, size: int, parameters: Parameters) -> Instance:
    dear = draw.choice([100, 10**9, 10**15, 10**15])
    base = draw.randint(dear // 2, dear)
    costs = [
        draw.choice([base, base + 1, base - 1, 2 * base, draw.randint(1, dear), dear // 3])
        for _ in range(size)
    ]
    projects = tuple(Project(f"p{index}", cost) for index, cost in enumerate(costs))
    multipliers = {}
    if draw.random() < 0.2:
        multipliers = {"p0": Fraction(draw.randint(7, 21), 7), "p1": Fraction(10**12 + 1, 10**12)}
    budget = sum(costs) * draw.randint(30, 90) // 100 + draw.randint(-1, 1)
    return Instance(max(budget, 1), projects, multipliers=multipliers)


def _with_cost(instance: Instance, index: int, cost: int) -> Instance:
    projects = list(instance.projects)
    projects[index] = Project(projects[index].id, max(1, min(cost, 10**16)))
    return replace(instance, projects=tuple(projects))


def _sharpened(
    draw: random.Random, instance: Instance, profile: Profile, parameters: Parameters
) -> Instance:
    case = oracle.case_of(instance, profile, parameters, each=False)
    share = Fraction(instance.budget, case.electors)
    sold = oracle.sell(case, list(range(len(instance.projects))), share, instance.budget)
    at = draw.randrange(len(sold.wallets))
    purse = sold.wallets[at]
    bought = [index for index, _level in sold.purchases[:at]]
    rest = [i for i in range(len(instance.projects)) if i not in bought and case.supporters(i)]
    if not rest:
        return instance
    index = draw.choice(rest)
    holders = [
        (money, voter)
        for money, voter in zip(purse, case.voters, strict=True)
        if voter.points.get(index)
    ]

    def raised_at(level: Fraction) -> Fraction:
        paid = (v.copies * min(money, level * v.points[index]) for money, v in holders)
        return sum(paid, Fraction(0))

    kind = draw.choice(["money", "payer", "price"])
    if kind == "money":
        cost = sum(money * voter.copies for money, voter in holders)
    elif kind == "payer" or at == len(sold.purchases):
        money, voter = draw.choice(holders)
        cost = raised_at(money / voter.points[index])
    else:
        cost = _cost_at_price(case, index, sold.purchases[at], raised_at)
    return _with_cost(instance, index, round(cost) + draw.choice([-1, 0, 0, 0, 1]))


def _cost_at_price(case, index, winner, raised_at):
    """About the cost at which a project's price equals the winner's: found by bisection."""
    target = oracle.squared_price(case, *winner)
    unit = case.multiplier(index)
    low, high = 1, 10**16
    while high - low > 1:
        cost = (low + high) // 2
        factor = {"cost": cost, "cardinality": 1, "sqrt-cost": Fraction(cost**0.5)}
        price = Fraction(float(target) ** 0.5) * unit * factor[case.parameters.satisfaction]
        low, high = (cost, high) if raised_at(price) >= cost else (low, cost)
    return low


def _level_with_another(
    draw: random.Random, instance: Instance, profile: Profile, parameters: Parameters
) -> Instance:
    case = oracle.case_of(instance, profile, parameters, each=False)
    oracle.phragmen(case, list(range(len(instance.projects))))
    levels = [(int(s.project[1:]), s.level) for s in case.steps if s.level is not None]
    if not levels:
        return instance
    at = draw.randrange(len(levels))
    loads = [
        max(
            (level for project, level in levels[:at] if voter.points.get(project, 0) > 0),
            default=Fraction(0),
        )
        for voter in case.voters
    ]
    bought = {int(step.project[1:]) for step in case.steps[: at + 1]}
    rest = [i for i in range(len(instance.projects)) if i not in bought and case.supporters(i)]
    if not rest:
        return instance
    index = draw.choice(rest)
    cost = sum(
        voter.copies * (levels[at][1] - load)
        for load, voter in zip(loads, case.voters, strict=True)
        if voter.points.get(index, 0) > 0
    )
    return _with_cost(instance, index, round(cost) + draw.choice([-1, 0, 0, 0, 1]))
