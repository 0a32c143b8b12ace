"""The one table of rules, and the count that goes through it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

from voting.rules.electorate import Electorate, survey
from voting.rules.equal_shares import equal_shares
from voting.rules.faults import UnknownRule, UnsupportedParameter
from voting.rules.greedy import greedy
from voting.rules.model import BallotFormat, Instance, Parameters, Progress
from voting.rules.outcome import Outcome
from voting.rules.phragmen import phragmen
from voting.rules.profile import Profile
from voting.rules.reserves import Counting, count_in_phases
from voting.rules.till import Till

_RANKING_POINTS = ("from-one", "from-zero")
_EVERY_RULE = ("tie_break", "min_support")
_LIMITS = frozenset({"category-maximum", "recipient-maximum", "exclusive"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to choose projects.

    count: takes the electorate, checked parameters, the till and a progress callback.
    options: the options the rule honours, each with its values, the default first; `tie_break` and
        `min_support` belong to every rule.
    constraints: the kinds of constraint it honours; "multipliers" is one of them.
    """

    name: str
    count: Counting
    options: Mapping[str, tuple[str, ...]]
    constraints: frozenset[str]


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule(
                "greedy",
                greedy,
                {"order": ("votes", "votes-per-cost"), "ranking_points": _RANKING_POINTS},
                _LIMITS | {"category-minimum", "partial", "multipliers"},
            ),
            Rule(
                "equal-shares",
                equal_shares,
                {
                    "satisfaction": ("cost", "cardinality", "sqrt-cost"),
                    "completion": ("none", "greedy", "add1", "add1-greedy"),
                    "step": ("relative", "coin"),
                    "stop": ("overspend", "exhaustive"),
                    "ranking_points": _RANKING_POINTS,
                },
                _LIMITS | {"category-minimum", "multipliers"},
            ),
            Rule("phragmen", phragmen, {"ranking_points": _RANKING_POINTS}, _LIMITS),
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

    Raises UnknownRule, UnsupportedParameter for an option or a constraint that the rule does not
    honour, and InvalidInstance where a ballot names a project that is not there. Whatever
    `progress` raises ends the count.
    """
    if rule not in RULES:
        raise UnknownRule(f"There is no rule {rule!r}; there are: {', '.join(RULES)}.")
    chosen = RULES[rule]
    _check(chosen, parameters, instance)
    others = None
    if any(multiplier != 1 for multiplier in instance.multipliers.values()):
        plain = replace(instance, multipliers={})
        others = count(rule, plain, profile, parameters, _unmoved(progress)).winners
    size = len(instance.projects)
    report = Rising(progress or _silent)
    report(0, size)
    electorate = survey(instance, profile, parameters, report)
    outcome = count_electorate(rule, electorate, parameters, report)
    report(size, size)
    return replace(outcome, without_multipliers=others)


def count_electorate(
    rule: str, electorate: Electorate, parameters: Parameters, progress: Progress
) -> Outcome:
    """Count where the ballots have been turned round, and rule and options are known to fit."""
    chosen, instance = RULES[rule], electorate.instance
    till = Till(instance)
    phases = count_in_phases(chosen.count, electorate, parameters, till, progress)
    return Outcome(
        rule=rule,
        parameters=_applied(chosen, parameters, electorate.marks.profile.format),
        winners=tuple(step.project for step in till.steps),
        cost=instance.budget - till.remaining,
        budget=instance.budget,
        support=electorate.support,
        phases=phases,
        steps=tuple(till.steps),
    )


class Rising:
    """Progress that never goes back, though a count may look at projects again."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._highest = 0

    def __call__(self, done: int, total: int) -> None:
        self._highest = max(self._highest, done)
        self._progress(self._highest, total)


def _check(rule: Rule, parameters: Parameters, instance: Instance) -> None:
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
    asked = instance.constraints.asked()
    if instance.multipliers:
        asked |= {"multipliers"}
    for kind in sorted(asked - rule.constraints):
        raise UnsupportedParameter(f"The rule {rule.name} does not honour the constraint {kind}.")


def _applied(
    rule: Rule, parameters: Parameters, ballot_format: BallotFormat
) -> dict[str, str | int]:
    names = {*rule.options, *_EVERY_RULE}
    if ballot_format is not BallotFormat.RANKING:
        names.discard("ranking_points")
    if not parameters.completion.startswith("add1"):
        names -= {"step", "stop"}
    return {
        field.name: getattr(parameters, field.name)
        for field in fields(Parameters)
        if field.name in names
    }


def _unmoved(progress: Progress | None) -> Progress:
    """Tells that a count beside goes on, and that nothing is decided yet."""
    return lambda done, total: progress(0, total) if progress else None


def _silent(done: int, total: int) -> None:
    """Take the place of a progress callback nobody asked for."""
