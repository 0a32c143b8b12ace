"""What one judge thinks of a proposal: kept as a draft, then submitted for good."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from audit.actions import record
from members.actions import UnknownLanguage
from members.languages import is_language
from members.models import Member
from principles.models import LEVELS
from proposals.actions.judging import JUDGE, NotUnderReview, locked_for, take_up
from proposals.models import Assessment, AssessmentScore, Proposal
from proposals.queries import criteria_of
from proposals.scoring import NOT_YET, Gaps, Level, gaps_of


class AlreadySubmitted(Exception):
    """The member has submitted an assessment of this version: it is final."""


class EarlierVersion(Exception):
    """The draft is about a version that was returned; the proposal has been handed in again since."""


class UnknownCriterion(ValueError):
    """A score on something the round's framework does not ask, or with a level there is not."""


class IncompleteAssessment(Exception):
    """The assessment lacks levels or reasons, or says too often that a criterion does not apply.

    ``gaps`` names the criteria by id.
    """

    def __init__(self, gaps: Gaps) -> None:
        super().__init__(gaps)
        self.gaps = gaps


@transaction.atomic
def save_assessment(
    *,
    proposal: Proposal,
    assessor: Member,
    language: str,
    comment: str,
    scores: Mapping[int, tuple[Level, str]],
    now: datetime,
) -> Assessment:
    """Keep a draft, however unfinished; the first one takes the proposal up.

    ``scores`` gives by id of a criterion a level with a reason: 1 to 4, None for "does not apply",
    NOT_YET where none is chosen; a criterion left out is emptied.
    Refuses NotInReview, NotUnderReview, NotAJudge, HasConflict and AlreadySubmitted; raises
    UnknownLanguage and UnknownCriterion.
    """
    proposal = locked_for(assessor, proposal, now)
    if not is_language(language):
        raise UnknownLanguage(language)
    asked = set(criteria_of(proposal.lane.round).values_list("pk", flat=True))
    if any(level not in (None, NOT_YET, *LEVELS) for level, _reason in scores.values()):
        raise UnknownCriterion
    if not asked.issuperset(scores):
        raise UnknownCriterion
    take_up(proposal, assessor, now)
    assessment = _draft(proposal, assessor, language, comment, now)
    assessment.scores.all().delete()
    AssessmentScore.objects.bulk_create(
        AssessmentScore(
            assessment=assessment, criterion_id=criterion, level=level, reason=reason.strip()
        )
        for criterion, (level, reason) in sorted(scores.items())
        if level != NOT_YET or reason.strip()
    )
    return assessment


def _draft(
    proposal: Proposal, assessor: Member, language: str, comment: str, now: datetime
) -> Assessment:
    """The member's draft about the present version, begun where there is none."""
    version = proposal.submitted_at
    if version is None:  # nothing under review is without
        raise NotUnderReview
    told = {"language": language, "comment": comment.strip(), "saved_at": now}
    assessment, is_new = Assessment.objects.get_or_create(
        proposal=proposal, assessor=assessor, version_at=version, defaults=told
    )
    if assessment.submitted_at is not None:
        raise AlreadySubmitted
    if is_new:
        record(
            actor=assessor.acting_as(JUDGE),
            verb="save_assessment",
            target=assessment,
            now=now,
            after={"proposal": proposal.pk},
        )
        return assessment
    for name, value in told.items():
        setattr(assessment, name, value)
    assessment.save(update_fields=list(told))
    return assessment


@transaction.atomic
def submit_assessment(*, assessment: Assessment, now: datetime) -> Assessment:
    """Hand a draft in, for good.

    Refuses IncompleteAssessment, AlreadySubmitted, EarlierVersion, NotInReview, NotUnderReview, NotAJudge and
    HasConflict.
    """
    assessor = assessment.assessor
    proposal = locked_for(assessor, assessment.proposal, now)
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if assessment.submitted_at is not None:
        raise AlreadySubmitted
    if assessment.version_at != proposal.submitted_at:
        raise EarlierVersion
    criteria = list(criteria_of(proposal.lane.round).values_list("pk", flat=True))
    answers = {score.criterion_id: (score.level, score.reason) for score in assessment.scores.all()}
    if gaps := gaps_of(criteria, answers):
        raise IncompleteAssessment(gaps)
    assessment.submitted_at = now
    assessment.save(update_fields=["submitted_at"])
    record(
        actor=assessor.acting_as(JUDGE),
        verb="submit_assessment",
        target=assessment,
        now=now,
        after={"proposal": proposal.pk},
    )
    return assessment
