"""What is counted: projects, a budget, ballots and the options of the rules."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Ballot: TypeAlias = tuple[tuple[int, int], ...]
"""(index of the project in `Instance.projects`, value), ascending by index.

The value is 1 on an approval or knapsack ballot, the points on a cumulative or scoring ballot
and the rank 1..k (1 is best) on a ranking.
"""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (projects decided, projects) at least once a round and inside long rounds."""


class InvalidInstance(ValueError):
    """The instance or the profile cannot be counted; the message says why."""


class UnknownRule(ValueError):
    """No rule of that name is in the table."""


class UnsupportedParameter(ValueError):
    """The rule does not honour this option, or not this value of it."""


class BallotFormat(enum.StrEnum):
    """How voters express themselves."""

    APPROVAL = "approval"
    KNAPSACK = "knapsack"
    CUMULATIVE = "cumulative"
    SCORING = "scoring"
    RANKING = "ranking"


@dataclass(frozen=True, slots=True)
class Project:
    """One project and what it costs, in minor units of the currency.

    Raises InvalidInstance where the cost is negative.
    """

    id: str
    cost: int

    def __post_init__(self) -> None:
        if self.cost < 0:
            raise InvalidInstance(f"The cost of project {self.id!r} is negative: {self.cost}.")


@dataclass(frozen=True, slots=True)
class Instance:
    """The money there is, in minor units, and the projects that ask for it.

    Raises InvalidInstance where the budget is negative or two projects share an id.
    """

    budget: int
    projects: tuple[Project, ...]

    def __post_init__(self) -> None:
        if self.budget < 0:
            raise InvalidInstance(f"The budget is negative: {self.budget}.")
        seen: set[str] = set()
        for project in self.projects:
            if project.id in seen:
                raise InvalidInstance(f"Two projects have the id {project.id!r}.")
            seen.add(project.id)


@dataclass(frozen=True, slots=True)
class Profile:
    """Distinct ballots, each with the number of voters who cast it.

    The order of the ballots, and whether identical ones are merged, changes no outcome.
    Raises InvalidInstance where a ballot is not of the declared format.
    """

    format: BallotFormat
    ballots: tuple[tuple[Ballot, int], ...]

    def __post_init__(self) -> None:
        for ballot, voters in self.ballots:
            if voters < 1:
                raise InvalidInstance(f"A ballot is cast by {voters} voters.")
            previous = -1
            for index, _ in ballot:
                if index <= previous:
                    raise InvalidInstance(
                        "A ballot does not list its projects in order, once each."
                    )
                previous = index
            if not _values_fit(self.format, [value for _, value in ballot]):
                raise InvalidInstance(f"A ballot holds values that are no {self.format} vote.")

    @property
    def voters(self) -> int:
        """Everyone who cast a ballot, blank ballots included."""
        return sum(voters for _, voters in self.ballots)


def _values_fit(ballot_format: BallotFormat, values: list[int]) -> bool:
    if ballot_format is BallotFormat.RANKING:
        return sorted(values) == list(range(1, len(values) + 1))
    if ballot_format in (BallotFormat.APPROVAL, BallotFormat.KNAPSACK):
        return values.count(1) == len(values)
    return min(values, default=0) >= 0


@dataclass(frozen=True, slots=True)
class Parameters:
    """The options of every rule; the table says which of them a rule honours.

    order: greedy, "votes" (the score) or "votes-per-cost" (score divided by cost).
    satisfaction: equal shares, "cost" (points times cost) or "cardinality" (the points; an
        approval is one point).
    completion: equal shares, what is done with money left over: "none" or "greedy".
    ranking_points: k ranked projects earn k, k-1, ..., 1 ("from-one") or k-1, ..., 0 ("from-zero").
    tie_break: "standard", "lexico" or "seed:" and bytes in hexadecimal; see `voting.rules.ties`.
    min_support: a project with fewer votes than this is never bought.
    """

    order: str = "votes"
    satisfaction: str = "cost"
    completion: str = "none"
    ranking_points: str = "from-one"
    tie_break: str = "standard"
    min_support: int = 0
