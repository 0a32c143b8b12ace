"""Words of elections and counts: rules, and amounts of what is shared out."""

from django import template
from django.utils.safestring import SafeString

from hubs.templatetags.resources import resource
from voting import models
from voting.models import BallotFormat, Election, Tally

register = template.Library()


@register.filter
def rule_label(counted: Election | Tally) -> str:
    """The rule of an election or of one of its counts in the reader's words."""
    return models.rule_label(counted.rule, counted.parameters)


@register.filter
def rule_words(counted: Election | Tally) -> str:
    """What the rule does, in plain words; empty for a rule nobody has put into words."""
    is_ranking = isinstance(counted, Election) and counted.ballot_format == BallotFormat.RANKING
    if isinstance(counted, Tally):
        is_ranking = "ranking_points" in counted.outcome["parameters"]
    return models.rule_words(counted.rule, counted.parameters, is_ranking=is_ranking)


@register.simple_tag
def amount(minor: int, election: Election) -> SafeString:
    """So much of what an election shares out; one held elsewhere may count in decimals of its own."""
    return resource(minor, election.resource_kind, election.currency, election.decimals)


@register.filter
def has_points(election: Election) -> bool:
    """Whether voters gave points or ranks, so that votes and points differ."""
    return election.ballot_format not in (BallotFormat.APPROVAL, BallotFormat.KNAPSACK)
