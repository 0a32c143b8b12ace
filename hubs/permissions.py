"""Who may act in a hub. Rights come from terms on seats, and end with them.

No predicate looks at ``is_staff`` or ``is_superuser``: an administrator holds nothing by being one.
"""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from hubs.models import Body, Hub, Seat, SeatFunction, Term
from hubs.queries import has_chair, holds
from members.models import Member

LEADERS = (SeatFunction.CHAIR, SeatFunction.DEPUTY)


def can_give_term(visitor: Member | AnonymousUser, /, seat: Seat, *, now: datetime) -> bool:
    """A hub's chair or deputy fills its seats; the centre's secretary fills the centre's.

    The secretary may also fill the chair of a hub that has none, and nothing else in a hub.
    """
    if not isinstance(visitor, Member):
        return False
    hub = seat.body.hub
    if holds(visitor, [SeatFunction.SECRETARY], None, now):
        return hub is None or (seat.function == SeatFunction.CHAIR and not has_chair(hub, now))
    return hub is not None and holds(visitor, LEADERS, hub, now)


def can_end_term(visitor: Member | AnonymousUser, /, term: Term, *, now: datetime) -> bool:
    """Who may give the seat may end a term on it; a holder may always resign."""
    if not isinstance(visitor, Member):
        return False
    hub = term.seat.body.hub
    return term.member_id == visitor.pk or (
        holds(visitor, [SeatFunction.SECRETARY], None, now)
        if hub is None
        else holds(visitor, LEADERS, hub, now)
    )


def can_plan_round(visitor: Member | AnonymousUser, /, hub: Hub, *, now: datetime) -> bool:
    """Facilitators open and time the rounds of their hub."""
    return isinstance(visitor, Member) and holds(visitor, [SeatFunction.FACILITATOR], hub, now)


def can_add_seat(visitor: Member | AnonymousUser, /, body: Body, *, now: datetime) -> bool:
    """A hub's chair or deputy shapes its bodies; the centre's secretary shapes the centre's."""
    if not isinstance(visitor, Member):
        return False
    if body.hub is None:
        return holds(visitor, [SeatFunction.SECRETARY], None, now)
    return holds(visitor, LEADERS, body.hub, now)
