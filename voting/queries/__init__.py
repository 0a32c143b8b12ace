"""Reading elections: what is frozen, the merged ballots, what a result page shows."""

from voting.queries.counting import (
    COUNT_TASK,
    ballot_groups,
    counting_code_version,
    counts_of,
    frozen_form,
    frozen_hash,
    instance_of,
    lanes_of,
    profiles_of,
)
from voting.queries.items import Explanation, explanation_of, item_at, item_text
from voting.queries.results import (
    BallotLane,
    LaneResult,
    Result,
    ResultRow,
    elections_of,
    is_withdrawn,
    item_title,
    paper_lanes,
    result_of,
    tallies_of,
)
from voting.queries.roll import NotOnRoll, RollAnswer, open_elections_for, roll_answer

__all__ = [
    "COUNT_TASK",
    "BallotLane",
    "Explanation",
    "LaneResult",
    "NotOnRoll",
    "Result",
    "ResultRow",
    "RollAnswer",
    "ballot_groups",
    "counting_code_version",
    "counts_of",
    "elections_of",
    "explanation_of",
    "frozen_form",
    "frozen_hash",
    "instance_of",
    "is_withdrawn",
    "item_at",
    "item_text",
    "item_title",
    "lanes_of",
    "open_elections_for",
    "paper_lanes",
    "profiles_of",
    "result_of",
    "roll_answer",
    "tallies_of",
]
