"""Words of counts: the name of a rule with its parameters."""

from django import template
from django.utils.translation import gettext_lazy as _

from voting.models import BallotFormat, Election, Tally

register = template.Library()

RULE_LABELS = {
    ("greedy", "votes"): _("Most votes first"),
    ("greedy", "votes-per-cost"): _("Most votes per cost first"),
    ("equal-shares", "cost"): _("Equal Shares by cost"),
    ("equal-shares", "cardinality"): _("Equal Shares by number of projects"),
}


@register.filter
def rule_label(tally: Tally) -> str:
    """The rule in the reader's words."""
    detail = tally.parameters.get("order") or tally.parameters.get("satisfaction", "")
    return str(RULE_LABELS.get((tally.rule, detail), tally.rule))


@register.filter
def has_points(election: Election) -> bool:
    """Whether voters gave points or ranks, so that votes and points differ."""
    return election.ballot_format not in (BallotFormat.APPROVAL, BallotFormat.KNAPSACK)
