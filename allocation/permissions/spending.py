"""Who may spend what a hub was given."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from hubs.models import Round, SeatFunction
from hubs.queries import holds
from members.models import Member
from voting.models import Election


def can_fund_round(visitor: Member | AnonymousUser, /, round: Round, *, now: datetime) -> bool:
    """The treasurer of the round's hub."""
    return isinstance(visitor, Member) and holds(visitor, [SeatFunction.TREASURER], round.hub, now)


def can_make_awards(
    visitor: Member | AnonymousUser, /, election: Election, *, now: datetime
) -> bool:
    """The treasurer of the hub whose round was voted on."""
    return can_fund_round(visitor, election.round, now=now)
