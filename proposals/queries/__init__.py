"""Reading proposals and how they are judged."""

from proposals.queries.writing import (
    ORDERS,
    PARTS,
    Happening,
    can_still_come_in,
    history_of,
    lane_budget,
    languages_written,
    listed,
    missing_of,
    own_proposals,
    takes_proposals,
    total_minor,
    totals_of,
    visible_to,
    with_words,
)

__all__ = [
    "ORDERS",
    "PARTS",
    "Happening",
    "can_still_come_in",
    "history_of",
    "lane_budget",
    "languages_written",
    "listed",
    "missing_of",
    "own_proposals",
    "takes_proposals",
    "total_minor",
    "totals_of",
    "visible_to",
    "with_words",
]
