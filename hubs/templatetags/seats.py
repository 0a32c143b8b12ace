"""Words of seats."""

from django import template

from hubs.models import SeatFunction

register = template.Library()


@register.filter
def function_label(function: str) -> str:
    """The function of a seat in the reader's language."""
    return str(SeatFunction(function).label)
