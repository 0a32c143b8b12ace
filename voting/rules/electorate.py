"""The profile seen from the projects: who supports each of them, and by how many points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from voting.rules.model import (
    Ballot,
    BallotFormat,
    Instance,
    InvalidInstance,
    Parameters,
    Profile,
    Progress,
)
from voting.rules.outcome import Support
from voting.rules.ties import ranks

_BALLOTS_BETWEEN_REPORTS = 20_000

Supporters: TypeAlias = Mapping[int, Sequence[int]]
"""Points given to one project -> numbers of the ballots that give it so many."""


@dataclass(frozen=True, slots=True)
class Electorate:
    """All a rule needs to know; every tuple of projects is in instance order.

    weights: voters per ballot. ranks: place in the tie order, 0 first.
    eligible: indices of the projects with enough votes to be bought at all.
    """

    instance: Instance
    weights: tuple[int, ...]
    supporters: tuple[Supporters, ...]
    support: tuple[Support, ...]
    ranks: tuple[int, ...]
    eligible: tuple[int, ...]


def survey(
    instance: Instance, profile: Profile, parameters: Parameters, progress: Progress
) -> Electorate:
    """Turn the ballots round, once for every rule.

    Raises InvalidInstance where a ballot names a project that is not there.
    """
    weights = tuple(voters for _, voters in profile.ballots)
    supporters = _supporters(instance, profile, parameters, progress)
    support = tuple(
        _support(project.id, groups, weights)
        for project, groups in zip(instance.projects, supporters, strict=True)
    )
    votes = [entry.votes for entry in support]
    return Electorate(
        instance=instance,
        weights=weights,
        supporters=supporters,
        support=support,
        ranks=ranks(instance, votes, parameters.tie_break),
        eligible=tuple(i for i, count in enumerate(votes) if count >= parameters.min_support),
    )


def _supporters(
    instance: Instance, profile: Profile, parameters: Parameters, progress: Progress
) -> tuple[Supporters, ...]:
    size = len(instance.projects)
    found: tuple[dict[int, list[int]], ...] = tuple({} for _ in range(size))
    ranked = profile.format is BallotFormat.RANKING
    last_place = 1 if parameters.ranking_points == "from-one" else 0
    for number, (ballot, _) in enumerate(profile.ballots):
        if number % _BALLOTS_BETWEEN_REPORTS == 0:
            progress(0, size)
        if ballot and ballot[-1][0] >= size:
            raise InvalidInstance(f"A ballot names project number {ballot[-1][0]} of {size}.")
        for index, points in _points(ballot, last_place) if ranked else ballot:
            # A rank always is a vote, though the last may earn nothing; zero points are none.
            if points or ranked:
                found[index].setdefault(points, []).append(number)
    return found


def _points(ballot: Ballot, last_place: int) -> Ballot:
    best = len(ballot) + last_place
    return tuple((index, best - rank) for index, rank in ballot)


def _support(project_id: str, groups: Supporters, weights: Sequence[int]) -> Support:
    votes = {points: sum(weights[n] for n in numbers) for points, numbers in groups.items()}
    return Support(
        id=project_id,
        votes=sum(votes.values()),
        score=sum(points * count for points, count in votes.items()),
    )
