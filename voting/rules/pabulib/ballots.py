"""The ballots of a `.pb` file in flat arrays: a tuple each only while somebody looks at it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from voting.rules.model import BallotFormat
from voting.rules.profile import Ballot, Ints, Profile

_AT_ONCE = 10_000


class Ballots(Sequence[Ballot]):
    """One ballot per row of VOTES, in file order.

    starts, projects, values: as in `Profile`, for what the rows say.
    default, available: what a scoring ballot gives to those of so many projects that it does not name.
    """

    __slots__ = ("available", "default", "format", "projects", "starts", "values")

    def __init__(
        self,
        ballot_format: BallotFormat,
        starts: ArrayLike,
        projects: ArrayLike,
        values: ArrayLike,
        *,
        default: int = 0,
        available: int = 0,
    ) -> None:
        self.format = ballot_format
        self.starts: Ints = np.asarray(starts, dtype=np.int64)
        self.projects = np.asarray(projects)
        self.values = np.asarray(values)
        self.default = default
        self.available = available

    @property
    def lengths(self) -> Ints:
        """How many projects each row names."""
        return np.diff(self.starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, place: int) -> Ballot: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Ballot, ...]: ...
    def __getitem__(self, place: int | slice) -> Ballot | tuple[Ballot, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        one = range(len(self))[place]
        return next(self._between(one, one + 1))

    def __iter__(self) -> Iterator[Ballot]:
        for first in range(0, len(self), _AT_ONCE):
            yield from self._between(first, min(first + _AT_ONCE, len(self)))

    def rows(self) -> Iterator[Ballot]:
        """The ballots as their rows say them, without the default points."""
        return iter(Ballots(self.format, self.starts, self.projects, self.values))

    def _between(self, first: int, last: int) -> Iterator[Ballot]:
        begin, end = self.starts[first], self.starts[last]
        projects, values = self.projects[begin:end].tolist(), self.values[begin:end].tolist()
        marks = list(zip(projects, values, strict=True))
        edges = (self.starts[first : last + 1] - begin).tolist()
        for start, stop in pairwise(edges):
            yield self._filled(tuple(marks[start:stop]))

    def _filled(self, ballot: Ballot) -> Ballot:
        if not self.default:
            return ballot
        return tuple(
            sorted((dict.fromkeys(range(self.available), self.default) | dict(ballot)).items())
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, tuple):
            return tuple(self) == other
        if not isinstance(other, Ballots):
            return NotImplemented
        return (self.format, self.default, self.available) == (
            other.format,
            other.default,
            other.available,
        ) and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("starts", "projects", "values")
        )

    __hash__ = None  # type: ignore[assignment]  # arrays can be large: nothing should hash them

    def __repr__(self) -> str:
        return f"<{len(self)} {self.format} ballots>"

    def profile(self) -> Profile:
        """Equal ballots merged, in an order that is the same for any order of the rows."""
        everyone = np.ones(len(self), dtype=np.int64)
        profile = Profile.of_arrays(
            self.format, self.starts, self.projects, self.values, everyone
        ).merged()
        return self._with_default(profile).merged() if self.default else profile

    def _with_default(self, profile: Profile) -> Profile:
        ballots = len(profile.weights)
        points = np.full((ballots, self.available), self.default, dtype=np.int64)
        points[np.repeat(np.arange(ballots), profile.lengths), profile.projects] = profile.values
        return Profile.of_arrays(
            self.format,
            np.arange(ballots + 1) * self.available,
            np.tile(np.arange(self.available), ballots),
            points.ravel(),
            profile.weights,
        )
