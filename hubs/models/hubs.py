"""Hubs and their countries."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.guards import Guard


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
