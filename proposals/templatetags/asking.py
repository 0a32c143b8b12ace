"""Words of proposals: what they ask for, and how they stand."""

from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from hubs.models import ResourceKind, Round
from members.templatetags.wording import money, reader_locale, written_number
from proposals.models import Proposal, ProposalStatus
from proposals.queries import totals_of

register = template.Library()

MINUTES = 60
CHIPS = {
    ProposalStatus.DRAFT: "notice",
    ProposalStatus.RETURNED: "warning",
    ProposalStatus.SHORTLISTED: "success",
    ProposalStatus.FUNDED: "success",
}


@register.simple_tag
def amount(minor: int, kind: str, round: Round) -> SafeString:
    """``{% amount line.amount_minor line.kind round %}``: in the unit of its kind."""
    if kind == ResourceKind.MONEY:
        return money(minor, round.currency, round.decimals)
    if kind == ResourceKind.STAFF_TIME:
        hours = round_hours(minor)
        said = ngettext(
            "%(n)s hour", "%(n)s hours", 1 if hours == 1 else 2 if hours < 2 else int(hours)
        )
        number = written_number(hours, reader_locale())
    elif kind == ResourceKind.CAPACITY:
        said = ngettext("%(n)s service credit", "%(n)s service credits", minor)
        number = written_number(minor, reader_locale())
    else:
        said = ngettext("%(n)s grant of access", "%(n)s grants of access", minor)
        number = written_number(minor, reader_locale())
    return format_html('<bdi class="amount">{}</bdi>', said % {"n": number})


def round_hours(minutes: int) -> Decimal:
    """Minutes as hours, to the hundredth."""
    return (Decimal(minutes) / MINUTES).quantize(Decimal("0.01")).normalize()


@register.simple_tag
def asked(proposal: Proposal) -> SafeString:
    """Everything it asks for, each kind in its own unit; empty where nothing is asked yet."""
    round_ = proposal.lane.round
    amounts = [amount(minor, kind, round_) for kind, minor in totals_of(proposal).items()]
    return format_html_join(" · ", "{}", ((shown,) for shown in amounts))


@register.filter
def totals(proposal: Proposal) -> list[tuple[str, int]]:
    """Pairs of a kind and what is asked of it."""
    return list(totals_of(proposal).items())


@register.filter
def kind_label(kind: str) -> str:
    return str(ResourceKind(kind).label)


@register.filter
def status_label(status: str) -> str:
    return str(ProposalStatus(status).label)


@register.filter
def status_chip(status: str) -> str:
    """The kind of chip that shows a status."""
    return CHIPS.get(ProposalStatus(status), "")
