"""What the composed pages show."""

from pages.queries.home import SHOWN, open_rounds, public_count, recent_elections
from pages.queries.round import OpenVote, open_votes
from pages.queries.task import Task
from pages.queries.todo import to_do

__all__ = [
    "SHOWN",
    "OpenVote",
    "Task",
    "open_rounds",
    "open_votes",
    "public_count",
    "recent_elections",
    "to_do",
]
