"""What a body decides about a proposal, together."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from audit.guards import Guard
from audit.models import append_only
from hubs.models import Body, SeatFunction
from members.models import Member
from proposals.models.assessments import without_conflict
from proposals.models.proposals import Proposal

JUDGES = (SeatFunction.CHAIR, SeatFunction.DEPUTY, SeatFunction.COMMITTEE_MEMBER)
_JUDGES = ", ".join(f"'{function.value}'" for function in JUDGES)

MAX_GROUNDS = 4_000  # characters of the reason that the author gets


class Outcome(models.TextChoices):
    SHORTLISTED = "SHORTLISTED", _("Shortlist it")
    RETURNED = "RETURNED", _("Return it with questions")
    INELIGIBLE = "INELIGIBLE", _("It is not eligible")
    DECLINED = "DECLINED", _("Decline it")


class Determination(models.Model):
    """A decision put to a body by one of its members; it takes effect when enough others agree."""

    proposal = models.ForeignKey(
        Proposal,
        on_delete=models.PROTECT,
        related_name="determinations",
        verbose_name=_("proposal"),
    )
    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="+", verbose_name=_("body")
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    reason = models.TextField(_("reason"))
    language = models.CharField(_("language of the reason"), max_length=20)
    proposed_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("put by")
    )
    proposed_at = models.DateTimeField(_("put"))
    retracted_at = models.DateTimeField(_("taken back"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("determination")
        verbose_name_plural = _("determinations")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(decided_at__isnull=True, retracted_at__isnull=True),
                name="proposals_determination_one_open",
            ),
            models.CheckConstraint(
                name="proposals_determination_outcome_known",
                condition=Q(outcome__in=Outcome.values),
            ),
            models.CheckConstraint(
                name="proposals_determination_gives_a_reason", condition=~Q(reason="")
            ),
            models.CheckConstraint(
                name="proposals_determination_reason_short_enough",
                condition=LessThanOrEqual(Length("reason"), MAX_GROUNDS),
            ),
            models.CheckConstraint(
                name="proposals_determination_decided_or_retracted",
                condition=Q(decided_at__isnull=True) | Q(retracted_at__isnull=True),
            ),
        ]
        triggers = [
            without_conflict("proposed_by_id"),
            Guard(
                name="decided_by_enough",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.decided_at IS NOT NULL"),
                func=f"""
                    IF (SELECT count(*) FROM proposals_determinationvoice v
                        WHERE v.determination_id = NEW.id
                        AND NOT EXISTS (
                            SELECT FROM proposals_recusal
                            WHERE proposal_id = NEW.proposal_id AND member_id = v.member_id)
                        AND EXISTS (
                            SELECT FROM hubs_term t JOIN hubs_seat s ON s.id = t.seat_id
                            WHERE t.member_id = v.member_id AND s.body_id = NEW.body_id
                            AND s.function IN ({_JUDGES})
                            AND t.starts_at <= NEW.decided_at AND t.ends_at > NEW.decided_at)
                    ) < (SELECT quorum FROM hubs_body WHERE id = NEW.body_id)
                    THEN
                        RAISE EXCEPTION 'proposals: a determination needs the voices of a quorum';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608  # the only thing put in is a constant of this file
            ),
            Guard(
                name="body_of_the_hub",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT hub_id FROM hubs_body WHERE id = NEW.body_id) IS DISTINCT FROM (
                        SELECT r.hub_id FROM proposals_proposal p
                        JOIN hubs_lane l ON l.id = p.lane_id
                        JOIN hubs_round r ON r.id = l.round_id
                        WHERE p.id = NEW.proposal_id)
                    THEN
                        RAISE EXCEPTION 'proposals: a body decides in its own hub';
                    END IF;
                    RETURN NEW;
                """,
            ),
            Guard(
                name="final_once_ended",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition(
                    "OLD.decided_at IS NOT NULL OR OLD.retracted_at IS NOT NULL"
                ),
                func="RAISE EXCEPTION 'proposals: a determination that ended does not change';",
            ),
            Guard(
                name="says_what_was_put",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "((OLD.proposal_id, OLD.body_id, OLD.outcome, OLD.reason, OLD.language, OLD.proposed_by_id)"
                    " IS DISTINCT FROM (NEW.proposal_id, NEW.body_id, NEW.outcome, NEW.reason, NEW.language, NEW.proposed_by_id))"
                ),
                func="RAISE EXCEPTION 'proposals: what was put to the body does not change under it';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.outcome}"


class DeterminationVoice(models.Model):
    """A member of the body who agrees with a determination."""

    determination = models.ForeignKey(
        Determination,
        on_delete=models.PROTECT,
        related_name="voices",
        verbose_name=_("determination"),
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("member")
    )
    agreed_at = models.DateTimeField(_("agreed"))

    class Meta:
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        constraints = [
            models.UniqueConstraint(
                fields=["determination", "member"], name="proposals_voice_one_per_member"
            )
        ]
        triggers = [
            *append_only(),
            Guard(
                name="while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (
                        SELECT FROM proposals_determination WHERE id = NEW.determination_id
                        AND (decided_at IS NOT NULL OR retracted_at IS NOT NULL)
                    ) THEN
                        RAISE EXCEPTION 'proposals: nobody joins a determination that ended';
                    END IF;
                    RETURN NEW;
                """,
            ),
            without_conflict(
                "member_id",
                via="(SELECT proposal_id FROM proposals_determination WHERE id = NEW.determination_id)",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.determination_id}"
