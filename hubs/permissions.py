"""Who may act in a hub. Rights come from terms on seats, and end with them.

No predicate looks at ``is_staff`` or ``is_superuser``: an administrator holds nothing by being one.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser

from hubs.models import Body, Hub, Round, Seat, SeatFunction, Term
from hubs.queries import has_chair, holds
from members.models import Member

SLIP = timedelta(days=7)
LEADERS = (SeatFunction.CHAIR, SeatFunction.DEPUTY)


def can_give_term(visitor: Member | AnonymousUser, /, seat: Seat, *, now: datetime) -> bool:
    """A hub's chair or deputy fills its seats; the centre's secretary fills the centre's.

    The secretary may also fill the chair of a hub that has none, and nothing else in a hub.
    """
    if not isinstance(visitor, Member):
        return False
    hub = seat.body.hub
    if hub is not None and holds(visitor, LEADERS, hub, now):
        return True
    is_orphan = hub is not None and seat.function == SeatFunction.CHAIR and not has_chair(hub, now)
    return (hub is None or is_orphan) and holds(visitor, [SeatFunction.SECRETARY], None, now)


def can_end_term(visitor: Member | AnonymousUser, /, term: Term, *, now: datetime) -> bool:
    """A hub's leaders and the centre's secretary, in their own house; a holder may always resign.

    Whoever gave the seat may take it back for a week: a slip should not last three years.
    """
    if not isinstance(visitor, Member):
        return False
    hub = term.seat.body.hub
    if term.member_id == visitor.pk:
        return True
    if term.given_by_id == visitor.pk and now < term.given_at + SLIP:
        return True
    return (
        holds(visitor, [SeatFunction.SECRETARY], None, now)
        if hub is None
        else holds(visitor, LEADERS, hub, now)
    )


def can_plan_round(visitor: Member | AnonymousUser, /, hub: Hub, *, now: datetime) -> bool:
    """Facilitators open and time the rounds of their hub."""
    return isinstance(visitor, Member) and holds(visitor, [SeatFunction.FACILITATOR], hub, now)


def can_edit_round(visitor: Member | AnonymousUser, /, round: Round, *, now: datetime) -> bool:
    """Whoever may plan a round of the hub; that it is not open yet is asked by the action."""
    return can_plan_round(visitor, round.hub, now=now)


def can_open_round(visitor: Member | AnonymousUser, /, round: Round, *, now: datetime) -> bool:
    """Whoever may plan a round of the hub."""
    return can_plan_round(visitor, round.hub, now=now)


def can_add_seat(visitor: Member | AnonymousUser, /, body: Body, *, now: datetime) -> bool:
    """A hub's chair or deputy shapes its bodies; the centre's secretary shapes the centre's."""
    if not isinstance(visitor, Member):
        return False
    if body.hub is None:
        return holds(visitor, [SeatFunction.SECRETARY], None, now)
    return holds(visitor, LEADERS, body.hub, now)
