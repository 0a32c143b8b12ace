"""Who may declare, publish, run and approve. What they made is public.

The officer and the approver sit at the centre; nobody approves a run of their own.
"""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from allocation.models import Apportionment, Pool
from hubs.models import SeatFunction
from hubs.queries import holds
from members.models import Member


def _is(visitor: Member | AnonymousUser, function: SeatFunction, now: datetime) -> bool:
    return isinstance(visitor, Member) and holds(visitor, [function], None, now)


def can_declare_pool(visitor: Member | AnonymousUser, /, *, now: datetime) -> bool:
    """The allocation officer says what a cycle has to share."""
    return _is(visitor, SeatFunction.ALLOCATION_OFFICER, now)


def can_publish_formula(visitor: Member | AnonymousUser, /, *, now: datetime) -> bool:
    """The allocation officer publishes versions of the formula."""
    return _is(visitor, SeatFunction.ALLOCATION_OFFICER, now)


def can_publish_indicators(visitor: Member | AnonymousUser, /, *, now: datetime) -> bool:
    """The allocation officer publishes sets of figures."""
    return _is(visitor, SeatFunction.ALLOCATION_OFFICER, now)


def can_request_apportionment(
    visitor: Member | AnonymousUser, /, pool: Pool, *, now: datetime
) -> bool:
    """The allocation officer tries out and runs."""
    return _is(visitor, SeatFunction.ALLOCATION_OFFICER, now)


def can_approve_apportionment(
    visitor: Member | AnonymousUser, /, apportionment: Apportionment, *, now: datetime
) -> bool:
    """The allocation approver, but never whoever ran it."""
    is_another = visitor.pk != apportionment.requested_by_id
    return is_another and _is(visitor, SeatFunction.ALLOCATION_APPROVER, now)


def can_reject_apportionment(
    visitor: Member | AnonymousUser, /, apportionment: Apportionment, *, now: datetime
) -> bool:
    """Whoever may approve a run may reject it."""
    return can_approve_apportionment(visitor, apportionment, now=now)


def can_retry_apportionment(
    visitor: Member | AnonymousUser, /, apportionment: Apportionment, *, now: datetime
) -> bool:
    """Whoever may run the formula over the pool may have a run that broke off tried again."""
    return can_request_apportionment(visitor, apportionment.pool, now=now)
