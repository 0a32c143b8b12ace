"""Hubs and the centre, who holds which seat and for how long, cycles and rounds."""

import itertools
from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.guards import Guard
from hubs.phases import Phase, Timetable
from members.models import Member


class HubKind(models.TextChoices):
    REGIONAL = "REGIONAL", _("Regional hub")
    THEMATIC = "THEMATIC", _("Thematic hub")
    GLOBAL = "GLOBAL", _("Global hub")


class Hub(models.Model):  # type: ignore[django-manager-missing]  # modeltranslation patches them
    """A community with its own rounds and, for regional hubs, its own countries."""

    slug = models.SlugField(_("address"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=HubKind.choices)
    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("about"), blank=True)
    source_language = models.CharField(
        _("language it was first written in"), max_length=20, default="en"
    )

    objects: ClassVar[models.Manager["Hub"]] = models.Manager()

    class Meta:
        verbose_name = _("hub")
        verbose_name_plural = _("hubs")
        constraints = [
            models.CheckConstraint(
                name="hubs_hub_kind_known", condition=Q(kind__in=HubKind.values)
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="GLOBAL"), name="hubs_hub_one_global"
            ),
        ]
        triggers = [
            Guard(
                name="countries_stay_regional",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.kind = 'REGIONAL' AND NEW.kind <> 'REGIONAL'"),
                func="""
                    IF EXISTS (SELECT FROM hubs_hubcountry WHERE hub_id = NEW.id) THEN
                        RAISE EXCEPTION 'hubs: a hub with countries stays regional';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.slug


class HubCountry(models.Model):
    """A country of a regional hub. A country belongs to one hub at most."""

    hub = models.ForeignKey(
        Hub, on_delete=models.CASCADE, related_name="countries", verbose_name=_("hub")
    )
    country = models.CharField(_("country"), max_length=2, unique=True)

    class Meta:
        verbose_name = _("country of a hub")
        verbose_name_plural = _("countries of hubs")
        constraints = [
            models.CheckConstraint(
                name="hubs_country_is_a_code", condition=Q(country__regex=r"^[A-Z]{2}$")
            )
        ]
        triggers = [
            Guard(
                name="regional_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF (SELECT kind FROM hubs_hub WHERE id = NEW.hub_id) <> 'REGIONAL' THEN
                        RAISE EXCEPTION 'hubs: only a regional hub has countries';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.country


class Body(models.Model):
    """A group that acts together: of a hub, or of the centre where there is no hub."""

    hub = models.ForeignKey(
        Hub,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bodies",
        verbose_name=_("hub"),
    )
    slug = models.SlugField(_("address"))
    name = models.CharField(_("name"), max_length=120)
    source_language = models.CharField(
        _("language it was first written in"), max_length=20, default="en"
    )

    objects: ClassVar[models.Manager["Body"]] = models.Manager()

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "slug"], nulls_distinct=False, name="hubs_body_one_per_address"
            )
        ]
        triggers = [
            Guard(
                name="stays_in_its_hub",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.hub_id IS DISTINCT FROM NEW.hub_id"),
                func="RAISE EXCEPTION 'hubs: a body does not move to another hub';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.hub or 'centre'}/{self.slug}"


class SeatFunction(models.TextChoices):
    """What the holder of a seat is there to do. Rights follow from it, see ``hubs.permissions``."""

    CHAIR = "CHAIR", _("Chair")
    DEPUTY = "DEPUTY", _("Deputy chair")
    COMMITTEE_MEMBER = "COMMITTEE_MEMBER", _("Committee member")
    FACILITATOR = "FACILITATOR", _("Facilitator")
    TREASURER = "TREASURER", _("Treasurer")
    RETURNING_OFFICER = "RETURNING_OFFICER", _("Returning officer")
    TRUSTEE = "TRUSTEE", _("Trustee")
    STEWARD = "STEWARD", _("Steward of the principles")
    TRANSLATOR = "TRANSLATOR", _("Translator")
    MODERATOR = "MODERATOR", _("Moderator")
    MENTOR = "MENTOR", _("Mentor")
    SECRETARY = "SECRETARY", _("Secretary of seats")
    ALLOCATION_OFFICER = "ALLOCATION_OFFICER", _("Allocation officer")
    ALLOCATION_APPROVER = "ALLOCATION_APPROVER", _("Allocation approver")
    OVERSEER = "OVERSEER", _("Overseer")
    MEDIATOR = "MEDIATOR", _("Mediator")


CENTRE_ONLY = frozenset(
    {
        SeatFunction.SECRETARY,
        SeatFunction.ALLOCATION_OFFICER,
        SeatFunction.ALLOCATION_APPROVER,
        SeatFunction.OVERSEER,
        SeatFunction.MEDIATOR,
    }
)


class Seat(models.Model):
    """A place on a body, held by at most one member at a time."""

    body = models.ForeignKey(
        Body, on_delete=models.PROTECT, related_name="seats", verbose_name=_("body")
    )
    function = models.CharField(_("function"), max_length=24, choices=SeatFunction.choices)
    number = models.PositiveSmallIntegerField(_("number"), default=1)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(
                fields=["body", "function", "number"], name="hubs_seat_one_per_number"
            ),
            models.CheckConstraint(
                name="hubs_seat_function_known", condition=Q(function__in=SeatFunction.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.function} {self.number}"


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class TermQuerySet(models.QuerySet["Term"]):
    def active(self, now: datetime) -> "TermQuerySet":
        return self.filter(starts_at__lte=now, ends_at__gt=now)

    def not_over(self, now: datetime) -> "TermQuerySet":
        """Those that run or will; one that was ended before it began never does."""
        return self.filter(ends_at__gt=now, starts_at__lt=F("ends_at"))


class Term(models.Model):
    """A member on a seat, from one moment to another. It ends by itself."""

    seat = models.ForeignKey(
        Seat, on_delete=models.PROTECT, related_name="terms", verbose_name=_("seat")
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="terms", verbose_name=_("member")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    given_at = models.DateTimeField(_("given"))
    given_by = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("given by"),
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("time on a seat", "term")
        verbose_name_plural = pgettext_lazy("time on a seat", "terms")
        constraints = [
            models.CheckConstraint(
                name="hubs_term_ends_after_it_starts", condition=Q(ends_at__gte=F("starts_at"))
            ),
            ExclusionConstraint(
                name="hubs_term_one_holder_at_a_time",
                expressions=[
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("seat", RangeOperators.EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.starts_at:%Y-%m-%d}"

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= max(now, self.starts_at)


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
        ]

    def __str__(self) -> str:
        return f"{self.hub} {self.pk}"

    @property
    def timetable(self) -> Timetable:
        return Timetable(*(getattr(self, name) for name in TIMETABLE_FIELDS))

    def phase_at(self, now: datetime) -> Phase:
        return self.timetable.phase_at(now)
