"""Words of elections and counts: rules, and amounts of what is shared out."""

from copy import copy
from decimal import Decimal
from typing import TypeAlias

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hubs.models import ResourceKind
from hubs.templatetags.resources import resource, resource_text
from members.templatetags.wording import reader_locale
from voting import models
from voting.models import BallotFormat, Election, Tally
from voting.queries.trying import Attempt

register = template.Library()

Counted: TypeAlias = Election | Tally | Attempt


@register.filter
def rule_label(counted: Counted) -> str:
    """The rule of an election or of one of its counts in the reader's words."""
    return models.rule_label(counted.rule, counted.parameters)


@register.filter
def rule_words(counted: Counted) -> str:
    """What the rule does, in plain words; empty for a rule nobody has put into words."""
    is_ranking = "ranking_points" in counted.parameters
    if isinstance(counted, Election):
        is_ranking = counted.ballot_format == BallotFormat.RANKING
    elif isinstance(counted, Tally):
        is_ranking = "ranking_points" in counted.outcome["parameters"]
    return models.rule_words(counted.rule, counted.parameters, is_ranking=is_ranking)


@register.simple_tag
def amount(minor: int, election: Election) -> SafeString:
    """So much of what an election shares out; one held elsewhere may count in decimals of its own."""
    return resource(minor, election.resource_kind, election.currency, election.decimals)


@register.simple_tag
def amount_text(minor: int, election: Election) -> str:
    """The same without markup, for a drawing's description."""
    return resource_text(minor, election.resource_kind, election.currency, election.decimals)


@register.simple_tag
def fine_amount(minor: Decimal, election: Election) -> SafeString:
    """A part of an amount, to the smallest unit; where that is a whole one, to hundredths of it."""
    more = 2 if election.resource_kind == ResourceKind.MONEY and not election.decimals else 0
    shown, decimals = round(minor.scaleb(more)), election.decimals + more
    return resource(shown, election.resource_kind, election.currency, decimals)


@register.simple_tag
def per_cent(share: Decimal) -> SafeString:
    """Hundredths as the reader writes them, to one decimal."""
    locale = reader_locale()
    pattern = copy(locale.percent_formats[None])
    pattern.frac_prec = (0, 1)
    return format_html('<bdi class="amount">{}</bdi>', pattern.apply(share / 100, locale))


@register.filter
def rounded(number: Decimal, places: int) -> Decimal:
    return round(number, places)


@register.filter
def has_points(election: Election) -> bool:
    """Whether voters gave points or ranks, so that votes and points differ."""
    return election.ballot_format not in (BallotFormat.APPROVAL, BallotFormat.KNAPSACK)
