"""How amounts, dates, names and texts in other languages are written for the reader."""

import json
import re
from copy import copy
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.numbers import format_decimal, get_currency_symbol
from django import template
from django.conf import settings
from django.forms import BaseForm, CheckboxInput
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi

from members import languages

register = template.Library()

# "KWD1" reads badly: CLDR wants a space there, and Babel leaves it out.
LETTER_BY_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@cache
def locale_for(code: str) -> Locale:
    """The CLDR locale of a language code, or of its nearest parent that CLDR knows."""
    parts = code.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def reader_locale() -> Locale:
    """The locale of the language that the interface speaks now."""
    return locale_for(get_language() or settings.LANGUAGE_CODE)


def written_number(value: object, locale: Locale) -> str:
    """A number with the reader's separators; anything else as it is."""
    try:
        return format_decimal(Decimal(str(value)), locale=locale)
    except InvalidOperation:
        return str(value)


def written_amount(minor: int, currency: str, decimals: int, locale: Locale) -> str:
    """An amount of minor units in its currency, with exactly its number of decimals.

    Without a currency (an election file may name none) it is a plain number.
    """
    pattern = copy(
        locale.currency_formats["standard"] if currency else locale.decimal_formats[None]
    )
    pattern.frac_prec = (decimals, decimals)
    amount = Decimal(minor).scaleb(-decimals)
    shown = pattern.apply(amount, locale, currency=currency or None, currency_digits=False)
    if locale.character_order == "right-to-left":
        # A Latin symbol such as US$ would be torn apart: it is kept together by marks.
        symbol = get_currency_symbol(currency, locale=locale) if currency else ""
        shown = shown.replace(symbol, f"\u200e{symbol}\u200e") if symbol else shown
    return LETTER_BY_DIGIT.sub("\xa0", shown)


def written_moment(moment: datetime, locale: Locale) -> str:
    """A moment with the month in letters and its time zone by name."""
    joined = str(locale.datetime_formats["long"]).replace("'", "")
    shown = joined.replace("{1}", format_date(moment, "long", locale=locale)).replace(
        "{0}", format_time(moment, "short", locale=locale)
    )
    zone = "UTC" if moment.tzname() == "UTC" else get_timezone_name(moment, locale=locale)
    return f"{shown} ({zone})"


def apart(text: object) -> str:
    """A text set apart from the direction of the sentence around it."""
    return f"\u2068{text}\u2069"


@register.simple_tag
def money(amount_minor: int, currency: str, decimals: int) -> SafeString:
    """An amount that no neighbouring text can tear apart."""
    shown = written_amount(int(amount_minor), currency, int(decimals), reader_locale())
    return format_html('<bdi class="amount">{}</bdi>', shown)


@register.simple_tag
def number(value: object) -> str:
    """A number as the reader writes it."""
    return written_number(value, reader_locale())


@register.simple_tag
def moment(value: date | datetime | None) -> SafeString:
    """A date, or a moment in the reader's time zone, for people and for machines."""
    if not value:
        return mark_safe("")
    if not isinstance(value, datetime):
        shown = format_date(value, "long", locale=reader_locale())
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)
    local = timezone.localtime(value) if timezone.is_aware(value) else timezone.make_aware(value)
    shown = written_moment(local, reader_locale())
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), shown)


@register.simple_tag
def foreign(text: object, lang: str | None) -> SafeString:
    """A text in a language of its own, marked with that language and its direction."""
    if not lang or lang == languages.UNKNOWN:
        return format_html('<span lang="" dir="auto">{}</span>', text)
    return format_html('<span lang="{}" dir="{}">{}</span>', lang, direction(lang), text)


@register.filter
def direction(code: str) -> str:
    """``ltr``, ``rtl``, or ``auto`` where nobody knows."""
    return "auto" if code in ("", languages.UNKNOWN) else languages.direction(code)


@register.filter
def autonym(code: str) -> str:
    """A language's name in itself."""
    return languages.autonym(code)


@register.simple_tag
def country(code: str) -> str:
    """A country's name in the reader's language; the code where CLDR has no name."""
    name: str | None = reader_locale().territories.get(code.upper())
    return name or code


@cache
def icons() -> dict[str, Any]:
    """The icons of Codex by plain name: ``arrownext`` for ``cdxIconArrowNext``."""
    source = Path(settings.NPM_ROOT) / "@wikimedia/codex-icons/dist/codex-icons.json"
    loaded: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return {name.removeprefix("cdxIcon").lower(): drawing for name, drawing in loaded.items()}


def drawing_of(entry: Any, code: str, *, rtl: bool) -> tuple[str, bool]:
    """The paths of an icon for a language, and whether they are mirrored where it is written."""
    if isinstance(entry, str):
        return entry, False
    if "langCodeMap" in entry:
        known = entry["langCodeMap"]
        return known.get(code) or known.get(code.split("-")[0]) or entry["default"], False
    if rtl and "rtl" in entry:
        return entry["rtl"], False
    kept = code.split("-")[0] in entry.get("shouldFlipExceptions", ())
    return entry["ltr"], bool(entry.get("shouldFlip")) and not kept


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative icon of Codex, drawn in the colour of the text around it."""
    entry = icons().get(name.replace("-", "").lower())
    if entry is None:
        raise ValueError(f"Codex has no icon named {name!r}.")
    paths, flips = drawing_of(entry, get_language() or "", rtl=get_language_bidi())
    return format_html(
        '<svg class="icon{}" viewBox="0 0 20 20" width="20" height="20" fill="currentColor" '
        'aria-hidden="true" focusable="false">{}</svg>',
        " flip" if flips else "",
        mark_safe(paths),  # noqa: S308 - the drawing comes from the installed Codex package
    )


@register.filter
def marks_optional(form: BaseForm) -> bool:
    """Whether a form asks for some answers and leaves others open, so that it must say which."""
    asked = [
        bound.field.required
        for bound in form.visible_fields()
        if not isinstance(bound.field.widget, CheckboxInput)
    ]
    return any(asked) and not all(asked)


@register.simple_block_tag
def table(content: str, caption: str, show_caption: bool = False) -> SafeString:
    """A table that scrolls inside its own region on a narrow screen."""
    inside = {"content": content, "caption": caption, "show_caption": show_caption}
    return render_to_string("components/table.html", inside)


@register.simple_block_tag
def panel(content: str, title: str = "", kind: str = "") -> SafeString:
    """A framed section with its own heading."""
    inside = {"content": content, "title": title, "kind": kind}
    return render_to_string("components/panel.html", inside)
