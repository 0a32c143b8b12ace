"""The ballots turned round: for every project, who supports it and by how many points."""

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from voting.rules.faults import InvalidInstance
from voting.rules.model import BallotFormat
from voting.rules.profile import Ints, Profile

_T = TypeVar("_T")

Floats: TypeAlias = NDArray[np.float64]
"""Whole numbers below 2**53 in it are exact, and so are their sums up to there."""


@dataclass(frozen=True, slots=True, eq=False)
class Supporters:
    """Those who give one project points, ballot by ballot.

    ballots: their numbers. weights: voters per ballot. points: points each gives; None where all
    give one. value: weights times points. people, score: the sums of weights and of value.
    """

    ballots: Ints
    weights: Floats
    points: Floats | None
    value: Floats
    people: int
    score: int


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Merged ballots, and the supporters of every project.

    points: beside `profile.projects`; None where all are one. weights: voters per ballot.
    votes: voters who name the project with a positive value, or rank it. scores: their points.
    """

    profile: Profile
    points: Floats | None
    weights: Floats
    supporters: tuple[Supporters, ...]
    votes: tuple[int, ...]
    scores: tuple[int, ...]


def marks_of(profile: Profile, size: int, last_place: int) -> Marks:
    """Worked out once for a profile; raises InvalidInstance for a project that is not there.

    size: number of projects. last_place: points of the project ranked last.
    """
    key = size, last_place if profile.format is BallotFormat.RANKING else None
    if key not in profile.prepared:
        highest = int(profile.projects.max(initial=-1))
        if highest >= size:
            raise InvalidInstance(f"A ballot names project number {highest} of {size}.")
        profile.prepared[key] = _turned(profile.merged(), size, last_place)
    marks: Marks = profile.prepared[key]
    return marks


def with_ballot(marks: Marks, index: int, voters: int) -> Marks:
    """The same with so many voters more, each with one point for this project and nothing else."""
    profile = marks.profile
    more = Profile.of_arrays(
        profile.format,
        np.append(profile.starts, profile.starts[-1] + 1),
        np.append(profile.projects, index),
        np.append(profile.values, 1),
        np.append(profile.weights, voters),
    )
    mine = marks.supporters[index]
    grown = Supporters(
        np.append(mine.ballots, len(marks.weights)),
        np.append(mine.weights, voters),
        None if mine.points is None else np.append(mine.points, 1),
        np.append(mine.value, voters),
        mine.people + voters,
        mine.score + voters,
    )
    return Marks(
        profile=more,
        points=None if marks.points is None else np.append(marks.points, 1),
        weights=np.append(marks.weights, voters),
        supporters=_put(marks.supporters, index, grown),
        votes=_put(marks.votes, index, marks.votes[index] + voters),
        scores=_put(marks.scores, index, marks.scores[index] + voters),
    )


def _put(entries: tuple[_T, ...], index: int, entry: _T) -> tuple[_T, ...]:
    return (*entries[:index], entry, *entries[index + 1 :])


def _turned(profile: Profile, size: int, last_place: int) -> Marks:
    points = _points(profile, last_place)
    weights = profile.weights.astype(np.float64)
    owners = np.repeat(np.arange(len(weights)), profile.lengths)
    # Sorting numbers of two bytes takes a pass over them, not comparisons.
    narrow = profile.projects.astype(np.uint16 if size < 2**16 else np.int64)
    order = np.argsort(narrow, kind="stable")
    counts = np.bincount(profile.projects, minlength=size)
    of_project = np.split(order, np.cumsum(counts)[:-1]) if size else []
    supporters, votes = [], []
    for places in of_project:
        ballots = owners[places]
        given = None if points is None else points[places]
        if given is not None and profile.format is not BallotFormat.RANKING:
            ballots, given = ballots[given > 0], given[given > 0]
        votes.append(int(profile.weights[ballots].sum()))
        if given is not None and not given.all():
            ballots, given = ballots[given > 0], given[given > 0]
        share = weights[ballots]
        value = share if given is None else share * given
        sums = int(share.sum()), int(value.sum())
        supporters.append(Supporters(ballots, share, given, value, *sums))
    return Marks(
        profile=profile,
        points=points,
        weights=weights,
        supporters=tuple(supporters),
        votes=tuple(votes),
        scores=tuple(entry.score for entry in supporters),
    )


def _points(profile: Profile, last_place: int) -> Floats | None:
    values = profile.values
    if profile.format is BallotFormat.RANKING:
        values = np.repeat(profile.lengths, profile.lengths) + last_place - values
    return None if (values == 1).all() else values.astype(np.float64)
