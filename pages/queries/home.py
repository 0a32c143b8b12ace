"""What home shows to everyone: results worth reading, and what is under way; and counts of a round."""

from datetime import datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from hubs.models import Round
from proposals.models import Proposal
from voting.models import Election, Tally

SHOWN = 6
MOST_ROUNDS = 12


def recent_elections(now: datetime) -> QuerySet[Election]:
    """The elections that closed last and are counted, with their hubs; practice left out."""
    counts = Tally.objects.filter(election=OuterRef("pk"), decides=True)
    counted = Election.objects.with_visible_results(now).filter(
        Exists(counts), round__is_practice=False
    )
    return counted.select_related("round__hub").order_by("-closes_at", "pk")[:SHOWN]


def open_rounds(now: datetime) -> QuerySet[Round]:
    """Rounds under way: those with a vote now, then those that will vote, then those that have.

    Practice left out.
    """
    order = Case(
        When(Q(voting_at__lte=now, counting_at__gt=now), then=Value(0)),
        When(voting_at__gt=now, then=Value(1)),
        default=Value(2),
    )
    running = Round.objects.filter(
        opened_at__lte=now, submission_at__lte=now, delivery_at__gt=now, is_practice=False
    )
    return running.select_related("hub", "cycle").order_by(order, "voting_at", "pk")[:MOST_ROUNDS]


def public_count(round_: Round) -> int:
    """How many proposals everyone can read in a round."""
    return Proposal.objects.public().filter(lane__round=round_).count()
