"""What a vote of a `.pb` file may be, and what reading all of them gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from voting.rules.model import BallotFormat
from voting.rules.pabulib.ballots import Ballots
from voting.rules.pabulib.faults import PabulibWarning
from voting.rules.pabulib.voters import Voters
from voting.rules.profile import Ints

FORMATS: Mapping[str, BallotFormat] = {
    "approval": BallotFormat.APPROVAL,
    "choose-1": BallotFormat.APPROVAL,
    "cumulative": BallotFormat.CUMULATIVE,
    "scoring": BallotFormat.SCORING,
    "ordinal": BallotFormat.RANKING,
}
POINTED = (BallotFormat.CUMULATIVE, BallotFormat.SCORING)


@dataclass(frozen=True, slots=True)
class Voting:
    """How the votes of one file are to be read.

    vote_type: a key of FORMATS. places: project id -> index. default: the points of a project that
    a scoring ballot does not name. merge_repeated: let an approval that is repeated count once.
    keep_voters: keep what the rows say besides the vote.
    """

    vote_type: str
    places: Mapping[str, int]
    default: int = 0
    merge_repeated: bool = False
    keep_voters: bool = False

    @property
    def format(self) -> BallotFormat:
        return FORMATS[self.vote_type]

    @property
    def is_single(self) -> bool:
        return self.vote_type == "choose-1"

    @property
    def is_pointed(self) -> bool:
        return self.format in POINTED

    @property
    def merges(self) -> bool:
        """Points and ranks of a repeated project contradict each other: only approvals merge."""
        return self.merge_repeated and self.format is BallotFormat.APPROVAL

    @property
    def own_columns(self) -> tuple[str, ...]:
        """The columns that are read; the others say something about voters."""
        return ("vote", "points") if self.is_pointed else ("vote",)


@dataclass(frozen=True, slots=True)
class Votes:
    """All votes of a file, and the lines their rows begin on.

    repeated_voters: lines of the rows whose voter_id an earlier row has.
    merged: lines of the votes that name a project twice.
    """

    ballots: Ballots
    lines: Ints
    repeated_voters: list[int]
    merged: list[int]
    voters: Voters | None

    def warnings(self) -> Iterator[PabulibWarning]:
        """What was odd. No voter's id is in it: that is nobody's business here."""
        for code, lines in (
            ("REPEATED_VOTER", self.repeated_voters),
            ("REPEATED_PROJECT_MERGED", self.merged),
        ):
            if lines:
                yield PabulibWarning(lines[0], code, {"rows": str(len(lines))})
