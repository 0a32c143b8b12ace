"""Words of proposals: what they ask for, and how they stand."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from hubs.templatetags.resources import resource
from proposals.models import Proposal, ProposalStatus
from proposals.queries import totals_of

register = template.Library()

CHIPS = {
    ProposalStatus.DRAFT: "notice",
    ProposalStatus.RETURNED: "warning",
    ProposalStatus.SHORTLISTED: "success",
    ProposalStatus.FUNDED: "success",
}


@register.simple_tag
def asked(proposal: Proposal) -> SafeString:
    """Everything it asks for, each kind in its own unit; empty where nothing is asked yet."""
    currency = proposal.lane.round.currency
    amounts = [resource(minor, kind, currency) for kind, minor in totals_of(proposal).items()]
    return format_html_join(" · ", "{}", ((shown,) for shown in amounts))


@register.filter
def totals(proposal: Proposal) -> list[tuple[str, int]]:
    """Pairs of a kind and what is asked of it."""
    return list(totals_of(proposal).items())


@register.filter
def status_label(status: str) -> str:
    return str(ProposalStatus(status).label)


@register.filter
def status_chip(status: str) -> str:
    """The kind of chip that shows a status."""
    return CHIPS.get(ProposalStatus(status), "")
