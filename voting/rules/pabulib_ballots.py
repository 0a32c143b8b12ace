"""The VOTES section of a `.pb` file: one ballot per row."""

import re
from collections.abc import Mapping

from voting.rules.model import BallotFormat
from voting.rules.pabulib_csv import Section
from voting.rules.pabulib_faults import PabulibError, PabulibWarning
from voting.rules.profile import Ballot

# Real files stay far below; a small file must not be able to fill the memory or the processor.
MOST_POINT_DIGITS = 9
MOST_FILLED = 5_000_000

FORMATS: Mapping[str, BallotFormat] = {
    "approval": BallotFormat.APPROVAL,
    "choose-1": BallotFormat.APPROVAL,
    "cumulative": BallotFormat.CUMULATIVE,
    "scoring": BallotFormat.SCORING,
    "ordinal": BallotFormat.RANKING,
}

_POINTS = re.compile(r"[0-9]+")


class BallotReader:
    """Reads the votes of one file.

    vote_type: a key of FORMATS. places: project id -> index. default: the points of a project that
    a scoring ballot does not name. merge_repeated: let an approval that is repeated count once.
    """

    def __init__(
        self, vote_type: str, places: Mapping[str, int], default: int, *, merge_repeated: bool
    ) -> None:
        self.format = FORMATS[vote_type]
        self.single = vote_type == "choose-1"
        self.pointed = self.format in (BallotFormat.CUMULATIVE, BallotFormat.SCORING)
        self.places = places
        self.default = default
        # Points and ranks of a repeated project contradict each other: only approvals can merge.
        self.merge_repeated = merge_repeated and self.format is BallotFormat.APPROVAL
        self.merged: set[str] = set()
        self.merged_lines: list[int] = []
        self.filled = 0
        # Many voters cast the same vote: each text is read once, and its ballot shared.
        self.known: dict[tuple[str, str], Ballot] = {}

    def ballots(self, votes: Section) -> tuple[Ballot, ...]:
        """One ballot per row, in file order; raises PabulibError for a vote that is not valid."""
        vote = votes.column("vote")
        points = votes.column("points") if self.pointed else None
        found: list[Ballot] = []
        for line, cells in votes.rows:
            key = cells[vote], "" if points is None else cells[points]
            ballot = self.known.get(key)
            if ballot is None:
                ballot = self.known[key] = self._ballot(line, *key)
            found.append(ballot)
            if cells[vote] in self.merged:
                self.merged_lines.append(line)
        return tuple(found)

    def warnings(self) -> list[PabulibWarning]:
        """What was odd in the votes read so far."""
        if not self.merged_lines:
            return []
        params = {"rows": str(len(self.merged_lines))}
        return [PabulibWarning(self.merged_lines[0], "REPEATED_PROJECT_MERGED", params)]

    def _ballot(self, line: int, vote: str, points: str) -> Ballot:
        chosen = self._chosen(line, vote)
        if self.pointed:
            values = _points(line, points)
            if len(values) != len(chosen):
                counts = {"projects": str(len(chosen)), "points": str(len(values))}
                raise PabulibError(line, "POINTS_COUNT", **counts)
        elif self.format is BallotFormat.RANKING:
            values = list(range(1, len(chosen) + 1))
        else:
            values = [1] * len(chosen)
        ballot = dict(zip(chosen, values, strict=True))
        if self.default:
            self.filled += len(self.places)
            if self.filled > MOST_FILLED:
                raise PabulibError(line, "TOO_MANY_POINTS", limit=str(MOST_FILLED))
            ballot = dict.fromkeys(self.places.values(), self.default) | ballot
        return tuple(sorted(ballot.items()))

    def _chosen(self, line: int, vote: str) -> list[int]:
        chosen: dict[int, None] = {}
        for cell in _listed(vote):
            place = self.places.get(cell)
            if place is None:
                raise PabulibError(line, "UNKNOWN_PROJECT", project=cell)
            if place in chosen and not self.merge_repeated:
                raise PabulibError(line, "REPEATED_PROJECT", project=cell)
            if place in chosen:
                self.merged.add(vote)
            chosen[place] = None
        if self.single and len(chosen) > 1:
            raise PabulibError(line, "TOO_MANY_PROJECTS", projects=str(len(chosen)))
        return list(chosen)


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",")] if cell.strip() else []


def _points(line: int, cell: str) -> list[int]:
    return [whole_points(line, part) for part in _listed(cell)]


def whole_points(line: int, text: str) -> int:
    """Points as a whole number from 0; raises PabulibError for anything else."""
    if _POINTS.fullmatch(text) is None:
        raise PabulibError(line, "BAD_POINTS", value=text)
    if len(text) > MOST_POINT_DIGITS:
        raise PabulibError(line, "NUMBER_TOO_LARGE", column="points", digits=str(MOST_POINT_DIGITS))
    return int(text)
