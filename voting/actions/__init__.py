"""What can happen to an election: imported or frozen, closed, counted from its manifest."""

from hubs.actions import NoFramework
from voting.actions.casting import (
    BallotRefused,
    CastKeyReused,
    NotOpenYet,
    Receipt,
    VotingClosed,
    cast_ballot,
    discard_draft,
    save_draft,
)
from voting.actions.closing import StillOpen, close_due_elections, close_election
from voting.actions.counting import (
    ALARMS,
    CountIsAlarm,
    ManifestMismatch,
    NoCount,
    TallyDiffers,
    count_election,
    recount_election,
)
from voting.actions.freezing import (
    AlreadyFrozen,
    FreezeRefused,
    NothingShortlisted,
    PaperChanged,
    PracticeRound,
    RollTooSmall,
    TooLate,
    WrongPhase,
    freeze_election,
)
from voting.actions.importing import (
    LARGEST_AMOUNT,
    AmountTooLarge,
    NothingOnTheBallot,
    import_election,
)
from voting.actions.moving import WrongStatus
from voting.actions.practice import (
    NoCycle,
    PracticeOutOfBounds,
    PracticeUnderWay,
    TooManyPractices,
    cast_invented,
    open_practice,
)
from voting.actions.rolling_back import NotRolledBack, accept_rollback

__all__ = [
    "ALARMS",
    "LARGEST_AMOUNT",
    "AlreadyFrozen",
    "AmountTooLarge",
    "BallotRefused",
    "CastKeyReused",
    "CountIsAlarm",
    "FreezeRefused",
    "ManifestMismatch",
    "NoCount",
    "NoCycle",
    "NoFramework",
    "NotOpenYet",
    "NotRolledBack",
    "NothingOnTheBallot",
    "NothingShortlisted",
    "PaperChanged",
    "PracticeOutOfBounds",
    "PracticeRound",
    "PracticeUnderWay",
    "Receipt",
    "RollTooSmall",
    "StillOpen",
    "TallyDiffers",
    "TooLate",
    "TooManyPractices",
    "VotingClosed",
    "WrongPhase",
    "WrongStatus",
    "accept_rollback",
    "cast_ballot",
    "cast_invented",
    "close_due_elections",
    "close_election",
    "count_election",
    "discard_draft",
    "freeze_election",
    "import_election",
    "open_practice",
    "recount_election",
    "save_draft",
]
