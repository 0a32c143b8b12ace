"""A whole `.pb` file in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from voting.rules.model import BallotFormat, Instance, Project
from voting.rules.pabulib.ballots import Ballots
from voting.rules.pabulib.faults import PabulibWarning
from voting.rules.pabulib.projects import FileProject
from voting.rules.pabulib.voters import Voters
from voting.rules.profile import Profile


@dataclass(frozen=True, slots=True)
class Election:
    """What a file holds; two are equal whatever lines it stands on and whatever was warned of.

    project_columns: the header of PROJECTS.
    decimals: money is in whole units of 10**-decimals of the currency.
    ballots: one per row of VOTES, in file order; whose they are is not kept.
    voters: what the rows say besides the vote, only where the reader was asked to keep it.
    """

    meta: Mapping[str, str]
    project_columns: tuple[str, ...]
    projects: tuple[FileProject, ...]
    decimals: int
    budget: int
    format: BallotFormat
    ballots: Ballots
    warnings: tuple[PabulibWarning, ...] = field(default=(), compare=False)
    voters: Voters | None = None

    def instance(self) -> Instance:
        """The budget and the projects, in file order."""
        projects = tuple(Project(project.id, project.cost) for project in self.projects)
        return Instance(self.budget, projects, unit=10**self.decimals)

    def profile(self) -> Profile:
        """The ballots with equal ones merged, in an order that is the same for any file order."""
        return self.ballots.profile()
