"""What can happen to an election: imported or frozen, closed, counted from its manifest."""

from voting.actions.closing import close_election
from voting.actions.counting import (
    ALARMS,
    CountIsAlarm,
    ManifestMismatch,
    TallyDiffers,
    count_election,
    recount_election,
)
from voting.actions.freezing import (
    AlreadyFrozen,
    FreezeRefused,
    NothingShortlisted,
    PracticeRound,
    RollTooSmall,
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

__all__ = [
    "ALARMS",
    "LARGEST_AMOUNT",
    "AlreadyFrozen",
    "AmountTooLarge",
    "CountIsAlarm",
    "FreezeRefused",
    "ManifestMismatch",
    "NothingOnTheBallot",
    "NothingShortlisted",
    "PracticeRound",
    "RollTooSmall",
    "TallyDiffers",
    "WrongPhase",
    "WrongStatus",
    "close_election",
    "count_election",
    "freeze_election",
    "import_election",
    "recount_election",
]
