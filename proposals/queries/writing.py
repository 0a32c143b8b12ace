"""Reading proposals: what they ask for, what they still lack, lists of them, and what happened to them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from audit.models import TrailEntry
from hubs.models import Hub, Lane, ResourceKind, Round, RoundBudget, SeatFunction, Term
from hubs.phases import Phase
from members.models import Member
from proposals.models import EDITABLE, Proposal, ProposalStatus, RequestLine
from texts.models import TextRendering
from texts.queries import renderings_prefetch, written

BEFORE_DECISION = frozenset({Phase.SUBMISSION, Phase.REVIEW, Phase.DELIBERATION})
PARTS = ("title", "summary", "body")
ORDERS: dict[str, tuple[str, ...]] = {
    "newest": ("-submitted_at", "-pk"),
    "oldest": ("submitted_at", "pk"),
    "most": ("-asked_minor", "-pk"),
    "least": ("asked_minor", "pk"),
}


def takes_proposals(round_: Round, now: datetime) -> bool:
    """Whether a round takes new proposals now. Rounds for practice bring their own."""
    return not round_.is_practice and round_.phase_at(now) == Phase.SUBMISSION


def can_still_come_in(proposal: Proposal, now: datetime) -> bool:
    """Whether the round waits for it: for a draft while submission lasts, for one that was
    returned until deliberation ends."""
    if proposal.status == ProposalStatus.RETURNED:
        return proposal.lane.round.phase_at(now) in BEFORE_DECISION
    return takes_proposals(proposal.lane.round, now)


def total_minor(proposal: Proposal, kind: str) -> int:
    """How much it asks for of one kind, in the kind's own unit."""
    return totals_of(proposal).get(kind, 0)


def totals_of(proposal: Proposal) -> dict[str, int]:
    """What it asks for by kind, in the order of the kinds; never added up across them."""
    found: dict[str, int] = {}
    for line in proposal.lines.all():
        found[line.kind] = found.get(line.kind, 0) + line.amount_minor
    return {kind.value: found[kind] for kind in ResourceKind if kind in found}


def lane_budget(lane: Lane, kind: str = ResourceKind.MONEY) -> int:
    """What the lane has to give of one kind; 0 where it has none."""
    found = RoundBudget.objects.filter(lane=lane, kind=kind).first()
    return found.amount_minor if found else 0


def missing_of(proposal: Proposal) -> list[str]:
    """What must be told before it can be handed in: title, summary, body, country, lines."""
    source = written(proposal.text, ())
    missing = [part for part in PARTS if not getattr(source, part).strip()]
    if not proposal.country:
        missing.append("country")
    if not proposal.lines.exists():
        missing.append("lines")
    return missing


def with_words(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With everything that a card or a page shows, at a constant number of queries."""
    found = proposals.select_related("lane__round__hub", "lane__round__cycle", "author", "text")
    lines = Prefetch("lines", queryset=RequestLine.objects.order_by("position"))
    return found.prefetch_related(lines, renderings_prefetch())


def listed(
    round_: Round,
    *,
    chain: Sequence[str] = (),
    lane: str = "",
    status: str = "",
    language: str = "",
    words: str = "",
    order: str = "newest",
) -> QuerySet[Proposal]:
    """The public proposals of a round: by kind of lane, status, language they were written in, and
    words of their title in the reader's languages (``chain``) or as written."""
    found = with_words(Proposal.objects.public().filter(lane__round=round_))
    chosen = {"lane__kind": lane, "status": status, "text__language": language}
    found = found.filter(**{name: value for name, value in chosen.items() if value})
    if words:
        found = found.filter(Exists(_titled(words, chain)))
    return found.annotate(asked_minor=_asked(ResourceKind.MONEY)).order_by(*ORDERS[order])


def _titled(words: str, chain: Iterable[str]) -> QuerySet[TextRendering]:
    read = Q(language__in=list(chain)) | Q(language=F("text__language"))
    return TextRendering.objects.filter(read, text=OuterRef("text"), title__icontains=words)


def _asked(kind: str) -> Coalesce:
    lines = RequestLine.objects.filter(proposal=OuterRef("pk"), kind=kind).order_by()
    sums = lines.values("proposal").annotate(asked=Sum("amount_minor")).values("asked")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), 0)


def languages_written(round_: Round) -> list[str]:
    """The languages that the public proposals of a round were written in."""
    found = Proposal.objects.public().filter(lane__round=round_)
    return sorted(found.order_by().values_list("text__language", flat=True).distinct())


def visible_to(member: Member | None) -> QuerySet[Proposal]:
    """The public ones, and a member's own drafts."""
    own = Q(author=member) if member else Q(pk__in=[])
    return Proposal.objects.filter(~Q(status=ProposalStatus.DRAFT) | own)


def own_proposals(member: Member) -> QuerySet[Proposal]:
    """What a member wrote: drafts first, then what was returned to them, then the newest."""
    waiting = Case(
        When(status=ProposalStatus.DRAFT, then=0),
        When(status=ProposalStatus.RETURNED, then=1),
        default=2,
    )
    found = with_words(Proposal.objects.filter(author=member))
    return found.order_by(waiting, "-created_at", "-pk")


def count_proposals(member: Member, round_: Round) -> int:
    """How many a member has in a round, drafts among them, without those withdrawn."""
    found = Proposal.objects.filter(author=member, lane__round=round_)
    return found.exclude(status=ProposalStatus.WITHDRAWN).count()


def is_translator(member: Member, now: datetime, hub: Hub | None = None) -> bool:
    """Whether the member holds the seat of a translator in this hub; none told: in any."""
    held = Term.objects.active(now).filter(member=member, seat__function=SeatFunction.TRANSLATOR)
    in_hub = {"seat__body__hub": hub} if hub else {"seat__body__hub__isnull": False}
    return held.filter(**in_hub).exists()


def translation_into(proposal: Proposal, language: str) -> TextRendering | None:
    """What it was translated to in a language so far; none in its own."""
    found = TextRendering.objects.filter(text=proposal.text_id, language=language)
    return found.exclude(language=F("text__language")).first()


def awaiting_author(member: Member, now: datetime) -> list[Proposal]:
    """What a member has begun, or had returned to them, and can still hand in."""
    found = own_proposals(member).filter(status__in=EDITABLE)
    return [proposal for proposal in found if can_still_come_in(proposal, now)]


def rounds_taking_proposals(now: datetime) -> QuerySet[Round]:
    """The rounds in which members can write proposals now, those that close first before."""
    found = Round.objects.filter(is_practice=False, opened_at__lte=now, lanes__isnull=False)
    found = found.filter(submission_at__lte=now, review_at__gt=now).distinct()
    return found.select_related("hub", "cycle").order_by("review_at", "pk")


class Happening(NamedTuple):
    """A status that a proposal came to, and when."""

    status: str
    at: datetime


def history_of(proposal: Proposal) -> list[Happening]:
    """The statuses a proposal came to, in order, as the trail has them."""
    entries = TrailEntry.objects.about(proposal).filter(after__has_key="status").order_by("pk")
    return [
        Happening(entry.after["status"], entry.at)
        for entry in entries
        if entry.after["status"] in ProposalStatus.values
    ]
