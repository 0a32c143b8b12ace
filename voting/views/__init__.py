"""Pages of elections."""

from voting.views.booth import cast_ballot, discard_draft, receipt, review, vote
from voting.views.elections import election, import_election, item, progress, recount
from voting.views.freezing import freeze_election
from voting.views.practice import open_practice
