"""Cycles, and the rounds of a hub with their lanes and budgets."""

import itertools
from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.guards import Guard
from hubs.currencies import decimals_of
from hubs.models.hubs import Hub
from hubs.phases import Phase, Timetable
from principles.models import FrameworkVersion


class Cycle(models.Model):  # type: ignore[django-manager-missing]  # as Hub
    """A period in which pools are shared."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    source_language = models.CharField(
        _("language it was first written in"), max_length=20, default="en"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    objects: ClassVar[models.Manager["Cycle"]] = models.Manager()

    class Meta:
        verbose_name = _("cycle")
        verbose_name_plural = _("cycles")
        constraints = [
            models.CheckConstraint(
                name="hubs_cycle_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))
            )
        ]

    def __str__(self) -> str:
        return self.slug


class RoundLevel(models.TextChoices):
    LOCAL = "LOCAL", _("Local")
    REGIONAL = "REGIONAL", _("Regional")
    THEMATIC = "THEMATIC", _("Thematic")
    GLOBAL = "GLOBAL", pgettext_lazy("level of a round", "Global")


TIMETABLE_FIELDS = (
    "submission_at",
    "review_at",
    "deliberation_at",
    "voting_at",
    "counting_at",
    "results_at",
    "delivery_at",
)

FROZEN_COLUMNS = (
    "hub_id", "cycle_id", "level", "framework_id", "currency", "is_practice", "opened_at",
    *TIMETABLE_FIELDS,
)  # fmt: skip


def until_open(path: str) -> Guard:
    """The trigger of a table that no longer changes once its round is open.

    ``path`` is the column that leads to the round: its own, or that of its lane. It shares a lock
    on the round with other writers, and the opening waits for all of them.
    """
    row = f"CASE WHEN TG_OP = 'DELETE' THEN OLD.{path} ELSE NEW.{path} END"
    found = {
        "round_id": row,
        "lane_id": f"(SELECT round_id FROM hubs_lane WHERE id = {row})",  # noqa: S608  # as below
    }[path]
    return Guard(
        name="until_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("opened", "timestamptz")],
        func=f"""
            IF TG_OP = 'UPDATE' AND NEW.{path} <> OLD.{path} THEN
                RAISE EXCEPTION 'hubs: % does not move to another round', TG_TABLE_NAME;
            END IF;
            SELECT opened_at INTO opened FROM hubs_round WHERE id = {found} FOR SHARE;
            IF opened IS NOT NULL THEN
                RAISE EXCEPTION 'hubs: % is frozen since its round is open', TG_TABLE_NAME;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,  # noqa: S608  # the only thing put in is a constant of this file
    )


