"""Hubs and the centre, who holds which seat and for how long, cycles and rounds."""

from hubs.models.hubs import Hub, HubCountry, HubKind
from hubs.models.rounds import (
    TIMETABLE_FIELDS,
    WHOLE_BP,
    Cycle,
    Lane,
    LaneKind,
    LaneMethod,
    ResourceKind,
    Round,
    RoundBudget,
    RoundLevel,
)
from hubs.models.seats import CENTRE_ONLY, Body, Seat, SeatFunction, Term, TermQuerySet

__all__ = [
    "CENTRE_ONLY",
    "TIMETABLE_FIELDS",
    "WHOLE_BP",
    "Body",
    "Cycle",
    "Hub",
    "HubCountry",
    "HubKind",
    "Lane",
    "LaneKind",
    "LaneMethod",
    "ResourceKind",
    "Round",
    "RoundBudget",
    "RoundLevel",
    "Seat",
    "SeatFunction",
    "Term",
    "TermQuerySet",
]
