"""A proposal, its status, and the lines of what it asks for."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.guards import Guard, moves_along
from hubs.models import Lane, ResourceKind
from members.models import Member
from texts.models import SourceText


class ProposalStatus(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("proposal", "Draft")
    SUBMITTED = "SUBMITTED", pgettext_lazy("proposal", "Submitted")
    RETURNED = "RETURNED", _("Returned with questions")
    IN_REVIEW = "IN_REVIEW", _("In review")
    SHORTLISTED = "SHORTLISTED", _("Shortlisted")
    INELIGIBLE = "INELIGIBLE", _("Not eligible")
    DECLINED = "DECLINED", _("Declined")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    FUNDED = "FUNDED", _("Funded")
    NOT_FUNDED = "NOT_FUNDED", _("Not funded")


_JUDGED = frozenset({"SHORTLISTED", "RETURNED", "INELIGIBLE", "DECLINED", "WITHDRAWN"})
MOVES: dict[str, frozenset[str]] = {
    ProposalStatus.DRAFT: frozenset({"SUBMITTED"}),
    ProposalStatus.SUBMITTED: frozenset({"IN_REVIEW", "WITHDRAWN"}),
    ProposalStatus.RETURNED: frozenset({"SUBMITTED", "WITHDRAWN"}),
    ProposalStatus.IN_REVIEW: _JUDGED,
    ProposalStatus.SHORTLISTED: frozenset({"FUNDED", "NOT_FUNDED", "WITHDRAWN"}),
    ProposalStatus.INELIGIBLE: frozenset(),
    ProposalStatus.DECLINED: frozenset(),
    ProposalStatus.WITHDRAWN: frozenset(),
    ProposalStatus.FUNDED: frozenset(),
    ProposalStatus.NOT_FUNDED: frozenset(),
}
EDITABLE = frozenset({ProposalStatus.DRAFT, ProposalStatus.RETURNED})
PUBLIC = frozenset(ProposalStatus) - {ProposalStatus.DRAFT}
UNDER_REVIEW = frozenset({ProposalStatus.SUBMITTED, ProposalStatus.IN_REVIEW})
WITHDRAWABLE = frozenset(status for status in ProposalStatus if "WITHDRAWN" in MOVES[status])


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def public(self) -> "ProposalQuerySet":
        """Everyone sees a proposal from the moment it was handed in for the first time."""
        return self.exclude(status=ProposalStatus.DRAFT)


class Proposal(models.Model):
    """What a member asks for in a lane of a round. Its words are in ``text``."""

    lane = models.ForeignKey(
        Lane, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("lane")
    )
    author = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("author")
    )
    text = models.OneToOneField(
        SourceText, on_delete=models.PROTECT, related_name="proposal", verbose_name=_("text")
    )
    country = models.CharField(_("country of the work"), max_length=2, blank=True)
    minimum_minor = models.BigIntegerField(_("smallest sum that still works"), null=True)
    status = models.CharField(
        _("status"), max_length=12, choices=ProposalStatus.choices, default=ProposalStatus.DRAFT
    )
    created_at = models.DateTimeField(_("begun"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        indexes = [
            models.Index(fields=["lane", "status"], name="proposals_of_lane"),
            models.Index(fields=["author", "-created_at"], name="proposals_of_author"),
        ]
        constraints = [
            models.CheckConstraint(
                name="proposals_proposal_status_known",
                condition=Q(status__in=ProposalStatus.values),
            ),
            models.CheckConstraint(
                name="proposals_proposal_country_is_a_code",
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
            ),
            models.CheckConstraint(
                name="proposals_proposal_submitted_at_a_moment",
                condition=Q(status="DRAFT", submitted_at__isnull=True)
                | (~Q(status="DRAFT") & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="proposals_proposal_minimum_positive",
                condition=Q(minimum_minor__isnull=True) | Q(minimum_minor__gt=0),
            ),
        ]
        triggers = [
            moves_along(MOVES, thing="proposals: a proposal"),
            Guard(
                name="stays_where_it_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.author_id <> NEW.author_id OR OLD.text_id <> NEW.text_id"
                    " OR (OLD.status NOT IN ('DRAFT', 'RETURNED') AND ("
                    "OLD.lane_id <> NEW.lane_id OR OLD.country <> NEW.country"
                    " OR OLD.minimum_minor IS DISTINCT FROM NEW.minimum_minor))"
                ),
                func="RAISE EXCEPTION 'proposals: what was submitted does not change';",
            ),
            Guard(
                name="never_deleted_once_submitted",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.status <> 'DRAFT'"),
                func="RAISE EXCEPTION 'proposals: what was submitted is withdrawn, not deleted';",
            ),
        ]

    def __str__(self) -> str:
        return f"P-{self.pk}"


class RequestLine(models.Model):
    """One line of the request: minor units of the round's currency, minutes, credits or grants."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="lines", verbose_name=_("proposal")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("resource"), max_length=10, choices=ResourceKind.choices)
    amount_minor = models.BigIntegerField(_("amount"))
    purpose = models.CharField(_("what for"), max_length=120)
    country = models.CharField(_("country where it is spent"), max_length=2)

    class Meta:
        verbose_name = _("line of a request")
        verbose_name_plural = _("lines of requests")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "position"], name="proposals_line_one_per_position"
            ),
            models.CheckConstraint(
                name="proposals_line_kind_known", condition=Q(kind__in=ResourceKind.values)
            ),
            models.CheckConstraint(
                name="proposals_line_asks_for_something",
                condition=Q(amount_minor__gt=0, amount_minor__lte=10**15),
            ),
            models.CheckConstraint(
                name="proposals_line_country_is_a_code", condition=Q(country__regex=r"^[A-Z]{2}$")
            ),
        ]
        triggers = [
            Guard(
                name="while_editable",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("found", "text")],
                func="""
                    IF TG_OP = 'UPDATE' AND NEW.proposal_id <> OLD.proposal_id THEN
                        RAISE EXCEPTION 'proposals: a line does not move to another proposal';
                    END IF;
                    SELECT status INTO found FROM proposals_proposal
                    WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.proposal_id ELSE NEW.proposal_id END
                    FOR SHARE;
                    IF found NOT IN ('DRAFT', 'RETURNED') THEN
                        RAISE EXCEPTION 'proposals: a line changes only while the proposal is written, not %', found;
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.kind}"
