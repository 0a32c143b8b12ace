"""What authors and translators do: draft, edit, hand in, take back and translate proposals.

What only its author does is done in the author's name; permissions let nobody else come so far.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from audit.actions import record
from audit.canonical import Json
from hubs.models import Lane, ResourceKind
from members.models import Member
from proposals.models import EDITABLE, PUBLIC, WITHDRAWABLE, Proposal, ProposalStatus, RequestLine
from proposals.queries import (
    can_still_come_in,
    count_proposals,
    has_conflict,
    is_judge,
    is_translator,
    lane_budget,
    missing_of,
    takes_proposals,
    total_minor,
    totals_of,
    translation_into,
)
from texts.actions import edit_text, freeze_text, translate_text, write_text
from texts.models import TextRendering

MAX_LINES = 8
MAX_PROPOSALS = 10  # of one author in one round, those withdrawn left out


class Line(NamedTuple):
    """One line of a request: minor units of the round's currency, minutes, credits or grants."""

    kind: str
    amount_minor: int
    purpose: str
    country: str


class NotOpen(Exception):
    """The round takes no proposals now, or not this one any more."""


class NotEditable(Exception):
    """It is neither a draft nor returned to its author."""


class NotWithdrawable(Exception):
    """It is a draft, or what was decided about it stands."""


class NotADraft(Exception):
    """It was handed in: it can be withdrawn, and stays to be read."""


class NotPublic(Exception):
    """Nobody but its author has seen it yet."""


class NotYourTranslation(Exception):
    """Somebody else wrote this translation, in a hub whose translators the member is not one of."""


class TranslationClosed(Exception):
    """Who wrote the proposal, judges it or has a stake in it does not change a translation of it."""


class Discarded(Exception):
    """Its author discarded it meanwhile."""


class OtherRound(Exception):
    """A proposal does not move to a lane of another round."""


class TooManyLines(Exception):
    """A request has at most MAX_LINES lines."""


class TooManyProposals(Exception):
    """An author has at most MAX_PROPOSALS in one round, drafts among them."""


