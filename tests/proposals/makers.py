"""Proposals in each of their statuses, along the moves and under the guards of the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hubs.models import Lane
from members.models import Member
from proposals.models import EDITABLE, Proposal, ProposalStatus, RequestLine
from tests.factories import NOON, make_member
from texts.models import SourceText, TextRendering

# The way to each status from the one before it.
WAY: dict[str, str] = {
    "SUBMITTED": "DRAFT", "IN_REVIEW": "SUBMITTED", "RETURNED": "IN_REVIEW",
    "SHORTLISTED": "IN_REVIEW", "INELIGIBLE": "IN_REVIEW", "DECLINED": "IN_REVIEW",
    "WITHDRAWN": "SUBMITTED", "FUNDED": "SHORTLISTED", "NOT_FUNDED": "SHORTLISTED",
}  # fmt: skip
DECIDED = ("SHORTLISTED", "INELIGIBLE", "DECLINED", "FUNDED", "NOT_FUNDED")


def make_author(name: str = "Author") -> Member:
    """The same member every time they are asked for by this name."""
    known = Member.objects.filter(email=f"{name.lower()}@example.org").first()
    return known or make_member(name)


def make_text(
    language: str = "en",
    title: str = "A well",
    summary: str = "Water for a village.",
    body: str = "We dig.\n\nThen we drink.",
    translations: Mapping[str, str] | None = None,
    now: datetime = NOON,
) -> SourceText:
    """A text with its source, and translations by language that hold a title and a summary."""
    text = SourceText.objects.create(language=language)
    source = {"title": title, "summary": summary, "body": body}
    TextRendering.objects.create(text=text, language=language, revision=1, written_at=now, **source)
    for other, translated in (translations or {}).items():
        TextRendering.objects.create(
            text=text, language=other, revision=1, written_at=now,
            title=translated, summary=f"{translated}.", body=f"{translated}!",
        )  # fmt: skip
    return text


def make_proposal(
    lane: Lane,
    author: Member | None = None,
    status: str = ProposalStatus.SUBMITTED,
    *,
    title: str = "A well",
    language: str = "en",
    country: str = "DK",
    lines: Sequence[tuple[str, int]] = (("MONEY", 40_000),),
    minimum_minor: int | None = None,
    translations: Mapping[str, str] | None = None,
    now: datetime = NOON,
    **words: str,
) -> Proposal:
    """A proposal with lines of (kind, amount), taken to ``status`` move by move.

    ``words`` are ``summary`` and ``body``. Its author is always the same member unless told.
    """
    text = make_text(language, title, translations=translations, now=now, **words)
    proposal = Proposal.objects.create(
        lane=lane, author=author or make_author(), text=text, country=country,
        minimum_minor=minimum_minor, created_at=now,
    )  # fmt: skip
    RequestLine.objects.bulk_create(
        RequestLine(
            proposal=proposal, position=number, kind=kind, amount_minor=amount,
            purpose=f"Purpose {number}", country=country or "DK",
        )
        for number, (kind, amount) in enumerate(lines, 1)
    )  # fmt: skip
    for step in steps_to(status):
        move(proposal, step, now)
    return Proposal.objects.get(pk=proposal.pk)


def steps_to(status: str) -> list[str]:
    """The statuses after DRAFT on the way to this one."""
    return [] if status == "DRAFT" else [*steps_to(WAY[status]), str(status)]


def move(proposal: Proposal, status: str, now: datetime = NOON) -> None:
    """One move along the table, with the text frozen or thawed and the moments told."""
    proposal.status = status
    proposal.submitted_at = proposal.submitted_at or now
    if status in DECIDED:
        proposal.decided_at = now
    proposal.save()
    frozen_at = None if status in EDITABLE else now
    SourceText.objects.filter(pk=proposal.text_id).update(frozen_at=frozen_at)
