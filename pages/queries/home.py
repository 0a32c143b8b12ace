"""What home shows to everyone: results worth reading, and what is open now."""

from datetime import datetime

from django.db.models import QuerySet

from hubs.models import Round
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
