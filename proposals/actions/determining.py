"""What a body decides together: put by one of its members, in effect when a quorum agrees."""

from datetime import datetime

from django.db import transaction

from audit.actions import record
from hubs.models import Body
from members.actions import UnknownLanguage, write_message
from members.languages import is_language
from members.models import Member
from proposals.actions.judging import JUDGE, NotAJudge, locked, locked_for, move, take_up
from proposals.models import Determination, DeterminationVoice, Outcome, Proposal
from proposals.queries import (
    counted_assessments,
    counting_voices,
    judges_of,
    may_retract,
    open_determinations,
    unconflicted,
)
from texts.actions import thaw_text
from texts.queries import written

NEEDS_ASSESSMENT = frozenset({Outcome.SHORTLISTED, Outcome.DECLINED})


class NotAssessed(Exception):
    """Nothing is shortlisted or declined before somebody has submitted an assessment of it."""


class DeterminationOpen(Exception):
    """Another decision about the proposal waits for voices: one at a time."""


class NoQuorumPossible(Exception):
    """Too few members without a stake hold seats: no decision of the body could take effect."""


class NoReason(ValueError):
    """A decision is put with a reason that the author can read."""


class DeterminationOver(Exception):
    """The decision has taken effect or was taken back."""


class AlreadyAgreed(Exception):
    """The member has agreed before."""


class NotTheProposer(Exception):
    """Only who put a decision takes it back, while they sit on the body."""


@transaction.atomic
def propose_determination(
    *,
    proposal: Proposal,
    body: Body,
    outcome: str,
    reason: str,
    language: str,
    member: Member,
    now: datetime,
) -> Determination:
    """Put a decision to the body, with the voice of who puts it.

    Refuses NotAssessed, DeterminationOpen, NoQuorumPossible, NotInReview, NotUnderReview, NotAJudge
    (also for a body the member is not on) and HasConflict; raises NoReason and UnknownLanguage.
    """
    proposal = locked_for(member, proposal, now)
    if not reason.strip():
        raise NoReason
    if not is_language(language):
        raise UnknownLanguage(language)
    _check_body(proposal, body, member, now)
    if open_determinations().filter(proposal=proposal).exists():
        raise DeterminationOpen
    if outcome in NEEDS_ASSESSMENT and not counted_assessments(proposal).exists():
        raise NotAssessed
    take_up(proposal, member, now)
    determination = Determination.objects.create(
        proposal=proposal,
        body=body,
        outcome=outcome,
        reason=reason.strip(),
        language=language,
        proposed_by=member,
        proposed_at=now,
    )
    DeterminationVoice.objects.create(determination=determination, member=member, agreed_at=now)
    _record("propose_determination", determination, member, now)
    return determination


def _check_body(proposal: Proposal, body: Body, member: Member, now: datetime) -> None:
    judges = judges_of(body, now)
    if body.hub_id != proposal.lane.round.hub_id or not judges.filter(pk=member.pk).exists():
        raise NotAJudge
    if unconflicted(judges, proposal).count() < body.quorum:
        raise NoQuorumPossible


@transaction.atomic
def agree_determination(
    *, determination: Determination, member: Member, now: datetime
) -> Determination:
    """Add a voice. With that of a quorum the decision takes effect, and its author is told.

    Refuses DeterminationOver, AlreadyAgreed, NotInReview, NotUnderReview, NotAJudge and HasConflict.
    """
    proposal = locked_for(member, determination.proposal, now)
    determination = _still_open(determination)
    if not judges_of(determination.body, now).filter(pk=member.pk).exists():
        raise NotAJudge
    if determination.voices.filter(member=member).exists():
        raise AlreadyAgreed
    DeterminationVoice.objects.create(determination=determination, member=member, agreed_at=now)
    _record("agree_determination", determination, member, now)
    if counting_voices(determination, now).count() >= determination.body.quorum:
        _take_effect(determination, proposal, member, now)
    return determination


@transaction.atomic
def retract_determination(
    *, determination: Determination, member: Member, now: datetime
) -> Determination:
    """Take back a decision that has not taken effect.

    Who put it may, and any judge without a stake once that member no longer sits on the body, so
    that a decision left behind does not bar another. Refuses DeterminationOver and NotTheProposer.
    """
    locked(determination.proposal)
    determination = _still_open(determination)
    if not may_retract(determination, member, now):
        raise NotTheProposer
    determination.retracted_at = now
    determination.save(update_fields=["retracted_at"])
    _record("retract_determination", determination, member, now)
    return determination


def _still_open(determination: Determination) -> Determination:
    """Read after the proposal is locked: nothing about it can end meanwhile."""
    found = Determination.objects.select_related("body", "proposal").get(pk=determination.pk)
    if found.decided_at is not None or found.retracted_at is not None:
        raise DeterminationOver
    return found


def _take_effect(
    determination: Determination, proposal: Proposal, member: Member, now: datetime
) -> None:
    is_returned = determination.outcome == Outcome.RETURNED
    before = proposal.status
    determination.decided_at = now
    determination.save(update_fields=["decided_at"])
    move(proposal, determination.outcome, decided_at=None if is_returned else now)
    if is_returned:
        thaw_text(text=proposal.text)
    record(
        actor=member.acting_as(JUDGE),
        verb="decide_proposal",
        target=proposal,
        now=now,
        before={"status": before},
        after={"status": proposal.status, "determination": determination.pk},
    )
    write_message(
        template=f"emails/proposals/{determination.outcome.lower()}",
        recipient=proposal.author,
        context={
            "title": written(proposal.text, ()).title,
            "reason": determination.reason,
            "path": f"/proposals/{proposal.pk}/",
        },
        now=now,
    )


def _record(verb: str, determination: Determination, member: Member, now: datetime) -> None:
    record(
        actor=member.acting_as(JUDGE),
        verb=verb,
        target=determination,
        now=now,
        after={"proposal": determination.proposal_id, "outcome": determination.outcome},
    )
