"""A choice among hundreds."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """A select of countries or languages, written in one go.

    Django renders a template for each choice: with a country in each of eight lines, seconds a page.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        chosen = set(self.format_value(value) or [])
        marks = self.build_attrs(self.attrs, {"name": name, "class": "cdx-select"} | (attrs or {}))
        parts = SafeString("".join(_shown(code, label, chosen) for code, label in self.choices))
        return format_html("<select{}>{}</select>", flatatt(marks), parts)


def _shown(code: Any, label: Any, chosen: set[str]) -> SafeString:
    """A choice, or a group of them under its name."""
    if not isinstance(label, list | tuple):
        return _options([(code, label)], chosen)
    return format_html('<optgroup label="{}">{}</optgroup>', code, _options(label, chosen))


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    marked = (
        (code, SafeString(" selected") if code in chosen else "", label) for code, label in choices
    )
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)