class Incomplete(Exception):
    """Something must still be told: ``missing`` names title, summary, body, country or lines."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)


class TooMuch(Exception):
    """It asks for more money than its lane has."""


class MinimumTooHigh(Exception):
    """The smallest sum that still works is more than what is asked for."""


@transaction.atomic
def draft_proposal(
    *,
    lane: Lane,
    author: Member,
    language: str,
    title: str,
    summary: str,
    body: str,
    country: str,
    minimum_minor: int | None,
    lines: Sequence[Line],
    now: datetime,
) -> Proposal:
    """Begin a proposal that only its author sees; anything but the language may be left empty.

    Refuses NotOpen, TooManyProposals and TooManyLines.
    """
    if not takes_proposals(lane.round, now):
        raise NotOpen
    Member.objects.select_for_update(no_key=True).get(pk=author.pk)  # two drafts at once: in turn
    if count_proposals(author, lane.round) >= MAX_PROPOSALS:
        raise TooManyProposals
    text = write_text(language=language, title=title, summary=summary, body=body, now=now)
    proposal = Proposal.objects.create(
        lane=lane,
        author=author,
        text=text,
        country=country,
        minimum_minor=minimum_minor,
        created_at=now,
    )
    _write_lines(proposal, lines)
    _record(proposal, "draft_proposal", now, _told(proposal))
    return proposal


@transaction.atomic
def edit_proposal(
    *,
    proposal: Proposal,
    lane: Lane,
    language: str,
    title: str,
    summary: str,
    body: str,
    country: str,
    minimum_minor: int | None,
    lines: Sequence[Line],
    now: datetime,
) -> Proposal:
    """Change a draft, or what was returned, until it is handed in. ``lane`` is one of its round.

    Refuses Discarded, NotEditable, NotOpen (returned, and deliberation is over), OtherRound and
    TooManyLines.
    """
    proposal = _locked(proposal)
    if proposal.status not in EDITABLE:
        raise NotEditable
    if proposal.status == ProposalStatus.RETURNED and not can_still_come_in(proposal, now):
        raise NotOpen
    if lane.round_id != proposal.lane.round_id:
        raise OtherRound
    before = _told(proposal)
    words = {"title": title, "summary": summary, "body": body}
    proposal.text = edit_text(text=proposal.text, language=language, **words, now=now)
    proposal.lane, proposal.country, proposal.minimum_minor = lane, country, minimum_minor
    proposal.save(update_fields=["lane", "country", "minimum_minor"])
    proposal.lines.all().delete()
    _write_lines(proposal, lines)
    _record(proposal, "edit_proposal", now, _told(proposal), before)
    return proposal


@transaction.atomic
def submit_proposal(*, proposal: Proposal, now: datetime) -> Proposal:
    """Hand it in, for the first time or after it was returned: its words and lines are fixed.

    Refuses Discarded, NotEditable, NotOpen, Incomplete, TooMuch and MinimumTooHigh.
    """
    proposal = _locked(proposal)
    if proposal.status not in EDITABLE:
        raise NotEditable
    if not can_still_come_in(proposal, now):
        raise NotOpen
    if missing := missing_of(proposal):
        raise Incomplete(missing)
    asked = total_minor(proposal, ResourceKind.MONEY)
    if asked > lane_budget(proposal.lane):
        raise TooMuch
    if (proposal.minimum_minor or 0) > asked:
        raise MinimumTooHigh
    before, told = proposal.status, _told(proposal)
    freeze_text(text=proposal.text, now=now)
    proposal.status, proposal.submitted_at = ProposalStatus.SUBMITTED, now
    proposal.save(update_fields=["status", "submitted_at"])
    after = {"status": ProposalStatus.SUBMITTED.value, **told}
    _record(proposal, "submit_proposal", now, after, {"status": before})
    return proposal


@transaction.atomic
def withdraw_proposal(*, proposal: Proposal, now: datetime) -> Proposal:
    """Take it back for good. It stays to be read as it was. Refuses Discarded and NotWithdrawable."""
    proposal = _locked(proposal)
    if proposal.status not in WITHDRAWABLE:
        raise NotWithdrawable
    before = proposal.status
    freeze_text(text=proposal.text, now=now)  # one that was returned could be written on
    proposal.status = ProposalStatus.WITHDRAWN
    proposal.save(update_fields=["status"])
    after: dict[str, Json] = {"status": ProposalStatus.WITHDRAWN.value}
    _record(proposal, "withdraw_proposal", now, after, {"status": before})
    return proposal


@transaction.atomic
def discard_draft(*, proposal: Proposal, now: datetime) -> None:
    """Delete a draft with its words. Refuses Discarded and NotADraft."""
    proposal = _locked(proposal)
    if proposal.status != ProposalStatus.DRAFT:
        raise NotADraft
    _record(proposal, "discard_draft", now, {}, _told(proposal))
    text = proposal.text
    proposal.delete()
    text.delete()


@transaction.atomic
def translate_proposal(
    *,
    proposal: Proposal,
    language: str,
    title: str,
    summary: str,
    body: str,
    translator: Member,
    now: datetime,
    revision: int | None = None,
) -> TextRendering:
    """Put its words into another language; ``revision`` is the one the translator had before them.

    Refuses Discarded, NotPublic, NotYourTranslation and TranslationClosed, and what
    ``texts.actions.translate_text`` refuses.
    """
    proposal = _locked(proposal)
    if proposal.status not in PUBLIC:
        raise NotPublic
    replaced = translation_into(proposal, language)
    if replaced is not None:
        _check_replacing(replaced, proposal, translator, now)
    rendering = translate_text(
        text=proposal.text,
        language=language,
        title=title,
        summary=summary,
        body=body,
        translator=translator,
        revision=revision,
        now=now,
    )
    record(
        actor=translator.acting_as("TRANSLATOR"),
        verb="translate_proposal",
        target=proposal,
        now=now,
        before={"language": language, "revision": replaced.revision} if replaced else None,
        after={"language": language, "revision": rendering.revision},
    )
    return rendering


def _check_replacing(
    replaced: TextRendering, proposal: Proposal, translator: Member, now: datetime
) -> None:
    """Readers take a translation for the author's words: who has a stake in them leaves it alone."""
    hub = proposal.lane.round.hub
    if has_conflict(translator, proposal) or is_judge(translator, hub, now):
        raise TranslationClosed
    if replaced.translator_id != translator.pk and not is_translator(translator, now, hub):
        raise NotYourTranslation


def _locked(proposal: Proposal) -> Proposal:
    """The proposal as it is now; whoever acts on it too has to wait."""
    rows = Proposal.objects.select_for_update(of=("self",)).select_related(
        "author", "lane__round__hub"
    )
    found = rows.filter(pk=proposal.pk).first()
    if found is None:
        raise Discarded
    return found


def _write_lines(proposal: Proposal, lines: Sequence[Line]) -> None:
    if len(lines) > MAX_LINES:
        raise TooManyLines
    RequestLine.objects.bulk_create(
        RequestLine(proposal=proposal, position=position, **line._asdict())
        for position, line in enumerate(lines, 1)
    )


def _told(proposal: Proposal) -> dict[str, Json]:
    """What the trail keeps of a proposal: no word that a person typed."""
    return {
        "lane": proposal.lane.kind,
        "language": proposal.text.language,
        "revision": proposal.text.revision,
        "country": proposal.country,
        "asked": dict(totals_of(proposal)),
        "minimum_minor": proposal.minimum_minor,
    }


def _record(
    proposal: Proposal,
    verb: str,
    now: datetime,
    after: dict[str, Json],
    before: dict[str, Json] | None = None,
) -> None:
    author = proposal.author.acting_as("AUTHOR")
    record(actor=author, verb=verb, target=proposal, now=now, before=before, after=after)
