"""Amounts of the four kinds of resource, each in its own unit and in the reader's words."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from hubs.currencies import decimals_of
from hubs.models import ResourceKind
from members.templatetags.wording import reader_locale, written_amount, written_number

register = template.Library()

MINUTES = 60


def resource_text(minor: int, kind: str, currency: str = "", decimals: int | None = None) -> str:
    """Minor units as money, minutes as hours, credits and access grants as they are.

    ``decimals`` are those of the currency, unless an election counts its money in others.
    """
    locale = reader_locale()
    if kind == ResourceKind.MONEY:
        known = decimals_of(currency) if decimals is None else decimals
        return written_amount(minor, currency, known, locale)
    if kind == ResourceKind.STAFF_TIME:
        hours = (Decimal(minor) / MINUTES).quantize(Decimal("0.01")).normalize()
        said = ngettext("%(n)s hour", "%(n)s hours", _several(hours))
        return said % {"n": written_number(f"{hours:f}", locale)}
    said = (
        ngettext("%(n)s service credit", "%(n)s service credits", minor)
        if kind == ResourceKind.CAPACITY
        else ngettext("%(n)s access grant", "%(n)s access grants", minor)
    )
    return said % {"n": written_number(minor, locale)}


def _several(number: Decimal) -> int:
    """The whole number whose form of words a decimal takes: an hour and a half are several."""
    return int(number) if number == number.to_integral_value() else 2


@register.simple_tag
def resource(minor: int, kind: str, currency: str = "", decimals: int | None = None) -> SafeString:
    """``{% resource line.amount_minor line.kind round.currency %}``, which no text can tear apart."""
    shown = resource_text(int(minor), kind, currency, decimals)
    return format_html('<bdi class="amount">{}</bdi>', shown)


@register.filter
def resource_label(kind: str) -> str:
    return str(ResourceKind(kind).label)
