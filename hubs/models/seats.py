"""Bodies, their seats, and who holds which seat for how long."""

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
from hubs.models.hubs import Hub
from members.models import Member


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

    quorum = models.PositiveSmallIntegerField(_("voices a determination needs"), default=2)

    objects: ClassVar[models.Manager["Body"]] = models.Manager()

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = [
            models.UniqueConstraint(
                fields=["hub", "slug"], nulls_distinct=False, name="hubs_body_one_per_address"
            ),
            models.CheckConstraint(
                name="hubs_body_nobody_decides_alone", condition=Q(quorum__gte=2)
            ),
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
