"""Invented ballots whose lengths and popularity are fitted to real elections; no real ballot is in here.

Lengths: approval elections of Łódź, Warsaw, Wieliczka and Amsterdam in the Pabulib library, 2020 to
2026, where half of the voters or more mark few projects and some mark many. Popularity: the logarithm
of the share of voters who mark a project has a standard deviation of 0.38 to 0.78 there (mean 0.55).
"""

import random
from collections.abc import Sequence

LENGTHS = {0: 1, 1: 24, 2: 17, 3: 13, 4: 10, 5: 18, 6: 6, 7: 4, 8: 3, 9: 2, 10: 2}  # percent
SPREAD = 0.55  # of the logarithm of popularity
LEANINGS = (40, 30, 20, 10)  # percent of the voters who lean one way together
PULL = 4  # how much more those of one leaning like what they lean to


def invented_ballots(items: int, voters: int, seed: int) -> list[tuple[int, ...]]:
    """For each voter the positions of the items chosen, ascending; some choose nothing.

    Voters of one leaning like the same third of the items much more, as neighbours do: that is what
    makes proportional and majority rules differ.
    """
    choose = random.Random(seed)  # noqa: S311 - invented ballots, to be the same every time
    popularity = [choose.lognormvariate(0, SPREAD) for _item in range(items)]
    liked = [set(choose.sample(range(items), max(1, items // 3))) for _leaning in LEANINGS]
    found = []
    for _voter in range(voters):
        leaning = choose.choices(range(len(LEANINGS)), LEANINGS)[0]
        length = min(choose.choices(list(LENGTHS), list(LENGTHS.values()))[0], items)
        weights = [
            weight * (PULL if item in liked[leaning] else 1)
            for item, weight in enumerate(popularity)
        ]
        found.append(_pick(choose, weights, length))
    return found


def _pick(choose: random.Random, weights: Sequence[float], length: int) -> tuple[int, ...]:
    """``length`` different positions, each drawn by its weight among those left."""
    left = dict(enumerate(weights))
    chosen = []
    for _number in range(length):
        item = choose.choices(list(left), list(left.values()))[0]
        chosen.append(item)
        del left[item]
    return tuple(sorted(chosen))
