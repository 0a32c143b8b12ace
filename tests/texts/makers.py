"""Texts for tests."""

from typing import Any

from members.models import Member
from tests.factories import NOON
from texts.actions import translate_text, write_text
from texts.models import SourceText, TextRendering

HOSTILE = '<script>alert("x")</script>\n\n<b onclick=x>'


def make_text(language: str = "da", **parts: str) -> SourceText:
    """A text with every part, in its own words."""
    told = {"title": "Brønd", "summary": "En brønd til byen.", "body": "Først graver vi."} | parts
    return write_text(language=language, now=NOON, **told)


def translate(text: SourceText, language: str, translator: Member, **given: Any) -> TextRendering:
    """Every part of the text, in another language."""
    told: dict[str, Any] = {
        "title": f"Title in {language}",
        "summary": f"Summary in {language}",
        "body": f"Body in {language}",
    }
    return translate_text(
        text=text, language=language, translator=translator, now=NOON, **(told | given)
    )
