"""Pages of elections."""

from voting.views.booth import cast_ballot, discard_draft, receipt, review, vote
from voting.views.elections import election, import_election, progress, recount
from voting.views.practice import open_practice

__all__ = [
    "cast_ballot",
    "discard_draft",
    "election",
    "import_election",
    "open_practice",
    "progress",
    "receipt",
    "recount",
    "review",
    "vote",
]
