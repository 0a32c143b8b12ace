"""Who judges a proposal, who keeps away from it, and what the judges have said so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from hubs.models import Body, Hub, LaneMethod, Round, Term
from hubs.phases import Phase
from members.models import Member
from principles.models import Applies, Criterion
from proposals.models import (
    JUDGES,
    UNDER_REVIEW,
    Assessment,
    AssessmentScore,
    Determination,
    DeterminationVoice,
    Proposal,
    ProposalStatus,
    Recusal,
)
from proposals.scoring import Spread, spread_of, weighted_mean
from texts.queries import renderings_prefetch

COMMITTEE = "committee"  # the address of the body that judges, in every hub
JUDGING = (Phase.REVIEW, Phase.DELIBERATION)


def committee_of(hub: Hub) -> Body:
    """The body that judges the proposals of a hub's rounds. Raises Body.DoesNotExist."""
    return Body.objects.select_related("hub").get(hub=hub, slug=COMMITTEE)


def seats_of_judges(now: datetime) -> QuerySet[Term]:
    """The terms that make their holders judges now, in every hub."""
    return Term.objects.active(now).filter(
        seat__body__slug=COMMITTEE, seat__body__hub__isnull=False, seat__function__in=JUDGES
    )


def judges_of(body: Body, now: datetime) -> QuerySet[Member]:
    """The members of a body who have a voice in it now, each once."""
    terms = Term.objects.active(now).filter(seat__body=body, seat__function__in=JUDGES)
    return Member.objects.filter(Exists(terms.filter(member=OuterRef("pk")))).order_by("name", "pk")


def is_judge(member: Member, hub: Hub, now: datetime) -> bool:
    """Whether the member holds a seat with a voice on the hub's committee."""
    return seats_of_judges(now).filter(member=member, seat__body__hub=hub).exists()


def has_conflict(member: Member, proposal: Proposal) -> bool:
    """Whether the member has a stake in a proposal: wrote it, or has declared one."""
    return (
        proposal.author_id == member.pk
        or Recusal.objects.filter(proposal=proposal, member=member).exists()
    )


def unconflicted(members: QuerySet[Member], proposal: Proposal) -> QuerySet[Member]:
    """Those of the members who may judge the proposal."""
    recused = Recusal.objects.filter(proposal=proposal, member=OuterRef("pk"))
    return members.exclude(pk=proposal.author_id).exclude(Exists(recused))


def is_judging(round_: Round, now: datetime) -> bool:
    """Whether proposals of the round are judged now."""
    return round_.phase_at(now) in JUDGING


def criteria_of(round_: Round) -> QuerySet[Criterion]:
    """The criteria by which the round's proposals are judged, in order, with their principles."""
    asked = Criterion.objects.filter(framework=round_.framework_id)
    return (
        asked.exclude(applies_to=Applies.ALLOCATOR).select_related("principle").order_by("position")
    )


def under_review(now: datetime) -> QuerySet[Proposal]:
    """The proposals that wait for judgement, in every round whose timetable says so now."""
    return Proposal.objects.filter(
        status__in=UNDER_REVIEW,
        lane__round__opened_at__lte=now,
        lane__round__review_at__lte=now,
        lane__round__voting_at__gt=now,
    )


def open_to_judge(member: Member, now: datetime) -> QuerySet[Proposal]:
    """Of those, the ones this member may judge: a voice on the committee, and no stake."""
    voices = seats_of_judges(now).filter(
        member=member, seat__body__hub=OuterRef("lane__round__hub")
    )
    recused = Recusal.objects.filter(proposal=OuterRef("pk"), member=member)
    return (
        under_review(now)
        .filter(Exists(voices))
        .exclude(author=member)
        .exclude(Exists(recused))
        .order_by("lane__round__voting_at", "pk")
    )


def submitted_by(member: Member) -> QuerySet[Assessment]:
    """For ``Exists`` in a query of proposals: the member has assessed the present version."""
    return Assessment.objects.filter(
        proposal=OuterRef("pk"),
        assessor=member,
        version_at=OuterRef("submitted_at"),
        submitted_at__isnull=False,
    )


def awaiting_assessment(member: Member, now: datetime) -> QuerySet[Proposal]:
    """The proposals that the member is to assess, soonest voted on first."""
    waiting = open_to_judge(member, now).exclude(Exists(submitted_by(member)))
    return waiting.select_related("text", "lane__round__hub").prefetch_related(
        renderings_prefetch()
    )


def open_determinations() -> QuerySet[Determination]:
    """Put to a body, neither decided nor taken back."""
    return Determination.objects.filter(decided_at__isnull=True, retracted_at__isnull=True)


def open_determination(proposal: Proposal) -> Determination | None:
    """The decision about a proposal that waits for voices: there is one at most."""
    found = open_determinations().filter(proposal=proposal)
    return found.select_related("body", "proposal", "proposed_by").first()


def ended_determinations(proposal: Proposal) -> QuerySet[Determination]:
    """For the judges: what was decided or taken back so far, newest first."""
    ended = proposal.determinations.exclude(decided_at__isnull=True, retracted_at__isnull=True)
    return ended.select_related("proposed_by").order_by("-proposed_at", "-pk")


def may_retract(determination: Determination, member: Member, now: datetime) -> bool:
    """Who put a decision; and any judge without a stake once that member no longer has a voice."""
    if determination.proposed_by_id == member.pk:
        return True
    judges = unconflicted(judges_of(determination.body, now), determination.proposal)
    return (
        not judges.filter(pk=determination.proposed_by_id).exists()
        and judges.filter(pk=member.pk).exists()
    )


