"""The quick way through VOTES: block by block with NumPy, only where nothing is out of the ordinary.

Whatever it reads, `voting.rules.pabulib.rows` reads the same; where it is not sure of that, it
raises Unusual and says nothing about the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from voting.rules.model import BallotFormat
from voting.rules.pabulib.ballots import Ballots
from voting.rules.pabulib.blocks import Block, cut
from voting.rules.pabulib.sections import Section, decode, sections
from voting.rules.pabulib.voters import Voters
from voting.rules.pabulib.votes import Votes, Voting
from voting.rules.pabulib.words import (
    Ids,
    Unusual,
    Words,
    mixed,
    pieces_words,
    whole_numbers,
)
from voting.rules.profile import Ints

Number = TypeVar("Number", bound=np.generic)

_AT_ONCE = 2**18  # bytes: a block and what is worked out of it stay in the processor's cache
_VALUE_BITS = 30  # points have up to 9 digits
_PLACE_BITS = 13  # there are up to 5,000 projects
_TITLE = re.compile(rb"\nVOTES\r?\n[^\n]*\n")


@dataclass(frozen=True, slots=True)
class Head:
    """A file up to the header of VOTES. at: where the rows of VOTES begin. line: their first."""

    meta: Section
    projects: Section
    votes: Section
    at: int
    line: int


def read_head(data: bytes) -> Head:
    """Raises Unusual or PabulibError where the strict way has to read the file."""
    title = _TITLE.search(data)
    if title is None or data.find(b'"', title.end()) >= 0 or data.find(b"\0", title.end()) >= 0:
        raise Unusual
    head = data[: title.end()]
    meta, projects, votes = sections(decode(head))
    return Head(meta, projects, votes, len(head), head.count(b"\n") + 1)


def read_blocks(data: bytes, head: Head, voting: Voting) -> Votes:
    """The same as `read_rows`. Raises Unusual or PabulibError where that one has to do it."""
    if voting.default:
        raise Unusual
    reader = _BlockReader(head, voting)
    for at, block in _blocks(data, head):
        reader.add(at, block)
    return reader.votes(data)


def _blocks(data: bytes, head: Head) -> Iterator[tuple[int, Block]]:
    """Whole rows, some at a time, and where they begin."""
    at = head.at
    while at < len(data):
        end = data.rfind(b"\n", at, at + _AT_ONCE) + 1
        if not end:  # a row longer than that
            end = data.find(b"\n", at + _AT_ONCE) + 1 or len(data)
        yield at, cut(data[at:end], len(head.votes.columns))
        at = end


@dataclass(slots=True)
class _Found:
    """What the blocks held, a piece for each."""

    lengths: list[Ints] = field(default_factory=list)
    projects: list[NDArray[np.uint16]] = field(default_factory=list)
    values: list[NDArray[np.int32]] = field(default_factory=list)
    lines: list[Ints] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)
    voter_begins: list[Ints] = field(default_factory=list)
    voter_lengths: list[Ints] = field(default_factory=list)
    voter_words: list[Words] = field(default_factory=list)
    voter_texts: list[bytes] = field(default_factory=list)


class _BlockReader:
    def __init__(self, head: Head, voting: Voting) -> None:
        section = head.votes
        self.voting = voting
        self.columns = tuple(section.columns)
        self.voter = section.column("voter_id")
        self.own = [section.column(name) for name in voting.own_columns]
        self.ids = Ids([one.encode() for one in voting.places])
        self.line = head.line
        self.found = _Found()

    def add(self, at: int, block: Block) -> None:
        """Read a block that begins at this byte of the file."""
        found = self.found
        lines = self.line + block.lines
        found.lines.append(lines)
        self.line += block.breaks
        counts, begins, lengths = block.items(self.own[0])
        places = self.ids.places(block.text, begins, lengths)
        marks = _packed(counts, places, self._values(block, counts))
        if self.voting.merges:
            marks = self._merged(marks, lines)
        rows = marks >> (_PLACE_BITS + _VALUE_BITS)
        self._add_marks(marks, np.bincount(rows, minlength=len(lines)))
        self._add_voters(at, block)

    def _values(self, block: Block, counts: Ints) -> Ints:
        if self.voting.is_pointed:
            points, begins, lengths = block.items(self.own[1])
            if not np.array_equal(points, counts):
                raise Unusual
            return whole_numbers(block.text, begins, lengths)
        total = int(counts.sum())
        if self.voting.format is BallotFormat.RANKING:
            return np.arange(1, total + 1) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.ones(total, dtype=np.int64)

    def _merged(self, marks: Ints, lines: Ints) -> Ints:
        """Without the approvals that are repeated in a row, whose line is noted."""
        is_first = np.concatenate([[True], marks[1:] != marks[:-1]])[: len(marks)]
        rows = marks[~is_first] >> (_PLACE_BITS + _VALUE_BITS)
        self.found.merged += dict.fromkeys(lines[rows].tolist())
        once: Ints = marks[is_first]
        return once

    def _add_marks(self, marks: Ints, lengths: Ints) -> None:
        named = marks >> _VALUE_BITS
        if (named[1:] == named[:-1]).any():
            raise Unusual
        if self.voting.is_single and lengths.max(initial=0) > 1:
            raise Unusual
        self.found.lengths.append(lengths)
        self.found.projects.append((named & (2**_PLACE_BITS - 1)).astype(np.uint16))
        if self.voting.format is not BallotFormat.APPROVAL:
            self.found.values.append((marks & (2**_VALUE_BITS - 1)).astype(np.int32))

    def _add_voters(self, at: int, block: Block) -> None:
        begins, lengths = block.cells(self.voter)
        self.found.voter_words.append(mixed(pieces_words(block.text, begins, lengths), lengths))
        self.found.voter_begins.append(at + begins)
        self.found.voter_lengths.append(lengths)
        if self.voting.keep_voters:
            self.found.voter_texts.append(block.without(self.own))

    def votes(self, data: bytes) -> Votes:
        """All of them, once every block was added."""
        found = self.found
        lines = _joined(found.lines, np.int64)
        repeated = _repeated(
            data,
            _joined(found.voter_words, np.uint64),
            _joined(found.voter_begins, np.int64),
            _joined(found.voter_lengths, np.int64),
        )
        kept = tuple(name for name in self.columns if name not in self.voting.own_columns)
        voters = Voters(self.columns, kept, b"".join(found.voter_texts))
        return Votes(
            ballots=self._ballots(),
            lines=lines,
            repeated_voters=lines[repeated].tolist(),
            merged=found.merged,
            voters=voters if self.voting.keep_voters else None,
        )

    def _ballots(self) -> Ballots:
        lengths = _joined(self.found.lengths, np.int64)
        projects = _joined(self.found.projects, np.uint16)
        if self.voting.format is BallotFormat.APPROVAL:
            values: ArrayLike = np.broadcast_to(np.int64(1), projects.shape)
        else:
            values = _joined(self.found.values, np.int32)
        return Ballots(
            self.voting.format,
            np.concatenate([[0], np.cumsum(lengths)]),
            projects,
            values,
            available=len(self.voting.places),
        )


def _packed(counts: Ints, places: NDArray[np.uint16], values: Ints) -> Ints:
    """Row, project and value of each mark in one number, so that sorting them sorts the ballots."""
    rows = np.repeat(np.arange(len(counts)), counts)
    marks: Ints = ((rows << _PLACE_BITS | places) << _VALUE_BITS) | values
    marks.sort()
    return marks


def _repeated(data: bytes, words: Words, begins: Ints, lengths: Ints) -> list[int]:
    """The rows whose voter an earlier row names: equal words first, then byte by byte."""
    ranked = np.sort(words)
    again = ranked[1:][ranked[1:] == ranked[:-1]]
    if not len(again):
        return []
    seen: set[bytes] = set()
    repeated: list[int] = []
    for row in np.flatnonzero(np.isin(words, again)).tolist():
        voter = data[begins[row] : begins[row] + lengths[row]]
        if voter in seen:
            repeated.append(row)
        seen.add(voter)
    return repeated


def _joined(pieces: list[NDArray[Number]], kind: type[Number]) -> NDArray[Number]:
    return np.concatenate([np.zeros(0, dtype=kind), *pieces])
