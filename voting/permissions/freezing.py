"""Who freezes elections."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from hubs.models import Round, SeatFunction
from hubs.queries import holds
from members.models import Member


def can_freeze_election(visitor: Member | AnonymousUser, /, round: Round, *, now: datetime) -> bool:
    """The returning officer of the round's hub; whether it can be frozen yet, the page says."""
    return isinstance(visitor, Member) and holds(
        visitor, [SeatFunction.RETURNING_OFFICER], round.hub, now
    )
