"""Writing, translating and freezing what people write.

They run inside the transaction of the owner's act, and the owner writes the trail.
"""

from datetime import datetime

from django.db import transaction

from members.actions import UnknownLanguage
from members.languages import is_language
from members.models import Member
from texts.models import SourceText, TextRendering

PARTS = ("title", "summary", "body")


class TextFrozen(Exception):
    """The text was handed in: its source does not change now."""


class IsTheSource(Exception):
    """The text was written in this language; it is edited, not translated."""


class EmptyTranslation(Exception):
    """A translation has a title, and every other part that the source has."""


class UnknownRevision(ValueError):
    """The text never had the revision that this translation is said to be of."""


@transaction.atomic
def write_text(*, language: str, title: str, summary: str, body: str, now: datetime) -> SourceText:
    """A new text in the language its author says it is in. Raises UnknownLanguage."""
    _check(language)
    text = SourceText.objects.create(language=language)
    TextRendering.objects.create(
        text=text,
        language=language,
        revision=text.revision,
        title=title,
        summary=summary,
        body=body,
        written_at=now,
    )
    return text


@transaction.atomic
def edit_text(
    *, text: SourceText, language: str, title: str, summary: str, body: str, now: datetime
) -> SourceText:
    """Change the source; if anything differs, translations made so far are of an older revision.

    A translation into the language that the source now has gives way to it.
    Refuses TextFrozen; raises UnknownLanguage.
    """
    _check(language)
    text = _locked(text)
    if text.frozen_at is not None:
        raise TextFrozen
    source = text.renderings.get(language=text.language)
    wanted = {"language": language, "title": title, "summary": summary, "body": body}
    if all(getattr(source, name) == value for name, value in wanted.items()):
        return text
    if language != text.language:
        text.renderings.filter(language=language).delete()
    text.language, text.revision = language, text.revision + 1
    text.save(update_fields=["language", "revision"])
    for name, value in wanted.items():
        setattr(source, name, value)
    source.revision, source.written_at = text.revision, now
    source.save()
    return text


@transaction.atomic
def freeze_text(*, text: SourceText, now: datetime) -> SourceText:
    """From now on the source does not change; translations still may. Once frozen, nothing happens."""
    text = _locked(text)
    if text.frozen_at is None:
        text.frozen_at = now
        text.save(update_fields=["frozen_at"])
    return text


@transaction.atomic
def thaw_text(*, text: SourceText) -> SourceText:
    """The author may change the source again, as when a proposal is returned with questions."""
    text = _locked(text)
    text.frozen_at = None
    text.save(update_fields=["frozen_at"])
    return text


@transaction.atomic
def translate_text(
    *,
    text: SourceText,
    language: str,
    title: str,
    summary: str,
    body: str,
    translator: Member,
    now: datetime,
    revision: int | None = None,
) -> TextRendering:
    """Put a text into another language, in place of what was there in it.

    ``revision`` is the one the translator had before them (none: the present one), so that a source
    edited meanwhile marks the translation as outdated.
    Refuses IsTheSource and EmptyTranslation; raises UnknownLanguage and UnknownRevision.
    """
    _check(language)
    text = _locked(text)
    if language == text.language:
        raise IsTheSource
    told = {"title": title.strip(), "summary": summary.strip(), "body": body.strip()}
    source = text.renderings.get(language=text.language)
    if not told["title"] or any(getattr(source, name) and not told[name] for name in PARTS):
        raise EmptyTranslation
    made_from = text.revision if revision is None else revision
    if not 1 <= made_from <= text.revision:
        raise UnknownRevision(str(revision))
    stamped = {"revision": made_from, "translator": translator, "written_at": now}
    rendering, _made = TextRendering.objects.update_or_create(
        text=text, language=language, defaults=told | stamped
    )
    return rendering


def _check(language: str) -> None:
    if not is_language(language):
        raise UnknownLanguage(language)


def _locked(text: SourceText) -> SourceText:
    """The text as it is now; whoever edits, freezes or translates it too has to wait."""
    return SourceText.objects.select_for_update().get(pk=text.pk)
