"""A block of rows of VOTES without quotes, cut into cells and items, all at once."""

from dataclasses import dataclass

import numpy as np

from voting.rules.pabulib.words import SPARE, Bytes, Unusual
from voting.rules.profile import Ints, spans

_BREAK, _RETURN, _QUOTE, _COMMA, _SEMICOLON = (ord(sign) for sign in '\n\r",;')


@dataclass(frozen=True, slots=True)
class Block:
    """Items: what stands between two of `;`, `,` and line break.

    text: the rows, and SPARE bytes. begins, stops: where each item begins and stops in it.
    lasts: (row, column) -> the last item of the cell. lines: how many lines are before each row.
    breaks: how many lines there are, blank ones included.
    """

    text: Bytes
    begins: Ints
    stops: Ints
    lasts: Ints
    lines: Ints
    breaks: int

    @property
    def firsts(self) -> Ints:
        """(row, column) -> the first item of the cell."""
        firsts = np.zeros_like(self.lasts)
        firsts.flat[1:] = self.lasts.flat[:-1] + 1
        return firsts

    def cells(self, column: int) -> tuple[Ints, Ints]:
        """Where the cells of a column begin, and how long they are."""
        begins = self.begins[self.firsts[:, column]]
        return begins, self.stops[self.lasts[:, column]] - begins

    def items(self, column: int) -> tuple[Ints, Ints, Ints]:
        """How many items each cell of a column lists, where they begin and how long they are."""
        first, last = self.firsts[:, column], self.lasts[:, column]
        counts = last - first + 1
        counts[(counts == 1) & (self.begins[first] == self.stops[last])] = 0
        items = spans(first, counts)
        begins = self.begins[items]
        return counts, begins, self.stops[items] - begins

    def without(self, columns: list[int]) -> bytes:
        """The rows with these columns left out, each ended by a line break."""
        kept = [place for place in range(self.lasts.shape[1]) if place not in columns]
        steps = np.zeros(len(self.text) + 1, dtype=np.int8)
        text = self.text.copy()
        for place in kept:
            begins, lengths = self.cells(place)
            stops = begins + lengths
            steps[begins] += 1
            steps[stops + 1] -= 1  # with one byte behind the cell, whatever it was
            text[stops] = _BREAK if place == kept[-1] else _SEMICOLON
        is_kept = np.cumsum(steps[:-1], dtype=np.int8).astype(bool)
        rows: bytes = text[is_kept].tobytes()
        return rows


def cut(rows: bytes, columns: int) -> Block:
    """Cut whole rows. Raises Unusual where they do not all have so many cells, or are odd."""
    if not rows.isascii():
        _decodes(rows)
    if not rows.endswith(b"\n"):
        rows += b"\n"
    text = np.frombuffer(rows + bytes(SPARE), dtype=np.uint8)
    ends = _ends(text)
    kinds = text[ends]
    begins = np.concatenate([[0], ends[:-1] + 1])
    # A carriage return right before a line break belongs to it; any other is part of a cell.
    is_break = kinds == _BREAK
    returns = is_break & (ends > begins) & (text[ends - 1] == _RETURN)
    if np.count_nonzero(returns) != np.count_nonzero(text == _RETURN):
        raise Unusual
    stops = ends - returns
    is_after_break = np.concatenate([[True], is_break[:-1]])
    is_blank = is_after_break & is_break & (begins == stops)
    lines = np.flatnonzero(~is_blank[is_break])
    if is_blank.any():
        begins, stops, kinds = begins[~is_blank], stops[~is_blank], kinds[~is_blank]
    return Block(text, begins, stops, _lasts(kinds, columns), lines, int(is_break.sum()))


def _decodes(rows: bytes) -> None:
    try:
        rows.decode()
    except UnicodeDecodeError as error:
        raise Unusual from error


def _ends(text: Bytes) -> Ints:
    is_end = text == _COMMA
    for sign in (_SEMICOLON, _BREAK):
        is_end |= text == sign
    return np.flatnonzero(is_end)


def _lasts(kinds: Bytes, columns: int) -> Ints:
    """The table of cells, once it is sure that every row has as many of them."""
    lasts = np.flatnonzero(kinds != _COMMA)
    if len(lasts) % columns:
        raise Unusual
    table = lasts.reshape(-1, columns)
    separators = kinds[table]
    if (separators[:, :-1] != _SEMICOLON).any() or (separators[:, -1] != _BREAK).any():
        raise Unusual
    return table
