"""How check codes are written."""

from django import template

register = template.Library()


@register.filter
def grouped(code: str) -> str:
    """A check code in groups of four, as people read and compare it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
