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
from voting.models.rules import (
    GUIDES,
    LEAST_SUPPORT,
    OPTIONS,
    Guide,
    recommended,
    rule_label,
    rule_words,
)
from voting.models.tallies import Manifest, Tally

__all__ = [
    "GUIDES",
    "LEAST_SUPPORT",
    "MOVES",
    "NAMELESS",
    "OPTIONS",
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
    "Guide",
    "Item",
    "ItemText",
    "Manifest",
    "ResourceKind",
    "RollEntry",
    "RollReason",
    "Tally",
    "only_while",
    "recommended",
    "rule_label",
    "rule_words",
]
