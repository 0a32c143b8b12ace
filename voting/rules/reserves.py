"""Minimums of categories: money that is counted for them alone, before the rest."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from voting.rules.electorate import Electorate
from voting.rules.model import Parameters, Progress
from voting.rules.outcome import Phase
from voting.rules.till import Till

Counting: TypeAlias = Callable[[Electorate, Parameters, Till, Progress], Phase]


def count_in_phases(
    rule: Counting, electorate: Electorate, parameters: Parameters, till: Till, progress: Progress
) -> tuple[Phase, ...]:
    """Each category's minimum among its own projects, by name; then all that is left among all.

    Every voter has a part in each of these counts. What a minimum cannot place is counted again
    with the rest. Where there are no minimums, this is the rule and nothing else.
    """
    projects = electorate.instance.projects
    phases = []
    for name, category in sorted(electorate.instance.constraints.categories.items()):
        if category.minimum is None or not category.projects:
            continue
        own = frozenset(i for i, project in enumerate(projects) if project.id in category.projects)
        till.open(name, category.minimum)
        phase = rule(electorate.among(own), parameters, till, progress)
        phases.append(replace(phase, reserve=name))
    till.open(None, till.remaining)
    left = frozenset(range(len(projects))) - till.bought
    phases.append(rule(electorate.among(left), parameters, till, progress))
    return tuple(phases)
