"""Pages of elections."""

from voting.views.booth import cast_ballot, discard_draft, in_booth, receipt, review, vote
from voting.views.elections import (
    bundle,
    election,
    import_election,
    invented,
    item,
    progress,
    recount,
    result_csv,
)
from voting.views.freezing import freeze_election
from voting.views.practice import open_practice
from voting.views.trying import try_rules

__all__ = [
    "bundle",
    "cast_ballot",
    "discard_draft",
    "election",
    "freeze_election",
    "import_election",
    "in_booth",
    "invented",
    "item",
    "open_practice",
    "progress",
    "receipt",
    "recount",
    "result_csv",
    "review",
    "try_rules",
    "vote",
]
