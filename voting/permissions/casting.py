"""Who may enter the booth, and who may cast."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from hubs.models import Hub, SeatFunction
from hubs.queries import holds
from members.models import Member
from voting.models import Election, ElectionOrigin, ElectionStatus


def can_enter_booth(
    visitor: Member | AnonymousUser, /, election: Election, *, now: datetime
) -> bool:
    """Every member, to be told there whether they are on the roll; nobody before the freeze."""
    return (
        isinstance(visitor, Member)
        and election.origin == ElectionOrigin.OWN
        and election.status != ElectionStatus.DRAFT
    )


def can_cast_ballot(
    visitor: Member | AnonymousUser, /, election: Election, *, now: datetime
) -> bool:
    """Who is on the frozen roll. Whether voting is on, the database's clock says when they cast."""
    return (
        isinstance(visitor, Member)
        and can_enter_booth(visitor, election, now=now)
        and election.roll.filter(member=visitor).exists()
    )


def can_open_practice(visitor: Member | AnonymousUser, /, hub: Hub, *, now: datetime) -> bool:
    """The facilitators of the hub."""
    return isinstance(visitor, Member) and holds(visitor, [SeatFunction.FACILITATOR], hub, now)
