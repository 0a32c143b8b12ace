"""Reading texts, curated and written: in the first of the reader's languages that there is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import Prefetch, QuerySet
from modeltranslation.utils import build_localized_fieldname

from members.languages import CURATED_LANGUAGES, Worded
from texts.models import SourceText, TextRendering


def localized(thing: models.Model, field: str, chain: Iterable[str]) -> Worded:
    """Curated text by the reader's chain, else in its own language, else in any that exists."""
    source: str = getattr(thing, "source_language")  # noqa: B009  # every curated model has it
    for language in [*chain, source, *CURATED_LANGUAGES]:
        if language in CURATED_LANGUAGES and (text := _column(thing, field, language)):
            return Worded(text, language)
    return Worded("", source)


def _column(thing: models.Model, field: str, language: str) -> str:
    return getattr(thing, build_localized_fieldname(field, language)) or ""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as one reader sees it, and what must be said about it."""

    title: str
    summary: str
    body: str
    language: str
    source_language: str
    is_translation: bool
    is_outdated: bool
    translator: str  # the name; empty for a source, or where nobody is named


def written(text: SourceText, chain: Iterable[str]) -> Written:
    """The first language of the chain in which the text has a title, else the source.

    Asks the database nothing where ``renderings_prefetch`` was used.
    """
    found = {rendering.language: rendering for rendering in _renderings(text)}
    for language in chain:
        if language in found and found[language].title:
            return _as_written(text, found[language])
    source = found.get(text.language)
    return _as_written(text, source or TextRendering(text=text, language=text.language))


def _as_written(text: SourceText, rendering: TextRendering) -> Written:
    is_translation = rendering.language != text.language
    return Written(
        title=rendering.title,
        summary=rendering.summary,
        body=rendering.body,
        language=rendering.language,
        source_language=text.language,
        is_translation=is_translation,
        is_outdated=is_translation and rendering.revision < text.revision,
        translator=rendering.translator.name if rendering.translator else "",
    )


def languages_of(text: SourceText) -> tuple[str, ...]:
    """The languages the text can be read in: its own first, the others by code."""
    named = [rendering.language for rendering in _renderings(text) if rendering.title]
    return (text.language, *sorted(set(named) - {text.language}))


def renderings_prefetch(path: str = "text") -> "Prefetch[str, QuerySet[TextRendering], str]":
    """For lists: ``Proposal.objects.prefetch_related(renderings_prefetch())`` makes ``written`` free.

    ``path`` leads to the text; empty where the rows are texts themselves.
    """
    lookup = f"{path}__renderings" if path else "renderings"
    return Prefetch(lookup, queryset=TextRendering.objects.select_related("translator"))


def _renderings(text: SourceText) -> Iterable[TextRendering]:
    if "renderings" in getattr(text, "_prefetched_objects_cache", {}):
        return text.renderings.all()
    return text.renderings.select_related("translator")
