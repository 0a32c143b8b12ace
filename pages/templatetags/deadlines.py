"""How much time is left, in words."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.templatetags.wording import reader_locale, written_moment, written_number

register = template.Library()
HOUR = 3600
DAY = 24 * HOUR


@register.simple_tag
def time_left(until: datetime, now: datetime) -> SafeString:
    """Whole days left, hours on the last day; the exact moment for machines, and on hover."""
    seconds = max(0, int((until - now).total_seconds()))
    if seconds >= DAY:
        count = seconds // DAY
        said = ngettext("%(n)s day left", "%(n)s days left", count)
    elif seconds >= HOUR:
        count = seconds // HOUR
        said = ngettext("%(n)s hour left", "%(n)s hours left", count)
    else:
        count, said = 0, _("Less than an hour left")
    locale, local = reader_locale(), timezone.localtime(until)
    words = said % {"n": written_number(count, locale)} if count else said
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(), written_moment(local, locale), words,
    )  # fmt: skip
