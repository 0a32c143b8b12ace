"""How the figures of assessments are written for the reader."""

from fractions import Fraction

from django import template

from members.templatetags.wording import reader_locale, written_number
from proposals.scoring import shown

register = template.Library()


@register.filter
def rounded(value: Fraction) -> str:
    """A mean, median or spread of levels, to two decimals."""
    return written_number(shown(value), reader_locale())
