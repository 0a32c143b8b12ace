"""What is counted: projects, a budget and the options of the rules."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

from voting.rules.constraints import NO_CONSTRAINTS, Constraints
from voting.rules.faults import InvalidInstance

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (projects decided, projects) at least once a round and inside long rounds."""


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
    """The money there is, in minor units, the projects that ask for it, and what binds the outcome.

    unit: minor units in one unit of the currency; the coin of Equal Shares' completion.
    multipliers: by project id, a rational from 1 that scales what the project is worth to its
        supporters when projects are compared; never what a voter holds or pays.
    Raises InvalidInstance where the budget is negative, two projects share an id, or the
    constraints contradict each other or name a project that is not there.
    """

    budget: int
    projects: tuple[Project, ...]
    unit: int = 1
    constraints: Constraints = NO_CONSTRAINTS
    multipliers: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if self.budget < 0:
            raise InvalidInstance(f"The budget is negative: {self.budget}.")
        if self.unit < 1:
            raise InvalidInstance(f"A currency has no unit of {self.unit} minor units.")
        seen: set[str] = set()
        for project in self.projects:
            if project.id in seen:
                raise InvalidInstance(f"Two projects have the id {project.id!r}.")
            seen.add(project.id)
        self.constraints.check(self.budget, seen)
        for project_id, multiplier in self.multipliers.items():
            if project_id not in seen:
                raise InvalidInstance(f"A multiplier names {project_id!r}, which is no project.")
            if multiplier < 1:
                raise InvalidInstance(f"The multiplier of project {project_id!r} is below 1.")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The options of every rule; the table says which of them a rule honours.

    order: greedy, "votes" (the score) or "votes-per-cost" (score divided by cost).
    satisfaction: equal shares, what a project is worth for each point given to it (an approval is
        one point): "cost", "cardinality" (1) or "sqrt-cost" (the square root of its cost).
    completion: equal shares, what is done with money left over: "none", "greedy", "add1" (every
        voter's share is raised step by step) or "add1-greedy" (first the one, then the other).
    step: add1, "relative" (a thousandth of the first share) or "coin" (one unit of the currency).
    stop: add1, before the first "overspend", or also at the first "exhaustive" outcome.
    ranking_points: k ranked projects earn k, k-1, ..., 1 ("from-one") or k-1, ..., 0 ("from-zero").
    tie_break: "standard", "lexico" or "seed:" and bytes in hexadecimal; see `voting.rules.ties`.
    min_support: a project with fewer votes than this is never bought.
    """

    order: str = "votes"
    satisfaction: str = "cost"
    completion: str = "none"
    step: str = "relative"
    stop: str = "overspend"
    ranking_points: str = "from-one"
    tie_break: str = "standard"
    min_support: int = 0
