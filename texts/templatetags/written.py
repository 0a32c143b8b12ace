"""What people wrote, in templates: in the reader's language, marked with its language and origin."""

import re
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import normalize_newlines

from members.templatetags.wording import direction
from texts.models import SourceText
from texts.queries import Written, languages_of
from texts.queries import written as as_read

register = template.Library()

BLANK_LINES = re.compile(r"\n\s*\n")
ASKED_FOR = "in"  # the page's address names a language to read this page's texts in: ?in=da


@register.simple_tag(takes_context=True)
def written(context: dict[str, Any], text: SourceText) -> Written:
    """``{% written proposal.text as words %}``: by the reader's languages.

    A page whose address asks for a language (``?in=da``) shows that one where the text has it.
    """
    request = context["request"]
    asked = request.GET.get(ASKED_FOR, "")
    return as_read(text, (asked, *request.reading_chain) if asked else request.reading_chain)


@register.inclusion_tag("texts/partials/badge.html", takes_context=True)
def written_badge(context: dict[str, Any], words: Written, href: str = "") -> dict[str, Any]:
    """What a text is: the original in another language than the page's, or whose translation.

    ``href`` is the page of the text, where the original can be read.
    """
    return {
        "words": words,
        "href": href,
        "asked_for": ASKED_FOR,
        "is_foreign": words.language != context.get("LANGUAGE_CODE"),
    }


@register.inclusion_tag("texts/partials/languages.html")
def written_languages(text: SourceText, words: Written, href: str) -> dict[str, Any]:
    """Links to the text in each language it exists in; ``href`` is the page of the text."""
    others = languages_of(text)
    return {"languages": others, "words": words, "href": href, "asked_for": ASKED_FOR}


@register.simple_tag
def written_body(words: Written) -> SafeString:
    """The body in paragraphs, marked with its language and direction."""
    return format_html(
        '<div class="flow" lang="{}" dir="{}">{}</div>',
        words.language,
        direction(words.language),
        paragraphs(words.body),
    )


@register.filter
def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs: a blank line begins a new one. Whatever looks like markup is text."""
    parts = BLANK_LINES.split(normalize_newlines(text).strip())
    lines = (
        (mark_safe("<br>".join(escape(line) for line in part.split("\n"))),)  # noqa: S308 - escaped right here
        for part in parts
        if part.strip()
    )
    return format_html_join("\n", "<p>{}</p>", lines)
