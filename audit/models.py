"""The trail: what was done by whom, and the chain that shows nothing was changed afterwards."""

from dataclasses import dataclass
from uuid import UUID

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.guards import Guard


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the opaque id of a member (None for the clock or an operator) and in which role."""

    member_id: UUID | None
    role: str


CLOCK = Actor(None, "CLOCK")
OPERATOR = Actor(None, "OPERATOR")


def append_only() -> list[Guard]:
    """The trigger of a table whose rows are only ever added.

    The web role is also denied UPDATE, DELETE and TRUNCATE on every table that carries it
    (see ``audit.queries.append_only_tables``).
    """
    return [
        Guard(
            name="append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func="RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP;",
        )
    ]


class TrailEntryQuerySet(models.QuerySet["TrailEntry"]):
    def unchained(self) -> "TrailEntryQuerySet":
        return self.filter(link__isnull=True)

    def about(self, target: models.Model) -> "TrailEntryQuerySet":
        return self.filter(target_type=target._meta.label_lower, target_id=str(target.pk))


class TrailEntry(models.Model):
    """One act. Holds an opaque member id and a role, never a name or free text about a person."""

    at = models.DateTimeField(_("moment"))
    actor_id = models.UUIDField(_("member"), null=True)
    role = models.CharField(_("role"), max_length=40)
    verb = models.CharField(_("deed"), max_length=60)
    target_type = models.CharField(_("kind of thing"), max_length=60)
    target_id = models.CharField(_("thing"), max_length=60)
    reason_code = models.CharField(_("reason"), max_length=40, blank=True)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)

    objects = TrailEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail entries")
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_trail_target")]
        constraints = [
            models.CheckConstraint(
                name="audit_trail_reason_is_a_code", condition=Q(reason_code__regex=r"^[A-Z_]*$")
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.target_type} {self.target_id}"


class TrailLink(models.Model):
    """The place of one entry in the chain, given by the sequencer."""

    position = models.BigIntegerField(_("position"), primary_key=True)
    entry = models.OneToOneField(
        TrailEntry, on_delete=models.PROTECT, related_name="link", verbose_name=_("entry")
    )
    digest = models.BinaryField(_("digest"), max_length=32)

    class Meta:
        verbose_name = _("trail link")
        verbose_name_plural = _("trail links")
        constraints = [
            models.CheckConstraint(
                name="audit_link_position_counts_from_one", condition=Q(position__gte=1)
            ),
        ]
        triggers = [
            *append_only(),
            Guard(
                name="no_gap",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM audit_traillink) THEN
                        RAISE EXCEPTION 'audit: the chain has no gaps';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}"
