"""What every act of a judge begins with, keeping away from a proposal, and its settlement."""

from datetime import datetime

from django.db import transaction

from audit.actions import record
from audit.models import Actor
from members.models import Member
from proposals.models import (
    MOVES,
    UNDER_REVIEW,
    Proposal,
    ProposalStatus,
    Recusal,
)
from proposals.queries import has_conflict, is_judge, is_judging, open_determinations

JUDGE = "COMMITTEE_MEMBER"  # in the trail: whichever seat with a voice it is


class NotAJudge(Exception):
    """The member holds no seat with a voice on the committee of the round's hub."""


class HasConflict(Exception):
    """The member has a stake in the proposal: wrote it, or declared one."""


class NotInReview(Exception):
    """The round's timetable has no review or deliberation now."""


class NotUnderReview(Exception):
    """The proposal was withdrawn, returned or decided: there is nothing to judge now."""


class AlreadyRecused(Exception):
    """The member has declared a stake before, or wrote the proposal: it is closed to them."""


class NotShortlisted(Exception):
    """Only what was shortlisted is funded or not."""


def locked(proposal: Proposal) -> Proposal:
    """The proposal as it is now. Whoever judges, recuses or withdraws locks this row first."""
    rows = Proposal.objects.select_for_update(of=("self",))
    return rows.select_related("lane__round__hub", "author", "text").get(pk=proposal.pk)


def locked_for(judge: Member, proposal: Proposal, now: datetime) -> Proposal:
    """The same, for someone who may judge it now.

    Refuses NotInReview, NotUnderReview, NotAJudge and HasConflict.
    """
    proposal = locked(proposal)
    if not is_judging(proposal.lane.round, now):
        raise NotInReview
    if proposal.status not in UNDER_REVIEW:
        raise NotUnderReview
    if not is_judge(judge, proposal.lane.round.hub, now):
        raise NotAJudge
    if has_conflict(judge, proposal):
        raise HasConflict
    return proposal


def take_up(proposal: Proposal, judge: Member, now: datetime) -> None:
    """A proposal that somebody on the committee has begun to judge is in review."""
    if proposal.status != ProposalStatus.SUBMITTED:
        return
    move(proposal, ProposalStatus.IN_REVIEW)
    record(
        actor=judge.acting_as(JUDGE),
        verb="take_up_proposal",
        target=proposal,
        now=now,
        before={"status": ProposalStatus.SUBMITTED.value},
        after={"status": ProposalStatus.IN_REVIEW.value},
    )


def move(proposal: Proposal, status: str, *, decided_at: datetime | None = None) -> None:
    """Along the table only. Refuses NotUnderReview."""
    if status not in MOVES[proposal.status]:
        raise NotUnderReview
    proposal.status = status
    proposal.decided_at = decided_at
    proposal.save(update_fields=["status", "decided_at"])


@transaction.atomic
def recuse(*, proposal: Proposal, member: Member, reason: str, now: datetime) -> Recusal:
    """Declare a stake in a proposal, for good. A decision that the member has put is taken back.

    What the member wrote about it is kept and no longer counts.
    Refuses NotAJudge, NotUnderReview and AlreadyRecused.
    """
    proposal = locked(proposal)
    if not is_judge(member, proposal.lane.round.hub, now):
        raise NotAJudge
    if proposal.status not in UNDER_REVIEW | {ProposalStatus.RETURNED}:
        raise NotUnderReview
    if has_conflict(member, proposal):
        raise AlreadyRecused
    _take_back(proposal, member, now)
    recusal = Recusal.objects.create(
        proposal=proposal, member=member, reason=reason, recused_at=now
    )
    record(
        actor=member.acting_as(JUDGE),
        verb="recuse",
        target=recusal,
        now=now,
        reason_code=reason,
        after={"proposal": proposal.pk},
    )
    return recusal


def _take_back(proposal: Proposal, member: Member, now: datetime) -> None:
    """The open decision of someone who keeps away: it does not stand in their words."""
    for determination in open_determinations().filter(proposal=proposal, proposed_by=member):
        determination.retracted_at = now
        determination.save(update_fields=["retracted_at"])
        record(
            actor=member.acting_as(JUDGE),
            verb="retract_determination",
            target=determination,
            now=now,
            reason_code="RECUSED",
            after={"proposal": proposal.pk},
        )


@transaction.atomic
def settle_proposal(*, proposal: Proposal, is_funded: bool, now: datetime) -> Proposal:
    """The end of a shortlisted proposal, once its money is awarded or not. Refuses NotShortlisted."""
    proposal = locked(proposal)
    if proposal.status != ProposalStatus.SHORTLISTED:
        raise NotShortlisted
    status = ProposalStatus.FUNDED if is_funded else ProposalStatus.NOT_FUNDED
    move(proposal, status, decided_at=proposal.decided_at)
    record(
        actor=Actor(None, "ALLOCATION"),
        verb="settle_proposal",
        target=proposal,
        now=now,
        before={"status": ProposalStatus.SHORTLISTED.value},
        after={"status": status.value},
    )
    return proposal
