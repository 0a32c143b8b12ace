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
from voting.queries.results import (
    LaneResult,
    Result,
    ResultRow,
    elections_of,
    is_withdrawn,
    item_title,
    result_of,
    tallies_of,
)

__all__ = [
    "COUNT_TASK",
    "LaneResult",
    "Result",
    "ResultRow",
    "ballot_groups",
    "counting_code_version",
    "counts_of",
    "elections_of",
    "frozen_form",
    "frozen_hash",
    "instance_of",
    "is_withdrawn",
    "item_title",
    "lanes_of",
    "profiles_of",
    "result_of",
    "tallies_of",
]
