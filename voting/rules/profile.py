"""The ballots: distinct contents in flat arrays, each with the number of voters who cast it."""

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voting.rules.faults import InvalidInstance
from voting.rules.model import BallotFormat

Ballot: TypeAlias = tuple[tuple[int, int], ...]
"""(index of the project in `Instance.projects`, value), ascending by index.

The value is 1 on an approval or knapsack ballot, the points on a cumulative or scoring ballot
and the rank 1..k (1 is best) on a ranking.
"""

Ints: TypeAlias = NDArray[np.int64]

_CHOSEN = (BallotFormat.APPROVAL, BallotFormat.KNAPSACK)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd, from the golden ratio: spreads what it multiplies
_MOST_POINTS = 2**53  # up to here every whole number is a float, so that sums of floats are exact


class Profile:
    """All ballots; the order they come in changes no outcome, nor whether equal ones are merged.

    starts: where each ballot begins in `projects` and `values`, and where the last one ends.
    lengths: how many projects each names.
    projects: indices into `Instance.projects`, ascending within a ballot. values: beside them.
    weights: how many voters cast each ballot.
    Raises InvalidInstance where a ballot is not of the declared format.
    """

    __slots__ = ("format", "lengths", "prepared", "projects", "starts", "values", "weights")

    def __init__(self, ballot_format: BallotFormat, ballots: Iterable[tuple[Ballot, int]]) -> None:
        cast = tuple(ballots)
        marks = chain.from_iterable(ballot for ballot, _voters in cast)
        flat = np.array(list(chain.from_iterable(marks)), dtype=np.int64).reshape(-1, 2)
        lengths = [len(ballot) for ballot, _voters in cast]
        self._fill(
            ballot_format,
            np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]),
            flat[:, 0],
            flat[:, 1],
            [voters for _ballot, voters in cast],
        )

    @classmethod
    def of_arrays(
        cls,
        ballot_format: BallotFormat,
        starts: ArrayLike,
        projects: ArrayLike,
        values: ArrayLike,
        weights: ArrayLike,
    ) -> Self:
        """The same from arrays, which must not be written to afterwards."""
        profile = cls.__new__(cls)
        profile._fill(ballot_format, starts, projects, values, weights)
        return profile

    def _fill(
        self,
        ballot_format: BallotFormat,
        starts: ArrayLike,
        projects: ArrayLike,
        values: ArrayLike,
        weights: ArrayLike,
    ) -> None:
        self.format = ballot_format
        self.starts = _whole(starts)
        self.projects, self.values = _whole(projects), _whole(values)
        self.weights = _whole(weights)
        self.lengths: Ints = np.diff(self.starts)
        self.prepared: dict[object, Any] = {}  # what `voting.rules.marks` worked out of it
        self._check()

    def _belong_together(self) -> bool:
        """Whether each ballot begins where the one before ends, up to the end of the marks."""
        return (
            len(self.starts) == len(self.weights) + 1
            and len(self.projects) == len(self.values) == self.starts[-1]
            and self.starts[0] == 0 <= self.lengths.min(initial=0)
        )

    def _check(self) -> None:
        if not self._belong_together():
            raise InvalidInstance("The arrays of the ballots do not belong together.")
        if self.weights.min(initial=1) < 1:
            raise InvalidInstance(f"A ballot is cast by {self.weights.min()} voters.")
        steps = np.diff(self.projects)
        begins = np.zeros(len(self.projects) + 1, dtype=bool)
        begins[self.starts] = True
        if self.projects.min(initial=0) < 0 or (steps <= 0)[~begins[1:-1]].any():
            raise InvalidInstance("A ballot does not list its projects in order, once each.")
        if not self._values_fit():
            raise InvalidInstance(f"A ballot holds values that are no {self.format} vote.")
        most = int(self.values.max(initial=1)) * int(self.lengths.max(initial=1))
        if most * float(self.weights.sum(dtype=np.float64)) >= _MOST_POINTS:
            raise InvalidInstance("The ballots hold more points than can be summed: 2**53.")

    def _values_fit(self) -> bool:
        if self.format in _CHOSEN:
            return bool((self.values == 1).all())
        if self.format is not BallotFormat.RANKING:
            return bool(self.values.min(initial=0) >= 0)
        # k different ranks from 1 to k: each below k + 1, and sorted within their ballot, a run.
        lengths = np.repeat(self.lengths, self.lengths)
        if self.values.min(initial=1) < 1 or (self.values > lengths).any():
            return False
        places = np.zeros(len(self.values), dtype=bool)
        places[np.repeat(self.starts[:-1], self.lengths) + self.values - 1] = True
        return bool(places.all())

    @property
    def voters(self) -> int:
        """Everyone who cast a ballot, blank ballots included."""
        return int(self.weights.sum())

    @property
    def ballots(self) -> tuple[tuple[Ballot, int], ...]:
        """(ballot, voters), readable and slow."""
        marks = list(zip(self.projects.tolist(), self.values.tolist(), strict=True))
        edges = self.starts.tolist()
        contents = (tuple(marks[a:b]) for a, b in pairwise(edges))
        return tuple(zip(contents, self.weights.tolist(), strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Profile):
            return NotImplemented
        mine, theirs = self.merged(), other.merged()
        return self.format == other.format and sorted(mine.ballots) == sorted(theirs.ballots)

    __hash__ = None  # type: ignore[assignment]  # arrays can be large: nothing should hash them

    def among(self, kept: Sequence[int]) -> Self:
        """What the ballots say of these projects alone, numbered in this order (ascending).

        Nobody is left out: a ballot may become blank. Ranks close up.
        """
        numbers = np.full(max(int(self.projects.max(initial=0)), *kept, 0) + 1, -1)
        numbers[list(kept)] = np.arange(len(kept))
        projects = numbers[self.projects]
        is_kept = projects >= 0
        starts = np.concatenate([[0], np.cumsum(is_kept)])[self.starts]
        values = self.values[is_kept]
        if self.format is BallotFormat.RANKING:
            owners = np.repeat(np.arange(len(self.weights)), np.diff(starts))
            order = np.lexsort((values, owners))
            values[order] = np.arange(len(values)) - starts[owners[order]] + 1
        return self.of_arrays(self.format, starts, projects[is_kept], values, self.weights)

    def merged(self) -> Self:
        """Equal ballots as one, and ballots of like content side by side.

        The order follows from the contents alone: it is the same for any order of the ballots.
        """
        if not len(self.weights):
            return self
        # Numbered from 1: what scrambles to 0 would make no points for project 0 a blank ballot.
        numbers = self.projects.view(np.uint64) + np.uint64(1)
        marks = _scrambled(numbers * _MIX ^ self.values.view(np.uint64))
        hashes = _summed(marks, self.starts)
        order = np.lexsort((hashes, ~_popular(self)))
        ranked = hashes[order]
        is_first = np.concatenate([[True], ranked[1:] != ranked[:-1]])
        group = np.cumsum(is_first) - 1
        first = order[is_first]
        again = ~is_first
        if not self._same(first[group[again]], order[again]):
            return self  # two contents with one hash: as rare as it is harmless to merge nothing
        weights = np.bincount(group, weights=self.weights[order]).astype(np.int64)
        return self._taken(first, weights)

    def _same(self, these: Ints, those: Ints) -> bool:
        """Whether each of these ballots has the content of that one, mark by mark."""
        if not np.array_equal(self.lengths[these], self.lengths[those]):
            return False
        a, b = self._places(these), self._places(those)
        return np.array_equal(self.projects[a], self.projects[b]) and np.array_equal(
            self.values[a], self.values[b]
        )

    def _places(self, ballots: Ints) -> Ints:
        """Where the marks of these ballots stand in the flat arrays, ballot after ballot."""
        return spans(self.starts[ballots], self.lengths[ballots])

    def _taken(self, ballots: Ints, weights: Ints) -> Self:
        places = self._places(ballots)
        taken = type(self).__new__(type(self))
        taken.format = self.format
        taken.lengths = self.lengths[ballots]
        taken.starts = np.concatenate([[0], np.cumsum(taken.lengths)])
        taken.projects, taken.values = self.projects[places], self.values[places]
        taken.weights = weights
        taken.prepared = {}
        return taken


def _whole(numbers: ArrayLike) -> Ints:
    found = np.asarray(numbers)
    if found.ndim != 1 or (len(found) and found.dtype.kind not in "iu"):
        raise InvalidInstance("The ballots are no lists of whole numbers of at most 64 bits.")
    return found.astype(np.int64, copy=False)


def spans(begins: Ints, lengths: Ints) -> Ints:
    """begin, begin + 1, ... for each of them, as many as its length, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(begins - ends + lengths, lengths) + np.arange(total)


def _scrambled(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A 64-bit finalizer (Stafford, 2011, mix 13): near numbers end up far apart."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = numbers ^ (numbers >> np.uint64(31))
    return mixed


def _summed(marks: NDArray[np.uint64], starts: Ints) -> NDArray[np.uint64]:
    """The sum of each ballot's marks, modulo 2**64."""
    running = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(marks)])
    sums: NDArray[np.uint64] = running[starts[1:]] - running[starts[:-1]]
    return sums


def _popular(profile: Profile) -> NDArray[np.uint64]:
    """Which of the 64 most popular projects each ballot names, the most popular as highest bit.

    Ballots sorted by this keep the supporters of a project near each other in memory.
    """
    # By voters, not by ballots: merged or not, the same profile has the same order.
    voters = np.bincount(profile.projects, np.repeat(profile.weights, profile.lengths))
    popular = np.argsort(-voters, kind="stable")[:64]
    bits = np.zeros(int(profile.projects.max(initial=0)) + 1, dtype=np.uint64)
    bits[popular] = np.uint64(1) << (np.uint64(63) - np.arange(len(popular), dtype=np.uint64))
    # Every project stands once on a ballot: the sum of its bits is the set of them.
    return _summed(bits[profile.projects], profile.starts)
