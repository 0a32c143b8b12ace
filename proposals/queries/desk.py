"""The desk of a committee: what waits for it, and for the member who sits down at it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from hubs.models import Body
from members.models import Member
from proposals.models import (
    Assessment,
    Determination,
    DeterminationVoice,
    Proposal,
    Recusal,
)
from proposals.queries.judging import (
    judges_of,
    open_determinations,
    submitted_by,
    under_review,
)
from texts.queries import renderings_prefetch


class Mine(StrEnum):
    """How far a member is with a proposal."""

    NOT_BEGUN = "NOT_BEGUN"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One proposal on the desk; ``free`` judges may decide it, ``quorum`` of them must agree."""

    proposal: Proposal
    mine: Mine
    assessments: int
    determination: Determination | None
    voices: int
    quorum: int
    free: int
    is_awaiting_voice: bool

    @property
    def is_stuck(self) -> bool:
        return self.free < self.quorum


def desk_proposals(
    body: Body, member: Member, now: datetime, *, only_to_do: bool = False
) -> QuerySet[Proposal]:
    """The proposals before a body now, in the order of its rounds; a page of them makes rows."""
    found = under_review(now).filter(lane__round__hub=body.hub_id)
    if only_to_do:
        recused = Recusal.objects.filter(proposal=OuterRef("pk"), member=member)
        spoken = DeterminationVoice.objects.filter(determination=OuterRef("pk"), member=member)
        silent = open_determinations().exclude(Exists(spoken)).filter(proposal=OuterRef("pk"))
        found = (
            found.exclude(author=member)
            .exclude(Exists(recused))
            .filter(Exists(silent) | ~Exists(submitted_by(member)))
        )
    return found.order_by("lane__round__voting_at", "lane__round", "pk")


def desk_rows(
    body: Body, member: Member, now: datetime, *, proposals: Iterable[Proposal] | None = None
) -> list[DeskRow]:
    """The rows of a desk, with the same few queries for one proposal and for many.

    ``proposals`` are those of one page of ``desk_proposals``; none told means all of them.
    """
    chosen = desk_proposals(body, member, now) if proposals is None else proposals
    judges = set(judges_of(body, now).values_list("pk", flat=True))
    voices = Prefetch("voices", queryset=DeterminationVoice.objects.order_by("pk"))
    open_ = open_determinations().prefetch_related(voices)
    found = (
        Proposal.objects.filter(pk__in=[proposal.pk for proposal in chosen])
        .select_related("text", "lane__round__cycle")
        .prefetch_related(
            renderings_prefetch(),
            "lines",
            Prefetch("recusals", queryset=Recusal.objects.order_by("pk")),
            Prefetch("assessments", queryset=Assessment.objects.order_by("pk")),
            Prefetch("determinations", queryset=open_),
        )
        .order_by("lane__round__voting_at", "lane__round", "pk")
    )
    return [_row(proposal, body, member, judges) for proposal in found]


def _row(proposal: Proposal, body: Body, member: Member, judges: set[UUID]) -> DeskRow:
    kept_away = {recusal.member_id for recusal in proposal.recusals.all()} | {proposal.author_id}
    free = judges - kept_away
    assessments = {
        assessment.assessor_id: assessment
        for assessment in proposal.assessments.all()
        if assessment.version_at == proposal.submitted_at
    }
    determination = next(iter(proposal.determinations.all()), None)
    spoken = {voice.member_id for voice in determination.voices.all()} if determination else set()
    is_closed = member.pk in kept_away
    return DeskRow(
        proposal=proposal,
        mine=Mine.CLOSED if is_closed else _mine(assessments, member),
        assessments=sum(
            assessment.submitted_at is not None
            for assessor, assessment in assessments.items()
            if assessor not in kept_away
        ),
        determination=determination,
        voices=len(spoken & free),
        quorum=body.quorum,
        free=len(free),
        is_awaiting_voice=determination is not None and not is_closed and member.pk not in spoken,
    )


def _mine(assessments: Mapping[UUID, Assessment], member: Member) -> Mine:
    own = assessments.get(member.pk)
    if own is None:
        return Mine.NOT_BEGUN
    return Mine.DRAFT if own.submitted_at is None else Mine.SUBMITTED


def left_without_quorum(body: Body, now: datetime) -> int:
    """How many proposals before a body have too few judges left without a stake in them."""
    before = under_review(now).filter(lane__round__hub=body.hub_id)
    judges = set(judges_of(body, now).values_list("pk", flat=True))
    kept_away = {pk: {author} for pk, author in before.values_list("pk", "author")}
    recusals = Recusal.objects.filter(proposal__in=before, member__in=judges)
    for proposal, member in recusals.values_list("proposal", "member"):
        kept_away.setdefault(proposal, set()).add(member)
    return sum(len(judges - away) < body.quorum for away in kept_away.values())
