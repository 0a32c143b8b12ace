"""What there is to share, the published formula that shares it, and the figures it is fed."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import append_only
from hubs.currencies import decimals_of
from hubs.models import Cycle, Hub, ResourceKind
from members.models import Member

LOWEST_FLOOR = Decimal("0.5")  # of every pool, for the Global South: the movement's own rule


class Pool(models.Model):
    """What a cycle has to share of one resource: minor units of one currency, minutes or credits."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="pools", verbose_name=_("cycle")
    )
    kind = models.CharField(_("resource"), max_length=10, choices=ResourceKind.choices)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    amount_minor = models.BigIntegerField(_("amount"))
    declared_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "kind"], name="allocation_pool_one_per_kind"),
            models.CheckConstraint(
                name="allocation_pool_kind_known", condition=Q(kind__in=ResourceKind.values)
            ),
            models.CheckConstraint(
                name="allocation_pool_data_is_not_divided", condition=~Q(kind=ResourceKind.DATA)
            ),
            models.CheckConstraint(
                name="allocation_pool_money_has_a_currency",
                condition=Q(kind="MONEY", currency__regex=r"^[A-Z]{3}$")
                | (~Q(kind="MONEY") & Q(currency="")),
            ),
            models.CheckConstraint(
                name="allocation_pool_holds_something", condition=Q(amount_minor__gt=0)
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.kind}"

    @property
    def decimals(self) -> int:
        return decimals_of(self.currency)


class Parameter(models.TextChoices):
    """The parameters of a version beside its floor, by the name the formula knows them under.

    ``minimum`` is what every hub gets at least; the formula reads it with the hubs.
    """

    BETA = "beta", _("Parts of the size: readers and community")
    SIGMA = "sigma", _("How much size counts")
    GAMMA = "gamma", _("How much low income counts")
    INCOME_REFERENCE = "income_reference", _("Income per person that hubs are compared with")
    INCOME_BAND = "income_band", _("Income counts at most this many times more or less")
    THETA = "theta", _("How much under-representation counts")
    ETA = "eta", _("How much little past funding counts")
    FUNDING_REFERENCE = "funding_reference", _("Past funding that hubs are compared with")
    FUNDING_BAND = "funding_band", _("Past funding counts at most this many times more or less")
    BANDS = "bands", _("Hold yearly changes within limits")
    DOWN = "down", _("Largest fall in a year")
    UP = "up", _("Largest rise in a year")
    STEP = "step", _("Rise in a year that is always allowed")
    PACE = "pace", _("How far to go towards the target this year")
    MAX_SHARE = "max_share", _("Largest share of one hub")
    MINIMUM = "minimum", _("Least that every hub gets")


class FormulaVersion(models.Model):
    """A published version of the formula: its parameters as ``allocation.formula`` reads them.

    The floor for the Global South is a column of its own, so that the database can refuse less than
    one half, whoever asks.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    parameters = models.JSONField(_("parameters"))
    south_floor = models.DecimalField(
        _("share that is at least for the Global South"), max_digits=5, decimal_places=4
    )
    published_by = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("version of the formula")
        verbose_name_plural = _("versions of the formula")
        constraints = [
            models.CheckConstraint(
                name="allocation_formula_half_for_the_south",
                condition=Q(south_floor__gte=LOWEST_FLOOR, south_floor__lte=1),
            ),
            models.CheckConstraint(
                name="allocation_formula_floor_said_once",
                condition=~Q(parameters__has_key="south_floor"),
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.number}"


class IndicatorSnapshot(models.Model):
    """A set of indicator values as published on one day; a correction is a new snapshot."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="+", verbose_name=_("cycle")
    )
    published_at = models.DateTimeField(_("published"))

    class Meta:
        verbose_name = _("snapshot of indicators")
        verbose_name_plural = _("snapshots of indicators")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.pk}"


class Indicator(models.TextChoices):
    READERS = "READERS", _("Potential readers")
    COMMUNITY = "COMMUNITY", _("Active community")
    INCOME = "INCOME", _("Income per person")
    UNDER = "UNDER", _("Under-representation")
    FUNDING = "FUNDING", _("Past funding per person reached")
    SOUTH = "SOUTH", _("Share in the Global South")
    PREVIOUS = "PREVIOUS", _("Allocation of the year before")


class IndicatorStatus(models.TextChoices):
    PUBLISHED = "PUBLISHED", _("Published by its source")
    ILLUSTRATIVE = "ILLUSTRATIVE", _("Invented for illustration")


class IndicatorValue(models.Model):
    """One figure of one hub, with where it comes from. PREVIOUS is in minor units of the pool."""

    snapshot = models.ForeignKey(
        IndicatorSnapshot,
        on_delete=models.PROTECT,
        related_name="values",
        verbose_name=_("snapshot"),
    )
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="+", verbose_name=_("hub"))
    indicator = models.CharField(_("indicator"), max_length=12, choices=Indicator.choices)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    status = models.CharField(_("status"), max_length=12, choices=IndicatorStatus.choices)
    source = models.CharField(_("source"), max_length=200)
    observed_on = models.DateField(_("observed"))

    class Meta:
        verbose_name = _("value of an indicator")
        verbose_name_plural = _("values of indicators")
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "hub", "indicator"], name="allocation_value_one_per_hub"
            ),
            models.CheckConstraint(
                name="allocation_value_indicator_known",
                condition=Q(indicator__in=Indicator.values),
            ),
            models.CheckConstraint(
                name="allocation_value_status_known",
                condition=Q(status__in=IndicatorStatus.values),
            ),
            models.CheckConstraint(name="allocation_value_not_negative", condition=Q(value__gte=0)),
            models.CheckConstraint(name="allocation_value_has_a_source", condition=~Q(source="")),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.hub} {self.indicator}"
