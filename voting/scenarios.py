"""Invented electorates in which the rules differ: the same for the same seed."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voting import rules

BUDGET = 100_000
MOST_SEEDS = 9_999


@dataclass(frozen=True, slots=True)
class Scenario:
    """An electorate; ``groups`` says of each ballot of the profile who cast it. No fractions of money."""

    instance: rules.Instance
    profile: rules.Profile
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A project and how likely a voter of each group is to choose it."""

    cost: int
    likely: Mapping[str, float]


def _groups(rng: random.Random) -> tuple[dict[str, int], list[_Wish]]:
    """One large group and two small ones: each has projects of its own, and a few are for all."""
    wishes = [
        _Wish(_round(rng.uniform(8_000, 26_000)), {group: rng.uniform(0.5, 0.9)})
        for group, number in (("large", 8), ("small-1", 4), ("small-2", 3))
        for _place in range(number)
    ]
    return {"large": 120, "small-1": 50, "small-2": 30}, wishes


def _alike(rng: random.Random) -> tuple[dict[str, int], list[_Wish]]:
    """All projects cost the same; the two halves of the electorate agree on little."""
    wishes = [
        _Wish(10_000, {mine: rng.uniform(0.5, 0.9), theirs: rng.uniform(0.0, 0.2)})
        for mine, theirs in (("half-1", "half-2"), ("half-2", "half-1"))
        for _place in range(9)
    ]
    return {"half-1": 110, "half-2": 90}, wishes


def _small(rng: random.Random) -> tuple[dict[str, int], list[_Wish]]:
    """Three large projects that many like somewhat, and many small ones that a few like much."""
    places = [f"place-{number}" for number in range(1, 5)]
    large = [
        _Wish(_round(rng.uniform(30_000, 50_000)), dict.fromkeys(places, rng.uniform(0.4, 0.6)))
        for _place in range(3)
    ]
    small = [
        _Wish(_round(rng.uniform(2_000, 8_000)), {place: rng.uniform(0.5, 0.9)})
        for place in places
        for _number in range(5)
    ]
    return dict.fromkeys(places, 50), large + small


_MAKERS: Mapping[str, Callable[[random.Random], tuple[dict[str, int], list[_Wish]]]] = {
    "groups": _groups,
    "alike": _alike,
    "small": _small,
}
NAMES = tuple(_MAKERS)


def scenario(name: str, seed: int) -> Scenario:
    """The electorate of that name (one of `NAMES`). Raises KeyError for another."""
    rng = random.Random(f"{name} {seed}")  # noqa: S311  # nothing secret
    voters, wishes = _MAKERS[name](rng)
    projects = tuple(
        rules.Project(f"P{number:02d}", wish.cost) for number, wish in enumerate(wishes, start=1)
    )
    ballots, groups = [], []
    for group, number in voters.items():
        for _voter in range(number):
            ballots.append((_ballot(rng, wishes, group), 1))
            groups.append(group)
    profile = rules.Profile(rules.BallotFormat.APPROVAL, ballots)
    return Scenario(rules.Instance(BUDGET, projects), profile, tuple(groups))


def _ballot(rng: random.Random, wishes: list[_Wish], group: str) -> rules.Ballot:
    return tuple(
        (index, 1)
        for index, wish in enumerate(wishes)
        if rng.random() < wish.likely.get(group, 0.04)
    )


def _round(cost: float) -> int:
    return int(cost) // 500 * 500
