"""Equal Shares and greedy once more, plain and slow: one wallet of fractions for every voter."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from voting.rules import Instance, Parameters, Profile
from voting.rules.ties import ranks


def points_of(profile: Profile, parameters: Parameters) -> list[dict[int, int]]:
    """Project index -> points as counted, for every single voter."""
    lowest = {"from-one": 1, "from-zero": 0}[parameters.ranking_points]
    voters = []
    for ballot, copies in profile.ballots:
        points = dict(ballot)
        if profile.format == "ranking":
            order = sorted(points, key=lambda project: -points[project])
            points = {project: lowest + place for place, project in enumerate(order)}
        voters.extend([points] * copies)
    return voters


def votes_of(instance: Instance, profile: Profile) -> list[int]:
    return [
        sum(copies for ballot, copies in profile.ballots if dict(ballot).get(index, 0) > 0)
        for index in range(len(instance.projects))
    ]


def equal_shares(
    instance: Instance, profile: Profile, parameters: Parameters
) -> list[tuple[str, Fraction]]:
    """(id, price per unit of satisfaction) in the order bought."""
    voters = points_of(profile, parameters)
    votes = votes_of(instance, profile)
    places = ranks(instance, votes, parameters.tie_break)
    wallets = [Fraction(instance.budget, len(voters)) for _ in voters]
    left = {i for i in range(len(votes)) if votes[i] >= parameters.min_support}
    bought: list[tuple[str, Fraction]] = []
    while True:
        offers = []
        for index in left:
            level = water_level(instance.projects[index].cost, index, wallets, voters)
            if level is not None:
                unit = instance.projects[index].cost if parameters.satisfaction == "cost" else 1
                offers.append((level / (unit or 1), places[index], index, level))
        if not offers:
            return bought
        price, _, index, level = min(offers)
        bought.append((instance.projects[index].id, price))
        left.remove(index)
        for voter, points in enumerate(voters):
            wallets[voter] -= min(wallets[voter], level * points.get(index, 0))


def water_level(cost, index, wallets, voters):
    """The least p with sum of min(wallet, p x points) = cost: try every level where one runs dry."""
    supporters = [(w, v[index]) for w, v in zip(wallets, voters, strict=True) if v.get(index, 0)]
    if not supporters or sum(wallet for wallet, _ in supporters) < cost:
        return None
    for dry_at in sorted(wallet / points for wallet, points in supporters):
        if sum(min(wallet, dry_at * points) for wallet, points in supporters) >= cost:
            poor = sum(wallet for wallet, points in supporters if wallet / points < dry_at)
            rich = sum(points for wallet, points in supporters if wallet / points >= dry_at)
            return Fraction(cost - poor) / rich
    raise AssertionError("the money is there, so some level raises it")


def completed(
    instance: Instance, profile: Profile, parameters: Parameters
) -> list[tuple[str, Fraction | None]]:
    """Equal shares, and what greedy adds where the parameters say so, without a price."""
    bought = equal_shares(instance, profile, parameters)
    if parameters.completion == "none":
        return list(bought)
    names = [name for name, _price in bought]
    costs = {project.id: project.cost for project in instance.projects}
    order = "votes" if parameters.satisfaction == "cost" else "votes-per-cost"
    rest = replace(instance, budget=instance.budget - sum(costs[name] for name in names))
    added = greedy(rest, profile, replace(parameters, order=order), without=names)
    return [*bought, *((name, None) for name in added)]


def greedy(
    instance: Instance, profile: Profile, parameters: Parameters, without: Sequence[str] = ()
) -> list[str]:
    voters = points_of(profile, parameters)
    votes = votes_of(instance, profile)
    places = ranks(instance, votes, parameters.tie_break)

    def worth(index: int) -> tuple[bool, Fraction]:
        score = sum(points.get(index, 0) for points in voters)
        cost = instance.projects[index].cost
        if parameters.order == "votes":
            return False, Fraction(score)
        return cost == 0, Fraction(score, cost) if cost else Fraction(0)

    left = [
        i
        for i in range(len(votes))
        if votes[i] >= parameters.min_support and instance.projects[i].id not in without
    ]
    remaining, bought = instance.budget, []
    while left:
        best = max(left, key=lambda index: (worth(index), -places[index]))
        left.remove(best)
        if instance.projects[best].cost <= remaining:
            remaining -= instance.projects[best].cost
            bought.append(instance.projects[best].id)
    return bought
