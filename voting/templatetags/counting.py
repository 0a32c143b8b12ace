"""Words of elections and counts: rules, and amounts of what is shared out."""

from django import template
from django.utils.safestring import SafeString

from hubs.templatetags.resources import resource
from voting.models import COMPLETED, BallotFormat, Election, Tally, way_of

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


@register.simple_tag
def amount(minor: int, election: Election) -> SafeString:
    """So much of what an election shares out; one held elsewhere may count in decimals of its own."""
    return resource(minor, election.resource_kind, election.currency, election.decimals)


@register.filter
def has_points(election: Election) -> bool:
    """Whether voters gave points or ranks, so that votes and points differ."""
    return election.ballot_format not in (BallotFormat.APPROVAL, BallotFormat.KNAPSACK)