def awaiting_voice(member: Member, now: datetime) -> QuerySet[Determination]:
    """The decisions put to a committee of the member that wait for their voice, oldest first."""
    spoken = DeterminationVoice.objects.filter(determination=OuterRef("pk"), member=member)
    return (
        open_determinations()
        .filter(proposal__in=open_to_judge(member, now).order_by())
        .exclude(Exists(spoken))
        .select_related("proposal__text", "proposal__lane__round__hub", "body")
        .prefetch_related(renderings_prefetch("proposal__text"))
        .order_by("proposed_at", "pk")
    )


def counted_assessments(proposal: Proposal) -> QuerySet[Assessment]:
    """The submitted assessments of the present version by members who have declared no stake."""
    recused = Recusal.objects.filter(proposal=proposal, member=OuterRef("assessor"))
    return proposal.assessments.filter(
        submitted_at__isnull=False, version_at=F("proposal__submitted_at")
    ).exclude(Exists(recused))


def counting_voices(determination: Determination, now: datetime) -> QuerySet[DeterminationVoice]:
    """The voices of those who still sit on the body and have declared no stake since."""
    judges = unconflicted(judges_of(determination.body, now), determination.proposal)
    return (
        determination.voices.filter(member__in=judges)
        .select_related("member")
        .order_by("agreed_at", "pk")
    )


def own_assessment(proposal: Proposal, member: Member) -> Assessment | None:
    """The member's newest assessment of the proposal, of whichever version, with its scores."""
    own = proposal.assessments.filter(assessor=member).prefetch_related(_scores())
    return own.order_by("-version_at").first()


def _scores() -> "Prefetch[str, QuerySet[AssessmentScore], str]":
    """The scores of assessments with their criteria, in order."""
    scores = AssessmentScore.objects.select_related("criterion").order_by("criterion__position")
    return Prefetch("scores", queryset=scores)


def has_assessed(proposal: Proposal, member: Member) -> bool:
    """Whether the member has submitted an assessment of the present version."""
    return proposal.assessments.filter(
        assessor=member, version_at=F("proposal__submitted_at"), submitted_at__isnull=False
    ).exists()


def may_read_others(proposal: Proposal, member: Member) -> bool:
    """Whether a judge may read what the others think: after thinking for themselves, and once there
    is nothing left to judge."""
    return proposal.status not in UNDER_REVIEW or has_assessed(proposal, member)


def assessments_for(member: Member, proposal: Proposal) -> QuerySet[Assessment]:
    """What a judge may read of the present version: their own, and when it is time the others'."""
    own = Q(assessor=member, version_at=F("proposal__submitted_at"))
    others = Q(pk__in=counted_assessments(proposal))
    readable = own | others if may_read_others(proposal, member) else own
    found = proposal.assessments.filter(readable).select_related("assessor")
    return found.prefetch_related(_scores()).order_by("pk")


@dataclass(frozen=True, slots=True)
class Judged:
    """The submitted assessments of a proposal, put together."""

    assessments: Sequence[tuple[Assessment, Sequence[AssessmentScore], Fraction | None]]
    criteria: Sequence[tuple[Criterion, Spread | None, int]]  # and how often it does not apply
    overall: Spread | None


def judged(proposal: Proposal) -> Judged:
    """Every counted assessment with what it is worth, and the spread by criterion and overall."""
    counted = list(
        counted_assessments(proposal)
        .select_related("assessor")
        .prefetch_related(_scores())
        .order_by("submitted_at", "pk")
    )
    given = [(assessment, list(assessment.scores.all())) for assessment in counted]
    worth = [
        (assessment, found, weighted_mean((s.criterion.weight, s.level) for s in found))
        for assessment, found in given
    ]
    return Judged(
        assessments=worth,
        criteria=[
            (criterion, *_by_criterion(criterion, given))
            for criterion in criteria_of(proposal.lane.round)
        ],
        overall=spread_of([value for _assessment, _scores, value in worth if value is not None]),
    )


def _by_criterion(
    criterion: Criterion, given: Sequence[tuple[Assessment, Sequence[AssessmentScore]]]
) -> tuple[Spread | None, int]:
    levels = [s.level for _a, scores in given for s in scores if s.criterion_id == criterion.pk]
    return spread_of([level for level in levels if level]), levels.count(None)


def determinations_of(proposal: Proposal) -> QuerySet[Determination]:
    """What was decided about a proposal, newest first, for everyone to read.

    Each with ``agreed`` (voices) and ``kept_away`` (members who declared a stake).
    """
    return (
        proposal.determinations.filter(decided_at__isnull=False)
        .select_related("body__hub")
        .annotate(
            agreed=Count("voices", distinct=True),
            kept_away=Count(
                "proposal__recusals",
                filter=Q(proposal__recusals__recused_at__lte=F("decided_at")),
                distinct=True,
            ),
        )
        .order_by("-decided_at", "-pk")
    )


def shortlisted(round_: Round) -> QuerySet[Proposal]:
    """What the members of a round vote on: the shortlist of its lanes with a vote, lane by lane."""
    return (
        Proposal.objects.filter(
            lane__round=round_,
            lane__method=LaneMethod.VOTE,
            status=ProposalStatus.SHORTLISTED,
        )
        .select_related("lane__round__hub", "author", "text")
        .prefetch_related(renderings_prefetch(), "lines")
        .order_by("lane__kind", "pk")
    )
