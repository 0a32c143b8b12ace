"""What people write: one source in the language it was written in, one row per text and language."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from audit.guards import Guard
from members.models import Member

# Characters. Owners ask less of their authors: the same words are longer in another language.
MAX_SUMMARY, MAX_BODY = 2_000, 40_000


class SourceText(models.Model):
    """A text of an owner above; the owner points here. ``revision`` counts changes of the source."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(_("language it was written in"), max_length=20)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    frozen_at = models.DateTimeField(_("frozen"), null=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.CheckConstraint(name="texts_source_names_a_language", condition=~Q(language="")),
            models.CheckConstraint(
                name="texts_source_counts_from_one", condition=Q(revision__gte=1)
            ),
        ]
        triggers = [
            Guard(
                name="stays_while_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.frozen_at IS NOT NULL"
                    " AND (NEW.language <> OLD.language OR NEW.revision <> OLD.revision)"
                ),
                func="RAISE EXCEPTION 'texts: a frozen text keeps its language and its revision';",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.language}"


class TextRendering(models.Model):
    """A text in one language: the source itself, or a translation of one of its revisions."""

    text = models.ForeignKey(
        SourceText, on_delete=models.CASCADE, related_name="renderings", verbose_name=_("text")
    )
    language = models.CharField(_("language"), max_length=20)
    revision = models.PositiveIntegerField(_("revision it renders"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("text"), blank=True)
    translator = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("translator"),
    )
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("text in a language")
        verbose_name_plural = _("texts in languages")
        constraints = [
            models.UniqueConstraint(fields=["text", "language"], name="texts_one_per_language"),
            models.CheckConstraint(
                name="texts_rendering_names_a_language", condition=~Q(language="")
            ),
            models.CheckConstraint(
                name="texts_rendering_summary_short_enough",
                condition=LessThanOrEqual(Length("summary"), MAX_SUMMARY),
            ),
            models.CheckConstraint(
                name="texts_rendering_body_short_enough",
                condition=LessThanOrEqual(Length("body"), MAX_BODY),
            ),
        ]
        triggers = [
            Guard(
                name="source_until_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                declare=[("source", "texts_sourcetext%ROWTYPE")],
                func="""
                    SELECT * INTO source FROM texts_sourcetext WHERE id = OLD.text_id FOR SHARE;
                    IF source.frozen_at IS NOT NULL AND source.language = OLD.language THEN
                        RAISE EXCEPTION 'texts: the source is frozen';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.text_id} {self.language}"
