"""Words of rounds: shares and lanes."""

from decimal import Decimal

from babel.lists import format_list
from babel.numbers import format_percent
from django import template

from hubs.models import WHOLE_BP, LaneKind, LaneMethod, Round
from members.templatetags.wording import reader_locale

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


@register.simple_tag
def lanes_in_words(round_: Round) -> str:
    """The lanes of a round and their shares in a line; the lanes come with the round."""
    parts = [f"{lane_label(lane.kind)} {share(lane.share_bp)}" for lane in round_.lanes.all()]
    return format_list(parts, style="unit", locale=reader_locale())
