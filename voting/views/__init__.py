"""Pages of elections."""

from voting.views.elections import election, import_election, item, progress, recount
from voting.views.freezing import freeze_election

__all__ = ["election", "freeze_election", "import_election", "item", "progress", "recount"]
