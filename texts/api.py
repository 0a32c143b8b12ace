"""Texts for programs: each with the language it is in and that language's direction."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from members.languages import direction
from texts.models import SourceText
from texts.queries import localized, written

TOLD = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("text", "lang", "dir")},
    "required": ["text", "lang", "dir"],
}


def told(thing: Model, column: str, chain: Iterable[str]) -> dict[str, str]:
    """Curated text as the API tells it; described by ``TOLD``."""
    text, language = localized(thing, column, chain)
    return {"text": text, "lang": language, "dir": direction(language)}


@extend_schema_field(TOLD)
class CuratedField(serializers.Field[Any, Any, dict[str, str], Model]):
    """Curated text with the language it is in: ``{"text", "lang", "dir"}``."""

    def __init__(self, field: str) -> None:
        super().__init__(read_only=True, source="*")
        self.column = field

    def to_representation(self, value: Model) -> dict[str, str]:
        return told(value, self.column, self.context["request"].reading_chain)


_WORDS = ("title", "summary", "body", "lang", "dir", "source_lang")
_MARKS = ("is_translation", "is_outdated")


@extend_schema_field(
    {
        "type": "object",
        "properties": {name: {"type": "string"} for name in _WORDS}
        | {name: {"type": "boolean"} for name in _MARKS},
        "required": [*_WORDS, *_MARKS],
    }
)
class WrittenField(serializers.Field[Any, Any, dict[str, str | bool], SourceText]):
    """What people wrote, by the reader's languages; for the field that points at the text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: SourceText) -> dict[str, str | bool]:
        found = written(value, self.context["request"].reading_chain)
        return {
            "title": found.title,
            "summary": found.summary,
            "body": found.body,
            "lang": found.language,
            "dir": direction(found.language),
            "source_lang": found.source_language,
            "is_translation": found.is_translation,
            "is_outdated": found.is_outdated,
        }
