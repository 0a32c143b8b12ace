"""Strict reader of Pabulib's `.pb` files (format: pabulib.org/format)."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from voting.rules.model import BallotFormat, Instance, Project
from voting.rules.pabulib_ballots import FORMATS, BallotReader, whole_points
from voting.rules.pabulib_csv import Section, decode, sections
from voting.rules.pabulib_faults import MESSAGES, PabulibError, PabulibWarning
from voting.rules.pabulib_meta import Meta, read_meta
from voting.rules.pabulib_numbers import Amount, amount
from voting.rules.profile import Ballot, Profile

__all__ = ["MESSAGES", "Election", "FileProject", "PabulibError", "PabulibWarning", "read"]


MOST_PROJECTS = 5_000
LONGEST_ID = 60


@dataclass(frozen=True, slots=True)
class FileProject:
    """A row of the section PROJECTS; `cost` is scaled by 10**decimals of the election."""

    id: str
    name: str
    cost_text: str
    cost: int
    line: int


@dataclass(frozen=True, slots=True)
class Election:
    """A whole `.pb` file.

    decimals: money is in whole units of 10**-decimals of the currency.
    ballots: one per row of VOTES, in file order; whose they are is not kept.
    """

    meta: Mapping[str, str]
    projects: tuple[FileProject, ...]
    decimals: int
    budget: int
    format: BallotFormat
    ballots: tuple[Ballot, ...]
    warnings: tuple[PabulibWarning, ...]

    def instance(self) -> Instance:
        """The budget and the projects, in file order."""
        projects = tuple(Project(project.id, project.cost) for project in self.projects)
        return Instance(self.budget, projects)

    def profile(self) -> Profile:
        """The ballots with identical ones merged, in an order that is the same for any file order."""
        return Profile(self.format, tuple(sorted(Counter(self.ballots).items())))


def read(
    data: bytes,
    minimum_decimals: Callable[[str | None], int] | int = 0,
    *,
    merge_repeated: bool = False,
) -> Election:
    """Read a file whole or refuse it whole.

    minimum_decimals: fewest decimals of the money, or a function from META's currency to them; more
    are used where the file's own amounts need them.
    merge_repeated: an approval ballot that names a project twice counts it once, with a warning,
    instead of refusing the file.
    Raises PabulibError with line, code and parameters, and nothing else.
    """
    text = decode(data)
    meta_section, project_section, vote_section = sections(text)
    meta = read_meta(meta_section)
    vote_type = meta.needed("vote_type")
    if vote_type not in FORMATS:
        raise PabulibError(meta.line("vote_type"), "UNKNOWN_VOTE_TYPE", value=vote_type)
    budget = amount(meta.line("budget"), "budget", meta.needed("budget"))
    costs = _costs(project_section)
    if callable(minimum_decimals):
        minimum_decimals = minimum_decimals(meta.values.get("currency"))
    decimals = max(minimum_decimals, budget.decimals, *(cost.decimals for cost in costs))
    projects = _projects(project_section, costs, decimals)
    places = {project.id: place for place, project in enumerate(projects)}
    default = _default_score(meta, vote_type)
    reader = BallotReader(vote_type, places, default, merge_repeated=merge_repeated)
    repeated = _repeated_voters(vote_section)
    ballots = reader.ballots(vote_section)
    return Election(
        meta=MappingProxyType(meta.values),
        projects=projects,
        decimals=decimals,
        budget=budget.scaled(decimals),
        format=reader.format,
        ballots=ballots,
        warnings=(
            *meta.warnings(len(projects), len(ballots)),
            *repeated,
            *reader.warnings(),
            *_unfinished(text),
        ),
    )


def _costs(section: Section) -> list[Amount]:
    if len(section.rows) > MOST_PROJECTS:
        line, _cells = section.rows[MOST_PROJECTS]
        raise PabulibError(line, "TOO_MANY_ROWS", section=section.name, limit=str(MOST_PROJECTS))
    column = section.column("cost")
    return [amount(line, "cost", cells[column]) for line, cells in section.rows]


def _projects(section: Section, costs: list[Amount], decimals: int) -> tuple[FileProject, ...]:
    id_column, cost_column = section.column("project_id"), section.column("cost")
    name_column = section.columns.index("name") if "name" in section.columns else None
    found: dict[str, FileProject] = {}
    for (line, cells), cost in zip(section.rows, costs, strict=True):
        project_id = cells[id_column].strip()
        if not 0 < len(project_id) <= LONGEST_ID or "," in project_id:
            raise PabulibError(line, "BAD_PROJECT_ID", project=project_id)
        if project_id in found:
            raise PabulibError(line, "DUPLICATE_PROJECT", project=project_id)
        name = "" if name_column is None else cells[name_column]
        cost_text = cells[cost_column].strip()
        found[project_id] = FileProject(project_id, name, cost_text, cost.scaled(decimals), line)
    return tuple(found.values())


def _default_score(meta: Meta, vote_type: str) -> int:
    text = meta.values.get("default_score", "").strip()
    if vote_type != "scoring" or not text:
        return 0
    return whole_points(meta.line("default_score"), text)


def _repeated_voters(section: Section) -> list[PabulibWarning]:
    """One warning for all of them, without the ids: a voter's id is nobody's business here."""
    column = section.column("voter_id")
    seen: set[str] = set()
    repeated: list[int] = []
    for line, cells in section.rows:
        if cells[column] in seen:
            repeated.append(line)
        seen.add(cells[column])
    if not repeated:
        return []
    return [PabulibWarning(repeated[0], "REPEATED_VOTER", {"rows": str(len(repeated))})]


def _unfinished(text: str) -> list[PabulibWarning]:
    if text.endswith("\n"):
        return []
    return [PabulibWarning(text.count("\n") + 1, "NO_FINAL_NEWLINE", {})]
