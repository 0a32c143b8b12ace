"""Who may write, hand in, take back, translate and see proposals."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from hubs.models import Round
from members.models import Member
from proposals.models import EDITABLE, PUBLIC, WITHDRAWABLE, Proposal, ProposalStatus
from proposals.queries import can_still_come_in, is_translator, takes_proposals

Visitor = Member | AnonymousUser


def can_see_proposal(visitor: Visitor, /, proposal: Proposal, *, now: datetime) -> bool:
    """A draft is its author's alone; from the first time it is handed in everyone sees it."""
    return proposal.status in PUBLIC or _is_author(visitor, proposal)


def can_draft(visitor: Visitor, /, round: Round, *, now: datetime) -> bool:
    """Any member of any country, while a round with lanes takes proposals."""
    return (
        isinstance(visitor, Member) and takes_proposals(round, now) and round.lanes.exists()
    )  # asked last: it is a query


def can_edit(visitor: Visitor, /, proposal: Proposal, *, now: datetime) -> bool:
    """Its author: a draft whenever they like, one that was returned until deliberation ends."""
    is_writable = proposal.status == ProposalStatus.DRAFT or (
        proposal.status in EDITABLE and can_still_come_in(proposal, now)
    )
    return _is_author(visitor, proposal) and is_writable


def can_submit(visitor: Visitor, /, proposal: Proposal, *, now: datetime) -> bool:
    """Its author, while the round waits for it."""
    is_writable = proposal.status in EDITABLE and can_still_come_in(proposal, now)
    return _is_author(visitor, proposal) and is_writable


def can_withdraw(visitor: Visitor, /, proposal: Proposal, *, now: datetime) -> bool:
    """Its author, until it is funded or turned down."""
    return _is_author(visitor, proposal) and proposal.status in WITHDRAWABLE


def can_discard(visitor: Visitor, /, proposal: Proposal, *, now: datetime) -> bool:
    """Its author, as long as nobody else has ever seen it."""
    return _is_author(visitor, proposal) and proposal.status == ProposalStatus.DRAFT


def can_translate(visitor: Visitor, /, proposal: Proposal, *, now: datetime) -> bool:
    """Who holds the seat of a translator in any hub, from the first time it was handed in."""
    if not isinstance(visitor, Member) or proposal.status not in PUBLIC:
        return False
    return is_translator(visitor, now)


def _is_author(visitor: Visitor, proposal: Proposal) -> bool:
    return isinstance(visitor, Member) and proposal.author_id == visitor.pk
