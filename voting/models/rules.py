"""The counting rules people choose between, in words. How they count is in ``voting.rules``."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from voting.rules import RULES, Parameters


class Guide(NamedTuple):
    """A rule as the page that freezes an election offers it."""

    rule: str
    label: Promise
    gist: Promise


GUIDES = (
    Guide("equal-shares", _("Equal Shares"), _("Every voter decides on an equal part of the money.")),
    Guide("greedy", _("Most votes first"), _("What most people want is bought, as long as the money lasts.")),
    Guide("phragmen", _("Phragmén"), _("Everybody gets money at the same pace, and projects are bought as soon as they can be paid for.")),
)  # fmt: skip

# The values of each option that a returning officer may choose, the recommended one first.
OPTIONS: Mapping[str, tuple[tuple[str, Promise], ...]] = {
    "satisfaction": (
        ("cost", _("What a project costs")),
        ("cardinality", _("One, whatever a project costs")),
        ("sqrt-cost", _("The square root of what a project costs")),
    ),
    "completion": (
        ("add1-greedy", _("Raise everybody’s part, then buy by most support")),
        ("add1", _("Raise everybody’s part")),
        ("greedy", _("Buy by most support")),
        ("none", _("Leave it")),
    ),
    "step": (
        ("relative", _("By a thousandth of the part")),
        ("coin", _("By one unit of the currency")),
    ),
    "stop": (
        ("overspend", _("Before more would be spent than there is")),
        ("exhaustive", _("As soon as nothing that is left fits")),
    ),
    "order": (
        ("votes", _("Most votes")),
        ("votes-per-cost", _("Most votes for the cost")),
    ),
}
LEAST_SUPPORT = 1  # of elections of our own: what nobody chose is not bought

_LABELS: Mapping[tuple[str, str], Promise] = {
    ("equal-shares", "cost"): _("Equal Shares by cost"),
    ("equal-shares", "cardinality"): _("Equal Shares by number of projects"),
    ("equal-shares", "sqrt-cost"): _("Equal Shares by square root of cost"),
    ("greedy", "votes"): _("Most votes first"),
    ("greedy", "votes-per-cost"): _("Most votes per cost first"),
    ("phragmen", ""): _("Phragmén"),
}
_WORDS: Mapping[tuple[str, str], Promise] = {
    ("equal-shares", "cost"): _(
        "Every voter holds an equal part of the budget of each lane. A project is bought when"
        " those who chose it can pay for it together; the one that takes the smallest share"
        " of its cost from each of them is bought first."
    ),
    ("equal-shares", "cardinality"): _(
        "Every voter holds an equal part of the budget of each lane. A project is bought when"
        " those who chose it can pay for it together; the one that takes the least money from"
        " each of them is bought first."
    ),
    ("equal-shares", "sqrt-cost"): _(
        "Every voter holds an equal part of the budget of each lane. A project is bought when"
        " those who chose it can pay for it together; the one that takes the least money from"
        " each of them is bought first, but one that costs four times as much may take twice as much."
    ),
    ("greedy", "votes"): _(
        "The project with the most votes is bought first, then the next, as long as the budget"
        " of the lane lasts. A project that costs more than what is left is passed over."
    ),
    ("greedy", "votes-per-cost"): _(
        "The project with the most votes for its cost is bought first, then the next, as long"
        " as the budget of the lane lasts. A project that costs more than what is left is"
        " passed over."
    ),
    ("phragmen", ""): _(
        "Voters get money little by little, all at the same pace. As soon as those who chose a"
        " project hold together what it costs, it is bought, and they begin again with nothing."
        " The count ends when the next project costs more than what is left of the lane’s budget."
    ),
}  # fmt: skip
_RAISED: Mapping[tuple[str, str], Promise] = {
    ("relative", "overspend"): _(
        "While money is left, everybody’s part is raised by a thousandth and the count is done"
        " again, until it would spend more than there is."
    ),
    ("relative", "exhaustive"): _(
        "While money is left, everybody’s part is raised by a thousandth and the count is done"
        " again, until nothing that is left fits, and never so far that it would spend more than"
        " there is."
    ),
    ("coin", "overspend"): _(
        "While money is left, everybody’s part is raised by one unit of the currency and the count"
        " is done again, until it would spend more than there is."
    ),
    ("coin", "exhaustive"): _(
        "While money is left, everybody’s part is raised by one unit of the currency and the count"
        " is done again, until nothing that is left fits, and never so far that it would spend"
        " more than there is."
    ),
}  # fmt: skip
_FILLED: Mapping[str, Promise] = {
    "cost": _(
        "What is left in the end buys those with the most support that still fit, one after the"
        " other."
    ),
    "cardinality": _(
        "What is left in the end buys those with the most support for their cost that still fit,"
        " one after the other."
    ),
    "sqrt-cost": _(
        "What is left in the end buys those with the most support for the square root of their"
        " cost that still fit, one after the other."
    ),
}  # fmt: skip
_UNSPENT = _("What is left in the end is not spent.")
_POINTS: Mapping[str, Promise] = {
    "from-one": _("Of so many ranked projects, the last gets one point and each one above it one more."),
    "from-zero": _("Of so many ranked projects, the last gets no point and each one above it one more."),
}  # fmt: skip
_TIES: Mapping[str, Promise] = {
    "standard": _("Ties go to the project with more votes, then to the cheaper one, then by a fixed order."),
    "lexico": _("Ties are decided by the order of the project codes."),
    "seed": _("Ties go to the project with more votes, then to the cheaper one, then by a number drawn at the freeze."),
}  # fmt: skip


def recommended(rule: str, least_support: int = LEAST_SUPPORT) -> dict[str, Any]:
    """The options an election of our own is counted with where nobody chooses others."""
    honoured = RULES[rule].options
    chosen = {name: values[0][0] for name, values in OPTIONS.items() if name in honoured}
    return chosen | {"min_support": least_support}


def rule_label(rule: str, parameters: Mapping[str, Any]) -> str:
    """The rule with the option that makes it what it is; its own name where it has no words."""
    return str(_LABELS.get(_kind(rule, parameters), rule))


def rule_words(rule: str, parameters: Mapping[str, Any], *, is_ranking: bool = False) -> str:
    """What the rule does, in whole sentences; empty for a rule nobody has put into words."""
    kind = _kind(rule, parameters)
    if kind not in _WORDS:
        return ""
    return " ".join(map(str, [_WORDS[kind], *_sentences(rule, parameters, is_ranking)]))


def _kind(rule: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    names = {"equal-shares": "satisfaction", "greedy": "order"}
    options = _with_defaults(parameters)
    return rule, str(options[names[rule]]) if rule in names else ""


def _with_defaults(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return asdict(Parameters()) | dict(parameters)


def _sentences(rule: str, parameters: Mapping[str, Any], is_ranking: bool) -> Iterator[Any]:
    """What each further option does."""
    options = _with_defaults(parameters)
    is_filled = rule == "greedy"
    if rule == "equal-shares":
        completion = options["completion"]
        is_filled = completion.endswith("greedy")
        if completion.startswith("add1"):
            yield _RAISED[options["step"], options["stop"]]
        yield _FILLED[options["satisfaction"]] if is_filled else _UNSPENT
    if is_ranking:
        yield _POINTS[options["ranking_points"]]
    least = options["min_support"]
    if least:
        said = ngettext(
            "A project needs at least %(n)s vote to be bought.",
            "A project needs at least %(n)s votes to be bought.",
            least,
        )
        yield said % {"n": least}
    elif is_filled:
        yield _("What nobody chose is bought too where it fits.")
    yield _TIES[options["tie_break"].partition(":")[0]]
