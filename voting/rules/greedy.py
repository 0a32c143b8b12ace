"""Greedy selection: the best-supported projects that fit, one after the other."""

from fractions import Fraction

from voting.rules.electorate import Electorate
from voting.rules.model import Parameters, Progress
from voting.rules.outcome import Step


def greedy(electorate: Electorate, parameters: Parameters, progress: Progress) -> tuple[Step, ...]:
    """Buy by score, or by score per cost; a project that does not fit is passed over.

    A project that costs exactly what is left is bought. Per cost, projects that cost nothing come
    first, in the order of ties. Source: Talmon and Faliszewski, 2019, "A Framework for Approval-Based Budgeting Methods".
    """
    projects = electorate.instance.projects
    remaining = electorate.instance.budget
    steps: list[Step] = []
    barred = len(projects) - len(electorate.eligible)
    for done, index in enumerate(_order(electorate, parameters.order), start=barred + 1):
        project = projects[index]
        if project.cost <= remaining:
            remaining -= project.cost
            steps.append(Step(project.id, None, remaining))
        progress(done, len(projects))
    return tuple(steps)


def _order(electorate: Electorate, order: str) -> list[int]:
    def by_votes(index: int) -> tuple[int, int]:
        return -electorate.support[index].score, electorate.ranks[index]

    def by_votes_per_cost(index: int) -> tuple[bool, Fraction, int]:
        cost = electorate.instance.projects[index].cost
        if not cost:
            return False, Fraction(0), electorate.ranks[index]
        # Negated, so that the best value sorts first.
        return True, Fraction(-electorate.support[index].score, cost), electorate.ranks[index]

    if order == "votes":
        return sorted(electorate.eligible, key=by_votes)
    return sorted(electorate.eligible, key=by_votes_per_cost)
