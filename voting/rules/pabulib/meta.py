"""The META section of a `.pb` file."""

from collections.abc import Iterator
from dataclasses import dataclass

from voting.rules.pabulib.faults import PabulibError, PabulibWarning, shown
from voting.rules.pabulib.sections import Section

# Obligatory by the format's own page. Only the last two are needed to count.
_OBLIGATORY = (
    "description",
    "country",
    "unit",
    "instance",
    "num_projects",
    "num_votes",
    "rule",
    "date_begin",
    "date_end",
    "budget",
    "vote_type",
)
_OPTIONAL = frozenset(
    {
        "district",
        "subunit",
        "min_length",
        "max_length",
        "min_sum_cost",
        "max_sum_cost",
        "min_points",
        "max_points",
        "min_sum_points",
        "max_sum_points",
        "default_score",
        "min_project_cost",
        "max_project_cost",
        "min_project_score_threshold",
        "neighborhoods",
        "subdistricts",
        "categories",
        "edition",
        "language",
        "currency",
        "fully_funded",
        "experimental",
        "comment",
        "acknowledgments",
        "leftover_budget",
        "budget_per_category",
        "budget_per_neighborhood",
        "min_length_per_category",
        "max_length_per_category",
        "min_sum_cost_per_category",
        "max_sum_cost_per_category",
    }
)


@dataclass(frozen=True, slots=True)
class Meta:
    """Keys and values, and the line each key stands on."""

    title_line: int
    header_line: int
    other_columns: tuple[str, ...]
    values: dict[str, str]
    lines: dict[str, int]

    def line(self, key: str) -> int:
        """The line of the key; that of the section's title where there is no such key."""
        return self.lines.get(key, self.title_line)

    def needed(self, key: str) -> str:
        """The value of a key without which nothing can be counted; raises PabulibError."""
        if key not in self.values:
            raise PabulibError(self.title_line, "MISSING_META", key=key)
        return self.values[key].strip()

    def warnings(self, projects: int, votes: int) -> Iterator[PabulibWarning]:
        """What is odd in META, given how many projects and votes the file really holds."""
        for column in self.other_columns:
            yield PabulibWarning(self.header_line, "META_COLUMN", {"column": shown(column)})
        for key in self.values:
            if key not in _OPTIONAL and key not in _OBLIGATORY:
                yield PabulibWarning(self.line(key), "UNKNOWN_META", {"key": shown(key)})
        for key in _OBLIGATORY:
            if key not in self.values:
                yield PabulibWarning(None, "NO_OPTIONAL_META", {"key": key})
        for key, found in (("num_projects", projects), ("num_votes", votes)):
            declared = self.values.get(key, str(found)).strip()
            if declared != str(found):
                params = {"declared": shown(declared), "found": str(found)}
                yield PabulibWarning(self.line(key), f"WRONG_{key.upper()}", params)


def read_meta(section: Section) -> Meta:
    """Raises PabulibError where a key stands twice."""
    key_column, value_column = section.column("key"), section.column("value")
    others = tuple(name for name in section.columns if name not in ("key", "value"))
    meta = Meta(section.line, section.header_line, others, {}, {})
    for line, cells in section.rows:
        key = cells[key_column].strip()
        if key in meta.values:
            raise PabulibError(line, "DUPLICATE_META", key=key)
        meta.values[key] = cells[value_column]
        meta.lines[key] = line
    return meta
