"""Words of rounds: shares, lanes, and what they have to give."""

import math
from decimal import Decimal

from babel.lists import format_list
from babel.numbers import format_percent
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from hubs.models import WHOLE_BP, LaneKind, LaneMethod, ResourceKind, Round
from members.templatetags.wording import money, number, reader_locale

register = template.Library()


@register.filter
def share(share_bp: int) -> str:
    """Hundredths of a percent as a percentage, with as many decimals as it needs."""
    whole = Decimal(share_bp) / WHOLE_BP
    return format_percent(whole, locale=reader_locale(), decimal_quantization=False)


@register.filter
def lane_label(kind: str) -> str:
    return str(LaneKind(kind).label)


@register.filter
def method_label(method: str) -> str:
    return str(LaneMethod(method).label)


@register.filter
def resource_label(kind: str) -> str:
    return str(ResourceKind(kind).label)


@register.simple_tag
def lanes_in_words(round_: Round) -> str:
    """The lanes of a round and their shares in a line; the lanes come with the round."""
    parts = [f"{lane_label(lane.kind)} {share(lane.share_bp)}" for lane in round_.lanes.all()]
    return format_list(parts, style="unit", locale=reader_locale())


@register.simple_tag
def resources(amount_minor: int, kind: str, round_: Round) -> SafeString | str:
    """So much of a kind, in its own unit: money, hours, service credits or access grants."""
    if kind == ResourceKind.MONEY:
        return money(amount_minor, round_.currency, round_.decimals)
    amount = Decimal(amount_minor)
    if kind == ResourceKind.STAFF_TIME:
        amount = round(amount / 60, 2).normalize()
    many = math.ceil(amount)  # an hour and a half are hours
    text = {
        ResourceKind.STAFF_TIME: ngettext("{amount} hour", "{amount} hours", many),
        ResourceKind.CAPACITY: ngettext(
            "{amount} service credit", "{amount} service credits", many
        ),
        ResourceKind.DATA: ngettext("{amount} access grant", "{amount} access grants", many),
    }[ResourceKind(kind)]
    return format_html('<bdi class="amount">{}</bdi>', text.format(amount=number(amount)))
