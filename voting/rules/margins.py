"""How far a project was from being bought: found by counting again, never estimated."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from voting.rules.electorate import electorate_of, survey
from voting.rules.marks import Marks, with_ballot
from voting.rules.model import BallotFormat, Instance, Parameters, Progress, Project
from voting.rules.profile import Profile
from voting.rules.table import count, count_electorate

_CHOSEN = (BallotFormat.APPROVAL, BallotFormat.KNAPSACK)


@dataclass(frozen=True, slots=True)
class Margin:
    """What would have bought a project that was not.

    more_votes: voters more, each with a ballot for this project alone, with whom it is bought and
        with one fewer of whom it is not; None where no number of them up to the size of the
        electorate (at least 100) suffices, or where a ballot is no choice.
    less_cost: how much cheaper, in minor units, it would have had to be; None where it would not
        be bought at any price.
    """

    more_votes: int | None
    less_cost: int | None


def margins(
    rule: str,
    instance: Instance,
    profile: Profile,
    parameters: Parameters,
    progress: Progress | None = None,
) -> dict[str, Margin]:
    """The margin of every project that is not bought, by id, from exact counts of the whole profile.

    A project whose price falls is never bought later, so the cost is bisected. More voters change
    every voter's part of the budget, so the number found is verified at k and at k - 1.
    Raises what `count` raises.
    Source: Boehmer, Faliszewski, Janeczko, Peters, Pierczyński, Schierreich, Skowron and Szufa,
    2024, "Evaluation of Project Performance in Participatory Budgeting" (singleton and cost measures).
    """
    won = set(count(rule, instance, profile, parameters).winners)
    lost = [i for i, project in enumerate(instance.projects) if project.id not in won]
    found = {}
    for done, index in enumerate(lost):
        report = partial(_told, progress, done, len(lost))
        guess = _Guess(rule, instance, profile, parameters, index, report)
        found[instance.projects[index].id] = Margin(guess.more_votes(), guess.less_cost())
    return found


class _Guess:
    """One project that was not bought, counted again with more voters or at a lower cost."""

    def __init__(
        self,
        rule: str,
        instance: Instance,
        profile: Profile,
        parameters: Parameters,
        index: int,
        report: Progress,
    ) -> None:
        self.rule, self.instance, self.profile = rule, instance, profile
        self.parameters, self.index, self.report = parameters, index, report
        self.project = instance.projects[index]
        self.marks = survey(instance, profile, parameters, report).marks

    def more_votes(self) -> int | None:
        is_choice = self.profile.format in _CHOSEN
        if not is_choice or self.project.cost > self.instance.budget:
            return None
        return _least(self._wins_with, max(100, self.profile.voters))

    def less_cost(self) -> int | None:
        return _least(self._wins_cheaper, self.project.cost) if self.project.cost else None

    def _wins_with(self, voters: int) -> bool:
        return self._wins(self.instance, with_ballot(self.marks, self.index, voters))

    def _wins_cheaper(self, less: int) -> bool:
        projects = list(self.instance.projects)
        projects[self.index] = Project(self.project.id, self.project.cost - less)
        return self._wins(replace(self.instance, projects=tuple(projects)), self.marks)

    def _wins(self, instance: Instance, marks: Marks) -> bool:
        electorate = electorate_of(instance, marks, self.parameters)
        outcome = count_electorate(self.rule, electorate, self.parameters, self.report)
        return self.project.id in outcome.winners


def _least(holds: Callable[[int], bool], most: int) -> int | None:
    """A number from 1 to ``most`` at which it holds and before which it does not."""
    low, high = 0, 1
    while not holds(high):
        if high >= most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _told(progress: Progress | None, done: int, total: int, _part: int, _parts: int) -> None:
    """However far a count in between is, so many projects are done."""
    if progress:
        progress(done, total)
