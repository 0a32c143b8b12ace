"""The payments of a count once more, in whole numbers: who paid how much for what."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from voting.rules.marks import Marks
from voting.rules.profile import spans


class Group(NamedTuple):
    """Supporters who paid the same: each how much, how many voters, with how many ballots."""

    each: Fraction
    voters: int
    ballots: int


@dataclass(slots=True)
class Replay:
    """Equal Shares paid once more, from the levels at which it bought.

    Money is in whole parts of a minor unit, `parts` of them: the common denominator of the levels
    and of the endowment. A voter who cannot pay in full pays all there is, and nothing afterwards.
    """

    marks: Marks
    parts: int
    levels: list[int]
    money: list[int]
    round_of: list[int]  # by project: number of the purchase, -1 where there is none
    emptied: dict[
        int, tuple[int, int]
    ]  # by ballot: the first purchase not paid in full, and what was
    groups: list[tuple[Group, ...]]  # by purchase, those who paid most each first

    def left(self, index: int) -> Fraction:
        """What the supporters of a project hold together in the end."""
        supporters = self.marks.supporters[index]
        pairs = zip(supporters.ballots.tolist(), supporters.weights.tolist(), strict=True)
        return Fraction(sum(int(weight) * self.money[b] for b, weight in pairs), self.parts)

    def spent_by(self, index: int) -> list[tuple[int, Fraction]]:
        """(purchase, what the supporters of this project paid for it), zero left out."""
        marks, profile = self.marks, self.marks.profile
        ballots = marks.supporters[index].ballots
        places = spans(profile.starts[ballots], profile.lengths[ballots])
        rounds = np.array(self.round_of)[profile.projects[places]]
        owners = np.repeat(ballots, profile.lengths[ballots])
        never = len(self.levels)
        ends = np.array([self.emptied.get(ballot, (never, 0))[0] for ballot in ballots.tolist()])
        is_full = (rounds >= 0) & (rounds < np.repeat(ends, profile.lengths[ballots]))
        points = marks.weights[owners]
        if marks.points is not None:
            points = points * marks.points[places]
        full = np.bincount(rounds[is_full], weights=points[is_full], minlength=never)
        paid = [int(count) * level for count, level in zip(full.tolist(), self.levels, strict=True)]
        for ballot in ballots.tolist():
            if ballot in self.emptied:
                purchase, rest = self.emptied[ballot]
                paid[purchase] += int(marks.weights[ballot]) * rest
        return [(k, Fraction(amount, self.parts)) for k, amount in enumerate(paid) if amount]


def replay(marks: Marks, endowment: Fraction, bought: Sequence[tuple[int, Fraction]]) -> Replay:
    """Pay for these purchases, (index, level) in their order, from equal endowments."""
    parts = math.lcm(endowment.denominator, *(level.denominator for _index, level in bought))
    done = Replay(
        marks=marks,
        parts=parts,
        levels=[int(level * parts) for _index, level in bought],
        money=[int(endowment * parts)] * len(marks.weights),
        round_of=[-1] * len(marks.supporters),
        emptied={},
        groups=[],
    )
    for purchase, (index, _level) in enumerate(bought):
        done.round_of[index] = purchase
        done.groups.append(_pay(done, index, purchase))
    return done


def _pay(done: Replay, index: int, purchase: int) -> tuple[Group, ...]:
    supporters, level, money = done.marks.supporters[index], done.levels[purchase], done.money
    points = [1] * len(supporters.ballots)
    if supporters.points is not None:
        points = supporters.points.astype(np.int64).tolist()
    voters: Counter[int] = Counter()
    ballots: Counter[int] = Counter()
    weights = supporters.weights.astype(np.int64).tolist()
    for ballot, weight, given in zip(supporters.ballots.tolist(), weights, points, strict=True):
        paid = min(level * given, money[ballot])
        if paid < level * given and ballot not in done.emptied:
            done.emptied[ballot] = purchase, paid
        money[ballot] -= paid
        voters[paid] += weight
        ballots[paid] += 1
    return tuple(
        Group(Fraction(paid, done.parts), voters[paid], ballots[paid])
        for paid in sorted(voters, reverse=True)
        if paid
    )


def loads_paid(marks: Marks, bought: Sequence[tuple[int, Fraction]]) -> list[tuple[Group, ...]]:
    """Sequential Phragmén: every supporter pays from the load borne so far up to the new one."""
    last = np.zeros(len(marks.weights), dtype=np.int64)
    loads = [Fraction(0)]
    groups = []
    for index, load in bought:
        supporters = marks.supporters[index]
        before = last[supporters.ballots]
        voters = np.bincount(before, weights=supporters.weights, minlength=len(loads)).tolist()
        ballots = np.bincount(before, minlength=len(loads)).tolist()
        alike: dict[Fraction, Group] = {}
        for borne, people, papers in zip(loads, voters, ballots, strict=True):
            each = load - borne
            if papers and each:
                known = alike.get(each, Group(each, 0, 0))
                alike[each] = Group(each, known.voters + int(people), known.ballots + papers)
        groups.append(tuple(alike[each] for each in sorted(alike, reverse=True)))
        loads.append(load)
        last[supporters.ballots] = len(loads) - 1
    return groups
