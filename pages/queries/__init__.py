"""What the composed pages show."""

from pages.queries.home import lanes_with_budgets, open_rounds, public_count, recent_elections
from pages.queries.todo import Task, to_do

__all__ = [
    "Task",
    "lanes_with_budgets",
    "open_rounds",
    "public_count",
    "recent_elections",
    "to_do",
]
