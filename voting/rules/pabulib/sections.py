"""The layers below a `.pb` file: bytes to text, rows to three sections."""

from dataclasses import dataclass, field

from voting.rules.pabulib.cells import Row, rows
from voting.rules.pabulib.faults import PabulibError

SECTIONS = ("META", "PROJECTS", "VOTES")
MOST_COLUMNS = 200


@dataclass(slots=True)
class Section:
    """A title line, a header and rows as long as the header."""

    name: str
    line: int
    header_line: int = 0
    columns: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(self, name: str) -> int:
        """The place of a column; raises PabulibError where it is missing."""
        if name not in self.columns:
            raise PabulibError(self.header_line, "MISSING_COLUMN", section=self.name, column=name)
        return self.columns.index(name)


def decode(data: bytes) -> str:
    """UTF-8, with or without a byte order mark; raises PabulibError for anything else."""
    nul = data.find(b"\0")
    if nul >= 0:
        raise PabulibError(data.count(b"\n", 0, nul) + 1, "NUL_BYTE")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # With a mark the codec counts from behind it; the mark holds no line break.
        raise PabulibError(error.object.count(b"\n", 0, error.start) + 1, "NOT_UTF8") from None


def sections(text: str) -> tuple[Section, Section, Section]:
    """META, PROJECTS and VOTES; raises PabulibError where they are not there in this order."""
    found: list[Section] = []
    for line, cells in rows(text):
        if len(cells) == 1 and not cells[0].strip():
            continue
        if len(cells) == 1 and cells[0].strip() in SECTIONS:
            found.append(_opened(cells[0].strip(), line, found))
        elif not found:
            raise PabulibError(line, "MISSING_SECTION", section="META")
        else:
            _add(found[-1], line, cells)
    last_line = text.count("\n") + (not text.endswith("\n"))
    if found and not found[-1].columns:
        raise PabulibError(found[-1].line, "MISSING_HEADER", section=found[-1].name)
    if len(found) < len(SECTIONS):
        raise PabulibError(last_line, "MISSING_SECTION", section=SECTIONS[len(found)])
    meta, projects, votes = found
    return meta, projects, votes


def _opened(name: str, line: int, found: list[Section]) -> Section:
    if any(section.name == name for section in found):
        raise PabulibError(line, "DUPLICATE_SECTION", section=name)
    expected = SECTIONS[len(found)]
    if name != expected:
        raise PabulibError(line, "SECTION_ORDER", section=name, expected=expected)
    if found and not found[-1].columns:
        raise PabulibError(found[-1].line, "MISSING_HEADER", section=found[-1].name)
    return Section(name, line)


def _add(section: Section, line: int, cells: list[str]) -> None:
    if section.columns:
        if len(cells) != len(section.columns):
            code = "ROW_TOO_SHORT" if len(cells) < len(section.columns) else "ROW_TOO_LONG"
            columns = len(section.columns)
            raise PabulibError(line, code, cells=str(len(cells)), columns=str(columns))
        section.rows.append((line, cells))
        return
    section.header_line = line
    if len(cells) > MOST_COLUMNS:
        raise PabulibError(line, "TOO_MANY_COLUMNS", section=section.name, limit=str(MOST_COLUMNS))
    for cell in cells:
        name = cell.strip()
        if name in section.columns:
            raise PabulibError(line, "DUPLICATE_COLUMN", section=section.name, column=name)
        section.columns.append(name)
