"""How far a project was from being bought: found by counting again, never estimated."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from voting.rules.model import BallotFormat, Instance, Parameters, Progress, Project
from voting.rules.profile import Profile
from voting.rules.table import count

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
    Source: Boehmer, Faliszewski, Janeczko, Peters, Pierczyński, Schierreich, Skowron and Szufa,
    2024, "Evaluation of Project Performance in Participatory Budgeting" (singleton and cost measures).
    """
    won = set(count(rule, instance, profile, parameters).winners)
    lost = [i for i, project in enumerate(instance.projects) if project.id not in won]
    found = {}
    for done, index in enumerate(lost):
        if progress:
            progress(done, len(lost))
        found[instance.projects[index].id] = Margin(
            _more_votes(rule, instance, profile, parameters, index),
            _less_cost(rule, instance, profile, parameters, index),
        )
    return found


def _more_votes(
    rule: str, instance: Instance, profile: Profile, parameters: Parameters, index: int
) -> int | None:
    if profile.format not in _CHOSEN or instance.projects[index].cost > instance.budget:
        return None

    def wins(voters: int) -> bool:
        more = Profile(profile.format, (*profile.ballots, (((index, 1),), voters)))
        return instance.projects[index].id in count(rule, instance, more, parameters).winners

    return _least(wins, max(100, profile.voters))


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


def _less_cost(
    rule: str, instance: Instance, profile: Profile, parameters: Parameters, index: int
) -> int | None:
    project = instance.projects[index]

    def wins(less: int) -> bool:
        cheaper = Project(project.id, project.cost - less)
        projects = (*instance.projects[:index], cheaper, *instance.projects[index + 1 :])
        return (
            project.id
            in count(rule, replace(instance, projects=projects), profile, parameters).winners
        )

    return _least(wins, project.cost) if project.cost else None
