"""Who may judge. A stake in a proposal closes every way to its judging, whatever seat one holds."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from hubs.models import Hub
from members.models import Member
from proposals.models import Determination, Proposal
from proposals.queries import has_conflict, is_judge, is_judging


def can_see_desk(visitor: Member | AnonymousUser, /, hub: Hub, *, now: datetime) -> bool:
    """The members of the hub's committee who have a voice in it."""
    return isinstance(visitor, Member) and is_judge(visitor, hub, now)


def can_assess(visitor: Member | AnonymousUser, /, proposal: Proposal, *, now: datetime) -> bool:
    """A judge of the round's hub without a stake, while the round is in review or deliberation."""
    return (
        isinstance(visitor, Member)
        and is_judging(proposal.lane.round, now)
        and is_judge(visitor, proposal.lane.round.hub, now)
        and not has_conflict(visitor, proposal)
    )


can_determine = can_assess


def can_agree(
    visitor: Member | AnonymousUser, /, determination: Determination, *, now: datetime
) -> bool:
    """As ``can_determine``, about what was put to the body."""
    return can_determine(visitor, determination.proposal, now=now)


can_retract = can_agree


def can_recuse(visitor: Member | AnonymousUser, /, proposal: Proposal, *, now: datetime) -> bool:
    """Every judge of the round's hub: also one to whom the proposal is closed, to read why."""
    return isinstance(visitor, Member) and is_judge(visitor, proposal.lane.round.hub, now)
