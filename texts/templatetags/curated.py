"""Curated text in templates: the reader's language, marked with the language it is in."""

from typing import Any

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString

from members.templatetags.wording import foreign
from texts.queries import localized

register = template.Library()


@register.simple_tag(takes_context=True)
def curated(context: dict[str, Any], thing: Model, field: str = "name") -> SafeString | str:
    """``{% curated hub "name" %}``: with ``lang`` and ``dir`` where it is not the page's language."""
    text, language = localized(thing, field, context["request"].reading_chain)
    return text if language == context.get("LANGUAGE_CODE") else foreign(text, language)


@register.simple_tag(takes_context=True)
def curated_text(context: dict[str, Any], thing: Model, field: str = "name") -> str:
    """The same as plain text, for titles and attributes."""
    return localized(thing, field, context["request"].reading_chain).text
