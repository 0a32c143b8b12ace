"""What home shows to everyone: results worth reading, and what is open now."""

from datetime import datetime

from django.db.models import Prefetch, QuerySet

from hubs.models import Lane, Round, RoundBudget
from proposals.models import Proposal
from voting.models import Election

SHOWN = 6


def recent_elections(now: datetime) -> QuerySet[Election]:
    """The elections that closed last, with their hubs."""
    counted = Election.objects.with_visible_results(now).filter(tallies__decides=True)
    counted = counted.select_related("round__hub").distinct()
    return counted.order_by("-closes_at", "pk")[:SHOWN]


def open_rounds(now: datetime) -> QuerySet[Round]:
    """Rounds that people can take part in now, those with a vote first; practice left out."""
    running = Round.objects.filter(
        opened_at__lte=now, submission_at__lte=now, delivery_at__gt=now, is_practice=False
    )
    return running.select_related("hub", "cycle").order_by("-voting_at", "pk")


def lanes_with_budgets(round_: Round) -> QuerySet[Lane]:
    """The lanes of a round with what each has to give, the largest share first."""
    budgets = Prefetch("budgets", RoundBudget.objects.order_by("kind"))
    return round_.lanes.order_by("-share_bp", "kind").prefetch_related(budgets)


def public_count(round_: Round) -> int:
    """How many proposals everyone can read in a round."""
    return Proposal.objects.public().filter(lane__round=round_).count()
