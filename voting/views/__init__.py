"""Pages of elections."""

from voting.views.elections import election, import_election, progress, recount

__all__ = ["election", "import_election", "progress", "recount"]
