"""Words of elections and counts: rules, and amounts of what is shared out."""

import math
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from hubs.models import Round
from members.templatetags.wording import money, number
from voting.models import COMPLETED, BallotFormat, Election, ResourceKind, Tally, way_of

register = template.Library()


@register.filter
def rule_label(counted: Election | Tally) -> str:
    """The rule of an election or of one of its counts in the reader's words."""
    way = way_of(counted.rule, counted.parameters)
    return str(way.label) if way else counted.rule


@register.filter
def rule_words(counted: Election | Tally) -> str:
    """What the rule does, in plain words; empty for a rule nobody has put into words."""
    way = way_of(counted.rule, counted.parameters)
    if way is None:
        return ""
    is_completed = counted.parameters.get("completion") == "greedy"
    return f"{way.words} {COMPLETED}" if is_completed else str(way.words)


@register.filter
def resource_name(kind: str) -> str:
    return str(ResourceKind(kind).label)


@register.simple_tag
def amount(minor: int, election: Election) -> SafeString:
    """So much of what an election shares out, in its own unit: money, hours, credits or grants."""
    if election.resource_kind == ResourceKind.MONEY:
        return money(minor, election.currency, election.decimals)
    return _units(minor, election.resource_kind)


@register.simple_tag
def amount_of(minor: int, kind: str, round_: Round) -> SafeString:
    """The same before there is an election: so much of a kind in a round."""
    if kind == ResourceKind.MONEY:
        return money(minor, round_.currency, round_.decimals)
    return _units(minor, kind)


def _units(minor: int, kind: str) -> SafeString:
    found = Decimal(minor)
    if kind == ResourceKind.STAFF_TIME:
        found = round(found / 60, 2).normalize()
    many = math.ceil(found)  # an hour and a half are hours
    text = {
        ResourceKind.STAFF_TIME: ngettext("{amount} hour", "{amount} hours", many),
        ResourceKind.CAPACITY: ngettext(
            "{amount} service credit", "{amount} service credits", many
        ),
        ResourceKind.DATA: ngettext("{amount} access grant", "{amount} access grants", many),
    }[ResourceKind(kind)]
    return format_html('<bdi class="amount">{}</bdi>', text.format(amount=number(found)))


@register.filter
def has_points(election: Election) -> bool:
    """Whether voters gave points or ranks, so that votes and points differ."""
    return election.ballot_format not in (BallotFormat.APPROVAL, BallotFormat.KNAPSACK)