class Round(models.Model):
    """One run of the process in a hub. Its phase follows from the timetable and the clock."""

    hub = models.ForeignKey(
        Hub, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("hub")
    )
    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("cycle")
    )
    title = models.CharField(_("title"), max_length=120)
    source_language = models.CharField(
        _("language it was first written in"), max_length=20, default="en"
    )
    level = models.CharField(_("level"), max_length=10, choices=RoundLevel.choices)
    submission_at = models.DateTimeField(_("submission begins"))
    review_at = models.DateTimeField(_("review begins"))
    deliberation_at = models.DateTimeField(_("deliberation begins"))
    voting_at = models.DateTimeField(_("voting begins"))
    counting_at = models.DateTimeField(_("voting ends, counting begins"))
    results_at = models.DateTimeField(_("results begin"))
    delivery_at = models.DateTimeField(_("delivery begins"))

    framework = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rounds",
        verbose_name=_("framework of principles"),
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_practice = models.BooleanField(_("practice round"), default=False)
    opened_at = models.DateTimeField(_("opened"), null=True)

    objects: ClassVar[models.Manager["Round"]] = models.Manager()

    class Meta:
        verbose_name = pgettext_lazy("run of the process", "round")
        verbose_name_plural = pgettext_lazy("runs of the process", "rounds")
        constraints = [
            models.CheckConstraint(
                name="hubs_round_level_known", condition=Q(level__in=RoundLevel.values)
            ),
            models.CheckConstraint(
                name="hubs_round_timetable_in_order",
                condition=Q(
                    **{
                        f"{later}__gte": F(earlier)
                        for earlier, later in itertools.pairwise(TIMETABLE_FIELDS)
                    }
                ),
            ),
            models.CheckConstraint(
                name="hubs_round_currency_is_a_code",
                condition=Q(currency="") | Q(currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="hubs_round_open_under_a_framework",
                condition=Q(opened_at__isnull=True) | Q(framework__isnull=False),
            ),
        ]
        triggers = [
            Guard(
                name="frozen_when_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.opened_at IS NOT NULL AND ("
                    + " OR ".join(
                        f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in FROZEN_COLUMNS
                    )
                    + ")"
                ),
                func="RAISE EXCEPTION 'hubs: what decides an open round cannot change';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hub} {self.pk}"

    @property
    def decimals(self) -> int:
        return decimals_of(self.currency)

    @property
    def timetable(self) -> Timetable:
        return Timetable(*(getattr(self, name) for name in TIMETABLE_FIELDS))

    def phase_at(self, now: datetime) -> Phase:
        """The phase by the clock; a round that nobody has opened is still being prepared."""
        if self.opened_at is None or self.opened_at > now:
            return Phase.PREPARATION
        return self.timetable.phase_at(now)


class LaneKind(models.TextChoices):
    """The kinds of funding inside a round: these five, no others."""

    GENERAL = "GENERAL", pgettext_lazy("lane of a round", "General")
    EXPERIMENT = "EXPERIMENT", _("Rapid experiment")
    CAPACITY = "CAPACITY", _("Growing capacity")
    PARTNER = "PARTNER", _("New partners")
    READERS = "READERS", _("Readers and new audiences")


class LaneMethod(models.TextChoices):
    """Who decides in a lane."""

    VOTE = "VOTE", _("by a vote of the members")
    COMMITTEE = "COMMITTEE", _("by the committee")
    PANEL = "PANEL", _("by a small panel, at any time")


WHOLE_BP = 10_000  # basis points of a round's budget that its lanes share out


class Lane(models.Model):
    """One kind of funding inside a round, with its share of the round's budget."""

    round = models.ForeignKey(
        Round, on_delete=models.CASCADE, related_name="lanes", verbose_name=_("round")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=LaneKind.choices)
    method = models.CharField(_("decided"), max_length=10, choices=LaneMethod.choices)
    share_bp = models.PositiveIntegerField(_("share in hundredths of a percent"))

    class Meta:
        verbose_name = _("lane")
        verbose_name_plural = _("lanes")
        constraints = [
            models.UniqueConstraint(fields=["round", "kind"], name="hubs_lane_one_per_kind"),
            models.CheckConstraint(
                name="hubs_lane_kind_known", condition=Q(kind__in=LaneKind.values)
            ),
            models.CheckConstraint(
                name="hubs_lane_method_known", condition=Q(method__in=LaneMethod.values)
            ),
            models.CheckConstraint(
                name="hubs_lane_experiments_have_a_panel",
                condition=~Q(kind=LaneKind.EXPERIMENT) | Q(method=LaneMethod.PANEL),
            ),
            models.CheckConstraint(
                name="hubs_lane_share_within_the_whole", condition=Q(share_bp__lte=WHOLE_BP)
            ),
        ]
        triggers = [until_open("round_id")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.kind}"


class ResourceKind(models.TextChoices):
    """What can be shared; each in its own unit, never mixed."""

    MONEY = "MONEY", _("Money")
    STAFF_TIME = "STAFF_TIME", _("Staff time")
    CAPACITY = "CAPACITY", _("Capacity")
    DATA = "DATA", _("Data")


class RoundBudget(models.Model):
    """What a lane has to give of one kind: minor units, minutes, service credits or access grants.

    Allocation writes it downwards from an envelope; the opening of the round freezes it.
    """

    lane = models.ForeignKey(
        Lane, on_delete=models.CASCADE, related_name="budgets", verbose_name=_("lane")
    )
    kind = models.CharField(_("resource"), max_length=10, choices=ResourceKind.choices)
    amount_minor = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("budget of a lane")
        verbose_name_plural = _("budgets of lanes")
        constraints = [
            models.UniqueConstraint(fields=["lane", "kind"], name="hubs_budget_one_per_kind"),
            models.CheckConstraint(
                name="hubs_budget_kind_known", condition=Q(kind__in=ResourceKind.values)
            ),
            models.CheckConstraint(
                name="hubs_budget_not_negative", condition=Q(amount_minor__gte=0)
            ),
        ]
        triggers = [until_open("lane_id")]

    def __str__(self) -> str:
        return f"{self.lane} {self.kind}"
