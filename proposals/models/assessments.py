"""What single committee members think of a proposal, and who keeps away from it."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from audit.guards import Guard
from audit.models import append_only
from members.models import Member
from principles.models import LEVELS, Criterion
from proposals.models.proposals import Proposal
from proposals.scoring import NOT_YET

MAX_REASON, MAX_COMMENT = 2_000, 4_000  # characters


def without_conflict(column: str, *, via: str = "") -> Guard:
    """The trigger of a table whose rows nobody writes about their own proposal, nor after a recusal.

    ``column`` names the member; ``via`` is the subquery that leads to the proposal, by default the
    row's own ``proposal_id``.
    """
    proposal = via or "NEW.proposal_id"
    return Guard(
        name="without_conflict",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF EXISTS (
                SELECT FROM proposals_proposal WHERE id = {proposal} AND author_id = NEW.{column}
            ) OR EXISTS (
                SELECT FROM proposals_recusal WHERE proposal_id = {proposal} AND member_id = NEW.{column}
            ) THEN
                RAISE EXCEPTION 'proposals: nobody judges a proposal they have a stake in';
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # the only thing put in is a constant of this package
    )


class RecusalReason(models.TextChoices):
    EMPLOYMENT = "EMPLOYMENT", _("I work or worked for the people behind it")
    MONEY = "MONEY", _("I or my organisation would get money from it")
    FAMILY = "FAMILY", _("A relative or close friend is behind it")
    AFFILIATION = "AFFILIATION", _("My organisation wrote it")
    OTHER = "OTHER", _("Another reason why I cannot judge freely")


class Recusal(models.Model):
    """A member who has a stake in a proposal and keeps away from it, for good."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("proposal")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="recusals", verbose_name=_("member")
    )
    reason = models.CharField(_("reason"), max_length=12, choices=RecusalReason.choices)
    recused_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "member"], name="proposals_recusal_one_per_member"
            ),
            models.CheckConstraint(
                name="proposals_recusal_reason_known", condition=Q(reason__in=RecusalReason.values)
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.reason}"


class Assessment(models.Model):
    """One committee member's judgement, criterion by criterion: a draft until it is submitted.

    A proposal that was returned and handed in again is judged anew: ``version_at`` is the moment
    at which the version judged was submitted.
    """

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("proposal")
    )
    assessor = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("assessor")
    )
    version_at = models.DateTimeField(_("version it judges"))
    language = models.CharField(_("language of the reasons"), max_length=20)
    comment = models.TextField(_("to the committee"), blank=True)
    saved_at = models.DateTimeField(_("saved"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "assessor", "version_at"],
                name="proposals_assessment_one_per_member",
            ),
            models.CheckConstraint(
                name="proposals_assessment_comment_short_enough",
                condition=LessThanOrEqual(Length("comment"), MAX_COMMENT),
            ),
        ]
        triggers = [
            without_conflict("assessor_id"),
            Guard(
                name="final_once_submitted",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.submitted_at IS NOT NULL"),
                func="RAISE EXCEPTION 'proposals: an assessment is final once it is submitted';",
            ),
            Guard(
                name="complete_when_submitted",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.submitted_at IS NOT NULL"),
                func=f"""
                    IF EXISTS (
                        SELECT FROM principles_criterion c
                        JOIN hubs_round r ON r.framework_id = c.framework_id
                        JOIN hubs_lane l ON l.round_id = r.id
                        JOIN proposals_proposal p ON p.lane_id = l.id
                        WHERE p.id = NEW.proposal_id AND c.applies_to <> 'ALLOCATOR' AND NOT EXISTS (
                            SELECT FROM proposals_assessmentscore s
                            WHERE s.assessment_id = NEW.id AND s.criterion_id = c.id
                            AND s.level IS DISTINCT FROM {NOT_YET} AND s.reason <> ''))
                    THEN
                        RAISE EXCEPTION 'proposals: an assessment answers every criterion, with a reason';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608  # the only thing put in is a constant
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class AssessmentScore(models.Model):
    """The level given on one criterion, with its reason.

    None says that the criterion does not apply; NOT_YET, in a draft, that nothing is chosen so far.
    """

    assessment = models.ForeignKey(
        Assessment, on_delete=models.CASCADE, related_name="scores", verbose_name=_("assessment")
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion")
    )
    level = models.PositiveSmallIntegerField(_("level"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], name="proposals_score_one_per_criterion"
            ),
            models.CheckConstraint(
                name="proposals_score_level_known",
                condition=Q(level__isnull=True) | Q(level__in=[NOT_YET, *LEVELS]),
            ),
            models.CheckConstraint(
                name="proposals_score_reason_short_enough",
                condition=LessThanOrEqual(Length("reason"), MAX_REASON),
            ),
        ]
        triggers = [
            Guard(
                name="until_submitted",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF (SELECT submitted_at FROM proposals_assessment
                        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.assessment_id ELSE NEW.assessment_id END
                        FOR SHARE) IS NOT NULL
                    THEN
                        RAISE EXCEPTION 'proposals: the scores are final once the assessment is submitted';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
            Guard(
                name="criterion_of_the_round",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF (SELECT framework_id FROM principles_criterion WHERE id = NEW.criterion_id)
                        IS DISTINCT FROM (
                            SELECT r.framework_id FROM proposals_assessment a
                            JOIN proposals_proposal p ON p.id = a.proposal_id
                            JOIN hubs_lane l ON l.id = p.lane_id
                            JOIN hubs_round r ON r.id = l.round_id
                            WHERE a.id = NEW.assessment_id)
                    THEN
                        RAISE EXCEPTION 'proposals: a proposal is judged by the framework its round is bound to';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.criterion_id}"
