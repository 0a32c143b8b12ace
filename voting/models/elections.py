"""Elections, what is frozen of them, and the lanes that are counted."""

import uuid
from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.guards import Guard, moves_along
from hubs.models import LaneKind, ResourceKind, Round


class ElectionKind(models.TextChoices):
    BUDGET = "BUDGET", _("Budget")
    QUESTION = "QUESTION", _("Question")
    SEATS = "SEATS", _("Seats")


class ElectionOrigin(models.TextChoices):
    OWN = "OWN", _("Held here")
    IMPORTED = "IMPORTED", _("Held elsewhere, imported")


class ElectionStatus(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("election", "Draft")
    FROZEN = "FROZEN", pgettext_lazy("election", "Frozen")
    CLOSED = "CLOSED", pgettext_lazy("election", "Closed")


MOVES: dict[str, frozenset[str]] = {
    ElectionStatus.DRAFT: frozenset({ElectionStatus.FROZEN}),
    ElectionStatus.FROZEN: frozenset({ElectionStatus.CLOSED}),
    ElectionStatus.CLOSED: frozenset(),
}


class BallotFormat(models.TextChoices):
    APPROVAL = "APPROVAL", _("Approval: mark any number")
    KNAPSACK = "KNAPSACK", _("Knapsack: mark what fits the budget")
    CUMULATIVE = "CUMULATIVE", _("Points: share out a number of points")
    SCORING = "SCORING", _("Scoring: give each a score")
    RANKING = "RANKING", _("Ranking: put in order")


# What decides the result; the database refuses to change it once the election is frozen.
FROZEN_COLUMNS = (
    "round_id", "kind", "origin", "title", "title_language", "ballot_format", "resource_kind",
    "currency", "decimals", "max_choices", "rule", "parameters", "comparisons", "seed",
    "key_fingerprint", "opens_at", "closes_at", "frozen_at", "frozen_hash",
)  # fmt: skip


def only_while(status: ElectionStatus, *, name: str) -> Guard:
    """The trigger of a table that changes only while its election has this status.

    It shares a lock on the election with other writers; a freeze or a close waits for all of them,
    so that nothing is written after it.
    """
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("found", "text")],
        func=f"""
            IF TG_OP = 'UPDATE' AND NEW.election_id <> OLD.election_id THEN
                RAISE EXCEPTION 'voting: % does not move to another election', TG_TABLE_NAME;
            END IF;
            SELECT status INTO found FROM voting_election
            WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.election_id ELSE NEW.election_id END
            FOR SHARE;
            IF found IS DISTINCT FROM '{status.value}' THEN
                RAISE EXCEPTION 'voting: % only while the election is {status.value}, not %', TG_TABLE_NAME, found;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608  # the only thing put in is a constant of this file
    )


class ElectionQuerySet(models.QuerySet["Election"]):
    def published(self) -> "ElectionQuerySet":
        return self.exclude(status=ElectionStatus.DRAFT)

    def with_visible_results(self, now: datetime) -> "ElectionQuerySet":
        """The one predicate of results: pages, API, exports, feeds and mail all ask this."""
        return self.filter(status=ElectionStatus.CLOSED, closes_at__lte=now)


class Election(models.Model):
    """A vote of a round, on one kind of resource. Amounts are integers of ``10**-decimals``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="elections", verbose_name=_("round")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ElectionKind.choices)
    origin = models.CharField(_("origin"), max_length=10, choices=ElectionOrigin.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=ElectionStatus.choices, default=ElectionStatus.DRAFT
    )
    title = models.CharField(_("title"), max_length=300)
    title_language = models.CharField(_("language of the title"), max_length=20)
    ballot_format = models.CharField(
        _("ballot format"), max_length=10, choices=BallotFormat.choices
    )
    resource_kind = models.CharField(
        _("resource"), max_length=10, choices=ResourceKind.choices, default=ResourceKind.MONEY
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    max_choices = models.PositiveSmallIntegerField(_("most items one may choose"), null=True)
    rule = models.CharField(_("counting rule"), max_length=30)
    parameters = models.JSONField(_("parameters of the rule"), default=dict)
    comparisons = models.JSONField(_("rules counted beside it"), default=list)
    seed = models.CharField(_("tie-break seed"), max_length=64, blank=True)
    key_fingerprint = models.CharField(
        _("fingerprint of the key of pseudonyms"), max_length=64, blank=True
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    frozen_at = models.DateTimeField(_("frozen"), null=True)
    frozen_hash = models.CharField(_("hash of what is frozen"), max_length=64, blank=True)

    objects = ElectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("election")
        verbose_name_plural = _("elections")
        indexes = [models.Index(fields=["round", "-closes_at"], name="voting_election_of_round")]
        constraints = [
            models.CheckConstraint(
                name="voting_election_kind_known", condition=Q(kind__in=ElectionKind.values)
            ),
            models.CheckConstraint(
                name="voting_election_status_known", condition=Q(status__in=ElectionStatus.values)
            ),
            models.CheckConstraint(
                name="voting_election_format_known",
                condition=Q(ballot_format__in=BallotFormat.values),
            ),
            models.CheckConstraint(
                name="voting_election_origin_known", condition=Q(origin__in=ElectionOrigin.values)
            ),
            models.CheckConstraint(
                name="voting_election_resource_known",
                condition=Q(resource_kind__in=ResourceKind.values),
            ),
            models.CheckConstraint(
                name="voting_election_own_has_a_key",
                condition=Q(status="DRAFT")
                | Q(origin="IMPORTED", key_fingerprint="")
                | Q(origin="OWN", key_fingerprint__regex=r"^[0-9a-f]{64}$"),
            ),
            models.UniqueConstraint(
                fields=["round", "resource_kind"],
                condition=Q(kind="BUDGET", origin="OWN"),
                name="voting_election_one_budget_per_kind",
            ),
            models.CheckConstraint(
                name="voting_election_closes_after_it_opens",
                condition=Q(closes_at__gte=F("opens_at")),
            ),
            models.CheckConstraint(
                name="voting_election_frozen_with_its_hash",
                condition=Q(status="DRAFT")
                | Q(frozen_at__isnull=False, frozen_hash__regex=r"^[0-9a-f]{64}$"),
            ),
        ]
        triggers = [
            Guard(
                name="frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.status <> 'DRAFT' AND ("
                    + " OR ".join(
                        f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FROZEN_COLUMNS
                    )
                    + ")"
                ),
                func="RAISE EXCEPTION 'voting: what decides a frozen election cannot change';",
            ),
            moves_along(MOVES, thing="voting: an election"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class ElectionLane(models.Model):
    """What one lane of the round puts to the vote. Each lane is counted for itself."""

    election = models.ForeignKey(
        Election, on_delete=models.CASCADE, related_name="lanes", verbose_name=_("election")
    )
    kind = models.CharField(_("lane"), max_length=10, choices=LaneKind.choices)
    position = models.PositiveSmallIntegerField(_("position"))
    budget_minor = models.BigIntegerField(_("budget"))

    class Meta:
        verbose_name = _("lane of an election")
        verbose_name_plural = _("lanes of elections")
        constraints = [
            models.UniqueConstraint(fields=["election", "kind"], name="voting_lane_one_per_kind"),
            models.UniqueConstraint(
                fields=["election", "position"], name="voting_lane_one_per_position"
            ),
            models.CheckConstraint(
                name="voting_lane_kind_known", condition=Q(kind__in=LaneKind.values)
            ),
            models.CheckConstraint(
                name="voting_lane_budget_not_negative", condition=Q(budget_minor__gte=0)
            ),
        ]
        triggers = [only_while(ElectionStatus.DRAFT, name="before_freeze")]

    def __str__(self) -> str:
        return f"{self.election_id} {self.kind}"
