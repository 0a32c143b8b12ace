"""One run of the formula over a pool, approved by someone else, and the envelopes it gives."""

import uuid

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from allocation.models.pools import FormulaVersion, IndicatorSnapshot, Pool
from audit.guards import Guard, moves_along
from audit.models import append_only
from hubs.models import Hub
from members.models import Member


class ApportionmentStatus(models.TextChoices):
    REQUESTED = "REQUESTED", _("Waiting to be computed")
    COMPUTED = "COMPUTED", _("Computed, waiting for approval")
    INFEASIBLE = "INFEASIBLE", _("Cannot be computed")
    APPROVED = "APPROVED", pgettext_lazy("apportionment", "Approved")
    REJECTED = "REJECTED", pgettext_lazy("apportionment", "Rejected")


MOVES: dict[str, frozenset[str]] = {
    ApportionmentStatus.REQUESTED: frozenset({"COMPUTED", "INFEASIBLE"}),
    ApportionmentStatus.COMPUTED: frozenset({"APPROVED", "REJECTED"}),
    ApportionmentStatus.INFEASIBLE: frozenset(),
    ApportionmentStatus.APPROVED: frozenset(),
    ApportionmentStatus.REJECTED: frozenset(),
}
# What was asked, and what was decided by whom: each written once.
ASKED = (
    "pool_id",
    "formula_id",
    "snapshot_id",
    "input",
    "input_hash",
    "requested_by_id",
    "requested_at",
)


class Apportionment(models.Model):
    """A run: what went in (``apportionment/1``), what came out, who ran it and who approved it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(
        Pool, on_delete=models.PROTECT, related_name="apportionments", verbose_name=_("pool")
    )
    formula = models.ForeignKey(
        FormulaVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("formula")
    )
    snapshot = models.ForeignKey(
        IndicatorSnapshot, on_delete=models.PROTECT, related_name="+", verbose_name=_("indicators")
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=ApportionmentStatus.choices,
        default=ApportionmentStatus.REQUESTED,
    )
    input = models.JSONField(_("what went in"), encoder=DjangoJSONEncoder)
    input_hash = models.CharField(_("hash of the input"), max_length=64)
    result = models.JSONField(_("what came out"), null=True, encoder=DjangoJSONEncoder)
    result_hash = models.CharField(_("hash of the result"), max_length=64, blank=True)
    code_version = models.CharField(_("version of the formula's code"), max_length=64, blank=True)
    requested_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="+", verbose_name=_("run by")
    )
    requested_at = models.DateTimeField(_("asked for"))
    computed_at = models.DateTimeField(_("computed"), null=True)
    decided_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("apportionment")
        verbose_name_plural = _("apportionments")
        constraints = [
            models.CheckConstraint(
                name="allocation_apportionment_status_known",
                condition=Q(status__in=ApportionmentStatus.values),
            ),
            models.CheckConstraint(
                name="allocation_apportionment_two_people",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
            ),
            models.CheckConstraint(
                name="allocation_apportionment_decided_by_someone",
                condition=Q(status__in=["APPROVED", "REJECTED"], decided_by__isnull=False)
                | (~Q(status__in=["APPROVED", "REJECTED"]) & Q(decided_by__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["pool"],
                condition=Q(status="APPROVED"),
                name="allocation_apportionment_one_approved",
            ),
        ]
        triggers = [
            moves_along(MOVES, thing="allocation: an apportionment"),
            Guard(
                name="asked_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in ASKED)
                    + " OR (OLD.status <> 'REQUESTED' AND (OLD.result IS DISTINCT FROM NEW.result"
                    " OR OLD.result_hash <> NEW.result_hash OR OLD.code_version <> NEW.code_version))"
                    " OR OLD.status IN ('APPROVED', 'REJECTED', 'INFEASIBLE')"
                ),
                func="RAISE EXCEPTION 'allocation: what was computed or decided does not change';",
            ),
            Guard(
                name="begins_as_a_request",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.status <> 'REQUESTED'"),
                func="RAISE EXCEPTION 'allocation: an apportionment begins as a request';",
            ),
            Guard(
                name="figures_of_its_cycle",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT cycle_id FROM allocation_pool WHERE id = NEW.pool_id) IS DISTINCT FROM
                        (SELECT cycle_id FROM allocation_indicatorsnapshot WHERE id = NEW.snapshot_id)
                    THEN
                        RAISE EXCEPTION 'allocation: the indicators are of another cycle than the pool';
                    END IF;
                    RETURN NEW;
                """,
            ),
            Guard(
                name="kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="RAISE EXCEPTION 'allocation: a run is kept, whatever came of it';",
            ),
            Guard(
                name="half_for_the_south",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.status = 'APPROVED' AND OLD.status <> 'APPROVED'"
                ),
                declare=[
                    ("given", "bigint"),
                    ("south", "bigint"),
                    ("whole", "bigint"),
                    ("least", "numeric"),  # the formula's floor: itself never below one half
                ],
                func="""
                    SELECT coalesce(sum(amount_minor), 0), coalesce(sum(south_minor), 0) INTO given, south
                    FROM allocation_envelope WHERE apportionment_id = NEW.id;
                    SELECT amount_minor INTO whole FROM allocation_pool WHERE id = NEW.pool_id;
                    IF given <> whole THEN
                        RAISE EXCEPTION 'allocation: the envelopes give %, the pool holds %', given, whole;
                    END IF;
                    SELECT south_floor INTO least FROM allocation_formulaversion WHERE id = NEW.formula_id;
                    IF 2 * south < whole OR south < least * whole THEN
                        RAISE EXCEPTION 'allocation: the Global South gets less than its floor of the pool';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Step(models.TextChoices):
    """What happens to a hub's amount on its way through the formula, in that order."""

    SIZE = "size", _("Size: readers and community")
    INCOME = "income", _("Income per person")
    UNDER = "under", _("Under-representation")
    HISTORY = "history", _("Past funding")
    PACE = "pace", _("Pace: how far to go this year")
    BOUNDS = "bounds", _("Limits of change and of size")
    TILT = "tilt", _("Floor for the Global South")
    ROUNDING = "rounding", _("Rounding to whole units")


class Envelope(models.Model):
    """What a hub gets from a pool, how much of it is for the Global South, and how it came about.

    ``steps`` is the waterfall of ``allocation.formula.explain``: a list of [name, amount so far].
    """

    apportionment = models.ForeignKey(
        Apportionment,
        on_delete=models.PROTECT,
        related_name="envelopes",
        verbose_name=_("apportionment"),
    )
    hub = models.ForeignKey(
        Hub, on_delete=models.PROTECT, related_name="envelopes", verbose_name=_("hub")
    )
    amount_minor = models.BigIntegerField(_("amount"))
    south_minor = models.BigIntegerField(_("of which for the Global South"))
    previous_minor = models.BigIntegerField(_("the year before"), null=True)
    steps = models.JSONField(_("steps"), default=list)

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        constraints = [
            models.UniqueConstraint(
                fields=["apportionment", "hub"], name="allocation_envelope_one_per_hub"
            ),
            models.CheckConstraint(
                name="allocation_envelope_south_within_it",
                condition=Q(amount_minor__gte=0, south_minor__gte=0)
                & Q(south_minor__lte=F("amount_minor")),
            ),
        ]
        triggers = [
            *append_only(),
            Guard(
                name="while_computed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT status FROM allocation_apportionment WHERE id = NEW.apportionment_id FOR SHARE)
                        IS DISTINCT FROM 'REQUESTED'
                    THEN
                        RAISE EXCEPTION 'allocation: envelopes come from the run alone';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.apportionment_id} {self.hub}"
