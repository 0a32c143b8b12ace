"""Elections, what is on them, who may vote, the ballots, and what came of them."""

from hubs.models import ResourceKind
from voting.models.ballots import Ballot, BallotDraft, BallotEvent, CastKey
from voting.models.elections import (
    MOVES,
    BallotFormat,
    Election,
    ElectionKind,
    ElectionLane,
    ElectionOrigin,
    ElectionStatus,
    only_while,
)
from voting.models.items import NAMELESS, Item, ItemText, RollEntry, RollReason
from voting.models.rules import COMPLETED, WAYS, Way, way_of
from voting.models.tallies import Manifest, Tally

__all__ = [
    "COMPLETED",
    "MOVES",
    "NAMELESS",
    "WAYS",
    "Ballot",
    "BallotDraft",
    "BallotEvent",
    "BallotFormat",
    "CastKey",
    "Election",
    "ElectionKind",
    "ElectionLane",
    "ElectionOrigin",
    "ElectionStatus",
    "Item",
    "ItemText",
    "Manifest",
    "ResourceKind",
    "RollEntry",
    "RollReason",
    "Tally",
    "Way",
    "only_while",
    "way_of",
]
