"""The one table of rules, and the count that goes through it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import TypeAlias

from voting.rules.electorate import Electorate, survey
from voting.rules.equal_shares import equal_shares
from voting.rules.greedy import greedy
from voting.rules.model import (
    BallotFormat,
    Instance,
    Parameters,
    Profile,
    Progress,
    UnknownRule,
    UnsupportedParameter,
)
from voting.rules.outcome import Outcome, Step

Counting: TypeAlias = Callable[[Electorate, Parameters, Progress], tuple[Step, ...]]

_RANKING_POINTS = ("from-one", "from-zero")
_EVERY_RULE = ("tie_break", "min_support")


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to choose projects.

    count: takes the electorate, checked parameters and a progress callback; returns the purchases.
    options: the options the rule honours, each with its values; `tie_break` and `min_support`
        belong to every rule.
    """

    name: str
    count: Counting
    options: Mapping[str, tuple[str, ...]]


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule(
                "greedy",
                greedy,
                {"order": ("votes", "votes-per-cost"), "ranking_points": _RANKING_POINTS},
            ),
            Rule(
                "equal-shares",
                equal_shares,
                {
                    "satisfaction": ("cost", "cardinality"),
                    "completion": ("none", "greedy"),
                    "ranking_points": _RANKING_POINTS,
                },
            ),
        )
    }
)


def count(
    rule: str,
    instance: Instance,
    profile: Profile,
    parameters: Parameters,
    progress: Progress | None = None,
) -> Outcome:
    """Count the profile by the named rule: exact, and the same for the same arguments.

    Raises UnknownRule, UnsupportedParameter, and InvalidInstance where a ballot names a project
    that is not there. Whatever `progress` raises ends the count.
    """
    if rule not in RULES:
        raise UnknownRule(f"There is no rule {rule!r}; there are: {', '.join(RULES)}.")
    chosen = RULES[rule]
    _check(chosen, parameters)
    report = progress or _silent
    size = len(instance.projects)
    report(0, size)
    electorate = survey(instance, profile, parameters, report)
    steps = chosen.count(electorate, parameters, report)
    report(size, size)
    return Outcome(
        rule=rule,
        parameters=_applied(chosen, parameters, profile.format),
        winners=tuple(step.project for step in steps),
        cost=instance.budget - (steps[-1].remaining if steps else instance.budget),
        budget=instance.budget,
        support=electorate.support,
        steps=steps,
    )


def _check(rule: Rule, parameters: Parameters) -> None:
    if parameters.min_support < 0:
        raise UnsupportedParameter(f"min_support is negative: {parameters.min_support}.")
    for field in fields(Parameters):
        value = getattr(parameters, field.name)
        if field.name in rule.options:
            if value not in rule.options[field.name]:
                raise UnsupportedParameter(
                    f"The rule {rule.name} knows no {field.name} {value!r};"
                    f" it knows: {', '.join(rule.options[field.name])}."
                )
        elif field.name not in _EVERY_RULE and value != field.default:
            raise UnsupportedParameter(f"The rule {rule.name} has no option {field.name}.")


def _applied(
    rule: Rule, parameters: Parameters, ballot_format: BallotFormat
) -> dict[str, str | int]:
    return {
        field.name: getattr(parameters, field.name)
        for field in fields(Parameters)
        if field.name in (*rule.options, *_EVERY_RULE)
        and (field.name != "ranking_points" or ballot_format is BallotFormat.RANKING)
    }


def _silent(done: int, total: int) -> None:
    """Take the place of a progress callback nobody asked for."""
