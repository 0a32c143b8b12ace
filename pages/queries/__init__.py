"""What the composed pages show."""

from pages.queries.home import open_rounds, recent_elections
from pages.queries.todo import Task, to_do

__all__ = ["Task", "open_rounds", "recent_elections", "to_do"]
