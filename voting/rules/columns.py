"""Plain text in columns, for any script and for terminals of 80 columns."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

WIDEST = 80
_GAP = "  "
_LEAST = 8  # a text column is not made narrower than this
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_ISOLATE, _END = "\u2068", "\u2069"  # keep numbers beside a right-to-left name in their place
_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Column:
    """is_text: to the left, and cut where the line would be too long; else to the right, whole."""

    title: str
    is_text: bool = False


def one_line(text: str) -> str:
    """The text without what would steer a terminal or turn the writing of a whole line."""
    calm = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in calm if c not in _STEERING).split())


def width(text: str) -> int:
    """How many columns a terminal gives the text."""
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fitted(text: str, most: int) -> str:
    """The text cut to so many columns and filled up with spaces to them."""
    shown = one_line(text)
    if width(shown) > most:
        room = most - 1
        kept = ""
        for character in shown:
            room -= _width(character)
            if room < 0:
                break
            kept += character
        shown = kept.rstrip() + "…"
    space = " " * max(most - width(shown), 0)
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shown):
        shown = _ISOLATE + shown + _END
    return shown + space


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """Lines of at most WIDEST columns, unless the numbers alone are wider."""
    cells = [[column.title for column in columns], *rows]
    natural = [max(width(one_line(row[i])) for row in cells) for i in range(len(columns))]
    widths = _widths(columns, natural)
    lines = []
    for row in cells:
        line = [
            fitted(cell, size) if column.is_text else cell.rjust(size)
            for column, cell, size in zip(columns, row, widths, strict=True)
            if size
        ]
        lines.append(_GAP.join(line).rstrip() + "\n")
    return "".join(lines)


def _widths(columns: Sequence[Column], natural: Sequence[int]) -> list[int]:
    """Numbers whole; texts share what is left, and one without room for anything is left out."""
    widths = list(natural)
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - WIDEST
    texts = [i for i, column in enumerate(columns) if column.is_text]
    for least in (2 * _LEAST, _LEAST):
        for i in reversed(texts):
            cut = min(max(over, 0), max(widths[i] - least, 0))
            widths[i] -= cut
            over -= cut
    if over > 0 and len(texts) > 1:
        widths[texts[-1]] = 0
    return widths
