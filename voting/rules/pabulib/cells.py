"""Rows and cells: RFC 4180 with `;` between the cells."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from voting.rules.pabulib.faults import PabulibError

Row: TypeAlias = tuple[int, list[str]]
"""The number of the line a row begins on, and its cells."""

# Possessive (++, *+): a quote that is never closed is found out in one pass over the text.
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
_CELL = re.compile(r'(?:"((?:[^"]++|"")*+)"|(?!")([^;\n]*?))(;|\r?\n|\r?\Z)')
_SPECIAL = re.compile(r'[;"\r\n]')


def rows(text: str) -> Iterator[Row]:
    """All rows, blank ones included; raises PabulibError where a quote goes wrong."""
    start, line = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        if text.find('"', start, end) < 0:
            cells = text[start:end].removesuffix("\r").split(";")
            lines = 1
        else:
            cells, end = _quoted_row(text, start, line)
            lines = text.count("\n", start, end) + 1
        yield line, cells
        line += lines
        start = end + 1


def _quoted_row(text: str, start: int, line: int) -> tuple[list[str], int]:
    """The cells of the row that begins at `start`, and the offset of the line break after it."""
    cells: list[str] = []
    at = start
    while True:
        match = _CELL.match(text, at)
        if match is None:
            code = "TEXT_AFTER_QUOTE" if _QUOTED.match(text, at) else "UNCLOSED_QUOTE"
            raise PabulibError(line + text.count("\n", start, at), code)
        quoted, plain, end = match.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if end != ";":
            return cells, at - end.endswith("\n")


def row_text(cells: Iterable[str]) -> str:
    """A row as it is written, without its line break: what needs quotes has them, no other cell."""
    return ";".join(_cell_text(cell) for cell in cells)


def _cell_text(cell: str) -> str:
    if _SPECIAL.search(cell) is None:
        return cell
    return '"' + cell.replace('"', '""') + '"'
