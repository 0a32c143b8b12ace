"""Elections, what is on them, who may vote, the ballots, and what came of them.

No table here that holds a ballot has a path to a member: a ballot is found by its pseudonym alone.
"""

import uuid
from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.guards import Guard
from audit.models import append_only
from hubs.models import Round
from members.models import Member
from voting.canonical import PLAIN


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


class ResourceKind(models.TextChoices):
    MONEY = "MONEY", _("Money")
    STAFF_TIME = "STAFF_TIME", _("Staff time")
    CAPACITY = "CAPACITY", _("Capacity")
    DATA = "DATA", _("Data")


# What decides the result; the database refuses to change it once the election is frozen.
FROZEN_COLUMNS = (
    "round_id", "kind", "origin", "title", "title_language", "ballot_format", "resource_kind",
    "currency", "decimals", "budget_minor", "rule", "parameters", "comparisons", "seed",
    "opens_at", "closes_at", "frozen_at", "frozen_hash",
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
    budget_minor = models.BigIntegerField(_("budget"))
    rule = models.CharField(_("counting rule"), max_length=30)
    parameters = models.JSONField(_("parameters of the rule"), default=dict)
    comparisons = models.JSONField(_("rules counted beside it"), default=list)
    seed = models.CharField(_("tie-break seed"), max_length=64, blank=True)
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
                name="voting_election_budget_not_negative", condition=Q(budget_minor__gte=0)
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
            Guard(
                name="status_moves_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.status <> NEW.status AND (OLD.status, NEW.status)"
                    " NOT IN (('DRAFT', 'FROZEN'), ('FROZEN', 'CLOSED'))"
                ),
                func="RAISE EXCEPTION 'voting: an election does not move from % to %', OLD.status, NEW.status;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class Item(models.Model):
    """One line of the ballot: what it costs and where it stands. Its words are ``ItemText`` rows."""

    election = models.ForeignKey(
        Election, on_delete=models.CASCADE, related_name="items", verbose_name=_("election")
    )
    position = models.PositiveIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=60)
    cost_minor = models.BigIntegerField(_("cost"))

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "position"], name="voting_item_one_per_position"
            ),
            models.UniqueConstraint(fields=["election", "code"], name="voting_item_one_per_code"),
            models.CheckConstraint(
                name="voting_item_cost_not_negative", condition=Q(cost_minor__gte=0)
            ),
        ]
        triggers = [only_while(ElectionStatus.DRAFT, name="before_freeze")]

    def __str__(self) -> str:
        return f"{self.election_id} {self.code}"


class ItemText(models.Model):
    """An item in one language, as the voters read it."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, verbose_name=_("election"))
    item = models.ForeignKey(
        Item, on_delete=models.CASCADE, related_name="texts", verbose_name=_("item")
    )
    language = models.CharField(_("language"), max_length=20)
    title = models.CharField(_("title"), max_length=500)
    summary = models.TextField(_("summary"), blank=True)

    class Meta:
        verbose_name = _("text of an item")
        verbose_name_plural = _("texts of items")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "language"], name="voting_text_one_per_language"
            )
        ]
        triggers = [
            only_while(ElectionStatus.DRAFT, name="before_freeze"),
            Guard(
                name="same_election",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.election_id <> (SELECT election_id FROM voting_item WHERE id = NEW.item_id) THEN
                        RAISE EXCEPTION 'voting: a text belongs to the election of its item';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.language}"


class RollReason(models.TextChoices):
    """Why someone is on the roll."""

    IMPORTED = "IMPORTED", _("On the roll of an election held elsewhere")


class RollEntry(models.Model):
    """One person who may vote, and why. Rolls of imported elections name no member."""

    election = models.ForeignKey(
        Election, on_delete=models.CASCADE, related_name="roll", verbose_name=_("election")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=RollReason.choices)

    class Meta:
        verbose_name = _("roll entry")
        verbose_name_plural = _("roll entries")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "member"], name="voting_roll_one_entry_per_member"
            ),
            models.CheckConstraint(
                name="voting_roll_names_a_member_unless_imported",
                condition=Q(reason="IMPORTED", member__isnull=True)
                | (~Q(reason="IMPORTED") & Q(member__isnull=False)),
            ),
        ]
        triggers = [only_while(ElectionStatus.DRAFT, name="before_freeze")]

    def __str__(self) -> str:
        return f"{self.election_id} {self.pk}"


class Ballot(models.Model):
    """The ballot in force of one pseudonym. Carries no member, moment, language, place or device."""

    pk = models.CompositePrimaryKey("election_id", "pseudonym")
    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="ballots", verbose_name=_("election")
    )
    pseudonym = models.BinaryField(_("pseudonym"), max_length=32)
    version = models.PositiveIntegerField(_("version"), default=1)
    scheme = models.CharField(_("scheme"), max_length=20, default=PLAIN)
    payload = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        triggers = [only_while(ElectionStatus.FROZEN, name="until_close")]

    def __str__(self) -> str:
        return f"{self.election_id}"


class Manifest(models.Model):
    """What was accepted, written in the transaction that closed the election: the count's only input."""

    election = models.OneToOneField(
        Election, on_delete=models.PROTECT, primary_key=True, verbose_name=_("election")
    )
    body = models.JSONField(_("content"))
    hash = models.CharField(_("hash"), max_length=64)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("manifest")
        verbose_name_plural = _("manifests")
        triggers = append_only()

    def __str__(self) -> str:
        return self.hash


class Tally(models.Model):
    """One count of one manifest by one rule: never changed; the same inputs give the same bytes."""

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="tallies", verbose_name=_("election")
    )
    rule = models.CharField(_("counting rule"), max_length=30)
    parameters = models.JSONField(_("parameters of the rule"))
    decides = models.BooleanField(_("decides the election"))
    input_hash = models.CharField(_("hash of the input"), max_length=64)
    settings_hash = models.CharField(_("hash of rule and parameters"), max_length=64)
    code_version = models.CharField(_("version of the counting code"), max_length=64)
    outcome = models.JSONField(_("outcome"))
    outcome_hash = models.CharField(_("hash of the outcome"), max_length=64)
    counted_at = models.DateTimeField(_("counted"))

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.UniqueConstraint(
                fields=["election", "input_hash", "settings_hash", "code_version"],
                name="voting_tally_one_per_input",
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.election_id} {self.rule}"
