"""Frameworks of principles: versions, their principles, and the criteria judged by."""

from typing import ClassVar

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.guards import Guard, moves_along


class FrameworkStatus(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("framework", "Draft")
    CONSULTATION = "CONSULTATION", _("In consultation")
    RATIFICATION = "RATIFICATION", _("Being ratified")
    ACTIVE = "ACTIVE", _("In force")
    RETIRED = "RETIRED", _("Retired")


# DRAFT to ACTIVE is the founding: the database allows it to the first version only.
MOVES: dict[str, frozenset[str]] = {
    FrameworkStatus.DRAFT: frozenset({FrameworkStatus.CONSULTATION, FrameworkStatus.ACTIVE}),
    FrameworkStatus.CONSULTATION: frozenset({FrameworkStatus.RATIFICATION, FrameworkStatus.DRAFT}),
    FrameworkStatus.RATIFICATION: frozenset({FrameworkStatus.ACTIVE, FrameworkStatus.DRAFT}),
    FrameworkStatus.ACTIVE: frozenset({FrameworkStatus.RETIRED}),
    FrameworkStatus.RETIRED: frozenset(),
}


class Dimension(models.TextChoices):
    """Equity is three things; a version that lacks one of them cannot come into force."""

    OPPORTUNITY = "OPPORTUNITY", _("Opportunity")
    POWER = "POWER", pgettext_lazy("dimension of equity", "Power")
    OUTCOME = "OUTCOME", _("Outcome")


class Applies(models.TextChoices):
    RECIPIENT = "RECIPIENT", _("those who receive")
    ALLOCATOR = "ALLOCATOR", _("those who allocate")
    BOTH = "BOTH", _("both")


class FrameworkVersion(models.Model):  # type: ignore[django-manager-missing]  # modeltranslation patches them
    """A version of the principles. Once it has left the draft, it never changes."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    status = models.CharField(
        _("status"), max_length=12, choices=FrameworkStatus.choices, default=FrameworkStatus.DRAFT
    )
    title = models.CharField(_("title"), max_length=120)
    about = models.TextField(_("about"), blank=True)
    source_language = models.CharField(
        _("language it was first written in"), max_length=20, default="en"
    )
    active_at = models.DateTimeField(_("in force since"), null=True)

    objects: ClassVar[models.Manager["FrameworkVersion"]] = models.Manager()

    class Meta:
        verbose_name = _("version of the principles")
        verbose_name_plural = _("versions of the principles")
        constraints = [
            models.CheckConstraint(
                name="principles_framework_status_known",
                condition=Q(status__in=FrameworkStatus.values),
            ),
            models.CheckConstraint(
                name="principles_framework_active_since",
                condition=~Q(status__in=["ACTIVE", "RETIRED"]) | Q(active_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status="ACTIVE"),
                name="principles_framework_one_active",
            ),
        ]
        triggers = [
            moves_along(MOVES, thing="principles: a framework"),
            Guard(
                name="founded_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.status = 'DRAFT' AND NEW.status = 'ACTIVE'"),
                func="""
                    IF EXISTS (
                        SELECT FROM principles_frameworkversion WHERE active_at IS NOT NULL AND id <> NEW.id
                    ) THEN
                        RAISE EXCEPTION 'principles: only the first version comes into force unratified';
                    END IF;
                    RETURN NEW;
                """,
            ),
            Guard(
                name="frozen_after_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.status <> 'DRAFT'"),
                func="""
                    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'status' - 'active_at'
                        IS DISTINCT FROM to_jsonb(OLD) - 'status' - 'active_at'
                        OR (OLD.active_at IS NOT NULL AND NEW.active_at IS DISTINCT FROM OLD.active_at)
                    THEN
                        RAISE EXCEPTION 'principles: a framework that left the draft does not change';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


def while_draft() -> Guard:
    """The trigger of the parts of a framework: they change only while it is a draft."""
    return Guard(
        name="while_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("found", "text")],
        func="""
            IF TG_OP = 'UPDATE' AND NEW.framework_id <> OLD.framework_id THEN
                RAISE EXCEPTION 'principles: % does not move to another version', TG_TABLE_NAME;
            END IF;
            SELECT status INTO found FROM principles_frameworkversion
            WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.framework_id ELSE NEW.framework_id END
            FOR SHARE;
            IF found IS DISTINCT FROM 'DRAFT' THEN
                RAISE EXCEPTION 'principles: % changes only in a draft', TG_TABLE_NAME;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class Principle(models.Model):  # type: ignore[django-manager-missing]  # as above
    """One principle of a version, in its own words."""

    framework = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.CASCADE,
        related_name="principles",
        verbose_name=_("version"),
    )
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    source_language = models.CharField(
        _("language it was first written in"), max_length=20, default="en"
    )

    objects: ClassVar[models.Manager["Principle"]] = models.Manager()

    class Meta:
        verbose_name = _("principle")
        verbose_name_plural = _("principles")
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="principles_principle_one_per_code"
            ),
            models.UniqueConstraint(
                fields=["framework", "position"], name="principles_principle_one_per_position"
            ),
        ]
        triggers = [while_draft()]

    def __str__(self) -> str:
        return self.code


LEVELS = (1, 2, 3, 4)


class Criterion(models.Model):
    """A question with four described levels, and what it weighs. 1 is the lowest level, 4 the highest."""

    framework = models.ForeignKey(
        FrameworkVersion,
        on_delete=models.CASCADE,
        related_name="criteria",
        verbose_name=_("version"),
    )
    principle = models.ForeignKey(
        Principle, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("principle")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.SlugField(_("code"), max_length=40)
    weight = models.PositiveSmallIntegerField(
        _("weight"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    dimension = models.CharField(_("dimension"), max_length=12, choices=Dimension.choices)
    applies_to = models.CharField(_("applies to"), max_length=10, choices=Applies.choices)
    is_floor = models.BooleanField(_("may not be weakened by a hub"), default=False)
    question = models.CharField(_("question"), max_length=300)
    level_1 = models.CharField(_("level 1"), max_length=300)
    level_2 = models.CharField(_("level 2"), max_length=300)
    level_3 = models.CharField(_("level 3"), max_length=300)
    level_4 = models.CharField(_("level 4"), max_length=300)
    source_language = models.CharField(
        _("language it was first written in"), max_length=20, default="en"
    )

    objects: ClassVar[models.Manager["Criterion"]] = models.Manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="principles_criterion_one_per_code"
            ),
            models.UniqueConstraint(
                fields=["framework", "position"], name="principles_criterion_one_per_position"
            ),
            models.CheckConstraint(
                name="principles_criterion_weight_counts",
                condition=Q(weight__gte=1, weight__lte=100),
            ),
            models.CheckConstraint(
                name="principles_criterion_dimension_known",
                condition=Q(dimension__in=Dimension.values),
            ),
            models.CheckConstraint(
                name="principles_criterion_applies_known",
                condition=Q(applies_to__in=Applies.values),
            ),
        ]
        triggers = [
            while_draft(),
            Guard(
                name="same_framework",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.framework_id <> (
                        SELECT framework_id FROM principles_principle WHERE id = NEW.principle_id
                    ) THEN
                        RAISE EXCEPTION 'principles: a criterion belongs to the version of its principle';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code
