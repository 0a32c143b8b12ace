"""The strict way through VOTES: row by row, with the line of whatever is wrong."""

import re

import numpy as np

from voting.rules.model import BallotFormat
from voting.rules.pabulib.ballots import Ballots
from voting.rules.pabulib.cells import row_text
from voting.rules.pabulib.faults import PabulibError
from voting.rules.pabulib.sections import Section
from voting.rules.pabulib.voters import Voters
from voting.rules.pabulib.votes import Votes, Voting
from voting.rules.profile import Ballot, Ints, spans

# Real files stay far below; a small file must not be able to fill the memory or the processor.
MOST_POINT_DIGITS = 9
MOST_FILLED = 5_000_000

_POINTS = re.compile(r"(-?)([0-9]+)")


def read_rows(section: Section, voting: Voting) -> Votes:
    """Raises PabulibError for the first vote that is not valid."""
    repeated = _repeated_voters(section)
    reader = _BallotReader(voting)
    ballots = reader.ballots(section)
    return Votes(
        ballots=ballots,
        lines=np.array([line for line, _cells in section.rows], dtype=np.int64),
        repeated_voters=repeated,
        merged=reader.merged_lines,
        voters=_voters(section, voting) if voting.keep_voters else None,
    )


class _BallotReader:
    def __init__(self, voting: Voting) -> None:
        self.voting = voting
        self.merged: set[str] = set()
        self.merged_lines: list[int] = []
        self.filled = 0
        # Many voters cast the same vote: each text is read once, and its ballot shared.
        self.known: dict[tuple[str, str], int] = {}
        self.distinct: list[Ballot] = []

    def ballots(self, votes: Section) -> Ballots:
        vote = votes.column("vote")
        points = votes.column("points") if self.voting.is_pointed else None
        found: list[int] = []
        for line, cells in votes.rows:
            key = cells[vote], "" if points is None else cells[points]
            place = self.known.get(key)
            if place is None:
                place = self.known[key] = len(self.distinct)
                self.distinct.append(self._ballot(line, *key))
            found.append(place)
            if cells[vote] in self.merged:
                self.merged_lines.append(line)
        return self._flat(np.array(found, dtype=np.int64))

    def _flat(self, found: Ints) -> Ballots:
        marks = [mark for ballot in self.distinct for mark in ballot]
        flat = np.array(marks, dtype=np.int64).reshape(-1, 2)
        lengths = np.array([len(ballot) for ballot in self.distinct], dtype=np.int64)
        begins = np.cumsum(lengths) - lengths
        places = spans(begins[found], lengths[found])
        return Ballots(
            self.voting.format,
            np.concatenate([[0], np.cumsum(lengths[found])]),
            flat[places, 0],
            flat[places, 1],
            default=self.voting.default,
            available=len(self.voting.places),
        )

    def _ballot(self, line: int, vote: str, points: str) -> Ballot:
        chosen = self._chosen(line, vote)
        if self.voting.is_pointed:
            values = [whole_points(line, part) for part in _listed(points)]
            if len(values) != len(chosen):
                counts = {"projects": str(len(chosen)), "points": str(len(values))}
                raise PabulibError(line, "POINTS_COUNT", **counts)
        elif self.voting.format is BallotFormat.RANKING:
            values = list(range(1, len(chosen) + 1))
        else:
            values = [1] * len(chosen)
        if self.voting.default:
            self.filled += len(self.voting.places)
            if self.filled > MOST_FILLED:
                raise PabulibError(line, "TOO_MANY_POINTS", limit=str(MOST_FILLED))
        return tuple(sorted(zip(chosen, values, strict=True)))

    def _chosen(self, line: int, vote: str) -> list[int]:
        chosen: dict[int, None] = {}
        for cell in _listed(vote):
            place = self.voting.places.get(cell)
            if place is None:
                raise PabulibError(line, "UNKNOWN_PROJECT", project=cell)
            if place in chosen and not self.voting.merges:
                raise PabulibError(line, "REPEATED_PROJECT", project=cell)
            if place in chosen:
                self.merged.add(vote)
            chosen[place] = None
        if self.voting.is_single and len(chosen) > 1:
            raise PabulibError(line, "TOO_MANY_PROJECTS", projects=str(len(chosen)))
        return list(chosen)


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",")] if cell.strip() else []


def whole_points(line: int, text: str) -> int:
    """Points as a whole number from 0; raises PabulibError for anything else."""
    match = _POINTS.fullmatch(text)
    if match is None:
        raise PabulibError(line, "BAD_POINTS", value=text)
    if match[1]:
        raise PabulibError(line, "NEGATIVE_POINTS", value=text)
    if len(text) > MOST_POINT_DIGITS:
        raise PabulibError(line, "NUMBER_TOO_LARGE", column="points", digits=str(MOST_POINT_DIGITS))
    return int(text)


def _repeated_voters(section: Section) -> list[int]:
    column = section.column("voter_id")
    seen: set[str] = set()
    repeated: list[int] = []
    for line, cells in section.rows:
        if cells[column] in seen:
            repeated.append(line)
        seen.add(cells[column])
    return repeated


def _voters(section: Section, voting: Voting) -> Voters:
    places = [n for n, name in enumerate(section.columns) if name not in voting.own_columns]
    rows = (row_text(cells[place] for place in places) + "\n" for _line, cells in section.rows)
    kept = tuple(section.columns[place] for place in places)
    return Voters(tuple(section.columns), kept, "".join(rows).encode())
