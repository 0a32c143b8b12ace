"""What can be wrong with a `.pb` file: stable codes, and one English sentence for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_LONGEST_VALUE = 80

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        # Refusals
        "NOT_UTF8": "The text is not UTF-8.",
        "NUL_BYTE": "The text holds a NUL byte.",
        "UNCLOSED_QUOTE": "A quotation mark is opened and never closed.",
        "TEXT_AFTER_QUOTE": "A quoted cell goes on after its closing quotation mark.",
        "MISSING_SECTION": "The section {section} is missing; the file may be cut short.",
        "DUPLICATE_SECTION": "The section {section} appears twice.",
        "SECTION_ORDER": "The section {section} comes too early; {expected} must come first.",
        "MISSING_HEADER": "The section {section} has no header line.",
        "MISSING_COLUMN": "The section {section} has no column {column}.",
        "TOO_MANY_COLUMNS": "The section {section} has more than {limit} columns.",
        "TOO_MANY_ROWS": "The section {section} has more than {limit} rows.",
        "TOO_MANY_POINTS": "The default score fills more than {limit} places on ballots.",
        "DUPLICATE_COLUMN": "The section {section} has the column {column} twice.",
        "ROW_TOO_SHORT": "The row has {cells} cells where its header has {columns}.",
        "ROW_TOO_LONG": "The row has {cells} cells where its header has {columns}.",
        "MISSING_META": "The section META has no {key}, which is needed to count.",
        "DUPLICATE_META": "The section META has {key} twice.",
        "UNKNOWN_VOTE_TYPE": "The vote type {value!r} is not known.",
        "BAD_NUMBER": "The {column} {value!r} is not a number.",
        "NEGATIVE_NUMBER": "The {column} {value!r} is negative.",
        "NOT_FINITE": "The {column} {value!r} is not a finite number.",
        "NUMBER_TOO_LARGE": "The {column} has more than {digits} digits.",
        "BAD_PROJECT_ID": "The project id {project!r} is empty, longer than 60 characters or holds a comma.",
        "DUPLICATE_PROJECT": "The project {project!r} is listed twice.",
        "UNKNOWN_PROJECT": "The vote names {project!r}, which is not in the section PROJECTS.",
        "REPEATED_PROJECT": "The vote names the project {project!r} twice.",
        "TOO_MANY_PROJECTS": "The vote names {projects} projects where one may be chosen.",
        "POINTS_COUNT": "The vote names {projects} projects and gives {points} numbers of points.",
        "BAD_POINTS": "The points {value!r} are not a whole number from 0.",
        "NEGATIVE_POINTS": "The points {value!r} are negative, which no rule here can count.",
        # Warnings
        "UNKNOWN_META": "The section META has {key}, which is not part of the format.",
        "NO_OPTIONAL_META": "The section META has no {key}.",
        "WRONG_NUM_PROJECTS": "The file says {declared} projects and holds {found}.",
        "WRONG_NUM_VOTES": "The file says {declared} votes and holds {found}.",
        "REPEATED_VOTER": "Voter ids are used again in {rows} rows; every row is counted.",
        "REPEATED_PROJECT_MERGED": "A project is named twice in one vote in {rows} rows;"
        " it counts once.",
        "META_COLUMN": "The section META has the column {column}; only key and value are kept.",
        "BAD_LIMIT": "The limit {key} is {value!r}, which is no amount from 0; it is not checked.",
        "LIMIT_BROKEN": "The limit {key} of {limit} is broken by {ballots} ballots;"
        " they count all the same.",
        "PROJECT_LIMIT_BROKEN": "The limit {key} of {limit} is broken by {projects} projects;"
        " they count all the same.",
        "NO_FINAL_NEWLINE": "The last line has no line break; the file may be cut short.",
    }
)


def shown(value: str) -> str:
    """A value from a file, cut to a length that can stand in a message."""
    return value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"


class PabulibError(ValueError):
    """A file that is refused whole.

    line: number of the line, from 1; for something missing, the line where its lack showed.
    code: a key of MESSAGES. params: what fills the gaps of the sentence.
    """

    def __init__(self, line: int, code: str, **params: str) -> None:
        self.line = line
        self.code = code
        self.params = {name: shown(value) for name, value in params.items()}
        super().__init__(line, code, self.params)

    def __str__(self) -> str:
        return f"line {self.line}: {MESSAGES[self.code].format(**self.params)}"


@dataclass(frozen=True, slots=True)
class PabulibWarning:
    """Something odd in a file that changes no count. The line is None where there is none."""

    line: int | None
    code: str
    params: Mapping[str, str]

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}: "
        return place + MESSAGES[self.code].format(**self.params)
