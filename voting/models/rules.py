"""The counting rules people choose between, in words. How they count is in ``voting.rules``."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Way(NamedTuple):
    """A rule with the option that makes it what it is, and what to tell those who vote by it."""

    rule: str
    option: str
    value: str
    label: Promise
    words: Promise

    @property
    def key(self) -> str:
        return f"{self.rule}:{self.value}"

    @property
    def parameters(self) -> dict[str, Any]:
        """What an election of our own is counted with: Equal Shares spends what it leaves over."""
        completion = {"completion": "greedy"} if self.rule == "equal-shares" else {}
        return {self.option: self.value, **completion}


WAYS = (
    Way(
        "equal-shares", "satisfaction", "cost", _("Equal Shares by cost"),
        _(
            "Every voter holds an equal part of the budget of each lane. A project is bought when"
            " those who chose it can pay for it together; the one that takes the smallest share"
            " of its cost from each of them is bought first."
        ),
    ),
    Way(
        "equal-shares", "satisfaction", "cardinality", _("Equal Shares by number of projects"),
        _(
            "Every voter holds an equal part of the budget of each lane. A project is bought when"
            " those who chose it can pay for it together; the one that takes the least money from"
            " each of them is bought first."
        ),
    ),
    Way(
        "greedy", "order", "votes", _("Most votes first"),
        _(
            "The project with the most votes is bought first, then the next, as long as the budget"
            " of the lane lasts. A project that costs more than what is left is passed over."
        ),
    ),
    Way(
        "greedy", "order", "votes-per-cost", _("Most votes per cost first"),
        _(
            "The project with the most votes for its cost is bought first, then the next, as long"
            " as the budget of the lane lasts. A project that costs more than what is left is"
            " passed over."
        ),
    ),
)  # fmt: skip


COMPLETED = _(
    "What is left in the end buys those with the most support that still fit, one after the other."
)


def way_of(rule: str, parameters: Mapping[str, Any]) -> Way | None:
    """The way an election is counted by its rule and parameters; None for one without words."""
    found = (way for way in WAYS if way.rule == rule and parameters.get(way.option) == way.value)
    return next(found, None)
