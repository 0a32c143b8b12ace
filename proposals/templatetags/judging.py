"""How the figures of assessments are written for the reader."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from django import template

from hubs.models import Hub
from members.templatetags.wording import reader_locale, written_number
from proposals.permissions import can_see_desk
from proposals.scoring import shown

register = template.Library()


@register.filter
def rounded(value: Fraction) -> str:
    """A mean, median or spread of levels, to two decimals."""
    return written_number(shown(value), reader_locale())


@register.simple_tag(takes_context=True)
def sees_desk(context: dict[str, Any], hub: Hub, now: datetime) -> bool:
    """Whether the visitor may sit down at the desk of the hub's committee: for links to it."""
    return can_see_desk(context["request"].user, hub, now=now)
