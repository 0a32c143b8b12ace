"""The PROJECTS section of a `.pb` file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from voting.rules.pabulib.faults import PabulibError
from voting.rules.pabulib.numbers import Amount, amount
from voting.rules.pabulib.sections import Section

MOST_PROJECTS = 5_000
LONGEST_ID = 60

_OUTCOMES = ("0", "1", "2", "3")
_OWN = ("project_id", "cost", "name")  # have fields of their own


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FileProject:
    """A row of the section PROJECTS; `cost` is scaled by 10**decimals of the election.

    line: where the row begins; two projects are equal whatever theirs. more: the other columns.
    """

    id: str
    name: str
    cost_text: str
    cost: int
    line: int = field(default=0, compare=False)
    more: Mapping[str, str] = field(default_factory=_nothing)

    @property
    def categories(self) -> tuple[str, ...]:
        """What kind of project it is, in the words of the file."""
        return self.listed("category")

    @property
    def beneficiaries(self) -> tuple[str, ...]:
        """Whom it is for; older files call the column `target`."""
        return self.listed("beneficiaries" if "beneficiaries" in self.more else "target")

    @property
    def selected(self) -> int | None:
        """The official outcome: 0 not bought, 1 bought, 2 and 3 as the file's comment says."""
        text = self.more.get("selected", "").strip()
        return int(text) if text in _OUTCOMES else None

    def listed(self, column: str) -> tuple[str, ...]:
        """The entries of a cell that is a list; none where there is no such column."""
        entries = (entry.strip() for entry in self.more.get(column, "").split(","))
        return tuple(entry for entry in entries if entry)


def read_costs(section: Section) -> list[Amount]:
    """What each project costs; raises PabulibError for too many projects or an odd amount."""
    if len(section.rows) > MOST_PROJECTS:
        line, _cells = section.rows[MOST_PROJECTS]
        raise PabulibError(line, "TOO_MANY_ROWS", section=section.name, limit=str(MOST_PROJECTS))
    column = section.column("cost")
    return [amount(line, "cost", cells[column]) for line, cells in section.rows]


def read_projects(section: Section, costs: list[Amount], decimals: int) -> tuple[FileProject, ...]:
    """The projects in file order; raises PabulibError for an id that is odd or not the only one."""
    section.column("project_id")
    found: dict[str, FileProject] = {}
    for (line, cells), cost in zip(section.rows, costs, strict=True):
        row = dict(zip(section.columns, cells, strict=True))
        project_id = row["project_id"].strip()
        if not is_project_id(project_id):
            raise PabulibError(line, "BAD_PROJECT_ID", project=project_id)
        if project_id in found:
            raise PabulibError(line, "DUPLICATE_PROJECT", project=project_id)
        found[project_id] = FileProject(
            id=project_id,
            name=row.get("name", ""),
            cost_text=row["cost"].strip(),
            cost=cost.scaled(decimals),
            line=line,
            more=MappingProxyType({name: cell for name, cell in row.items() if name not in _OWN}),
        )
    return tuple(found.values())


def is_project_id(text: str) -> bool:
    """Whether votes can name a project by this: not empty, not too long, no comma, no blank ends."""
    return 0 < len(text) <= LONGEST_ID and "," not in text and text == text.strip()
