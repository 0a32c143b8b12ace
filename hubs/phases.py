"""Phases of a round: computed from its timetable and the clock, never stored."""

import itertools
from dataclasses import astuple, dataclass
from datetime import datetime
from enum import StrEnum


class Phase(StrEnum):
    PREPARATION = "PREPARATION"
    SUBMISSION = "SUBMISSION"
    REVIEW = "REVIEW"
    DELIBERATION = "DELIBERATION"
    VOTING = "VOTING"
    COUNTING = "COUNTING"
    RESULTS = "RESULTS"
    DELIVERY = "DELIVERY"


class TimetableOutOfOrder(ValueError):
    """A phase would begin before the one it follows."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """When each phase after PREPARATION begins; intervals are half-open, so no moment is in two."""

    submission_at: datetime
    review_at: datetime
    deliberation_at: datetime
    voting_at: datetime
    counting_at: datetime
    results_at: datetime
    delivery_at: datetime

    def __post_init__(self) -> None:
        moments = astuple(self)
        if any(later < earlier for earlier, later in itertools.pairwise(moments)):
            raise TimetableOutOfOrder

    def phase_at(self, now: datetime) -> Phase:
        begun: int = sum(moment <= now for moment in astuple(self))
        return tuple(Phase)[begun]

    def begins(self) -> list[tuple[Phase, datetime]]:
        """Each phase after PREPARATION with the moment it begins, in order."""
        return list(zip(list(Phase)[1:], astuple(self), strict=True))
