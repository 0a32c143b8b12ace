"""Greedy selection: the best-supported projects that fit, one after the other."""

from fractions import Fraction

from voting.rules.electorate import Electorate
from voting.rules.model import Parameters, Progress
from voting.rules.outcome import Phase
from voting.rules.till import Till


def greedy(electorate: Electorate, parameters: Parameters, till: Till, progress: Progress) -> Phase:
    """Buy by score, or by score per cost; a project that does not fit is passed over.

    A project that costs exactly what is left is bought. Per cost, projects that cost nothing come
    first, in the order of ties. A project with a least amount is bought in part where it does not
    fit whole. Source: Talmon and Faliszewski, 2019, "A Framework for Approval-Based Budgeting
    Methods".
    """
    budget = till.left
    buy_in_order(electorate, parameters.order, till, progress, fill=False)
    return Phase(reserve=None, budget=budget)


def buy_in_order(
    electorate: Electorate, order: str, till: Till, progress: Progress, *, fill: bool
) -> None:
    """Buy what fits, the best first; `order` as in `in_order`."""
    size = len(electorate.instance.projects)
    waiting = [index for index in in_order(electorate, order) if index not in till.bought]
    for done, index in enumerate(waiting, start=size - len(waiting) + 1):
        amount = _affordable(index, till)
        if amount is not None:
            till.buy(index, amount, fill=fill)
        progress(done, size)


def in_order(electorate: Electorate, order: str) -> list[int]:
    """The eligible projects, the best first: by "votes", "votes-per-cost" or "votes-per-sqrt-cost"."""
    projects = electorate.instance.projects
    multipliers = electorate.instance.multipliers

    def place(index: int) -> tuple[bool, Fraction | int, int]:
        project = projects[index]
        score = electorate.support[index].score * multipliers.get(project.id, 1)
        if order == "votes":
            return True, -score, electorate.ranks[index]
        if not project.cost:
            return False, 0, electorate.ranks[index]
        # Of the square root the square is compared: it is rational, and scores are not negative.
        value = score**2 if order == "votes-per-sqrt-cost" else score
        return True, Fraction(-value, project.cost), electorate.ranks[index]

    return sorted(electorate.eligible, key=place)


def _affordable(index: int, till: Till) -> int | None:
    """What the project would receive now; None where that is not enough."""
    project = till.instance.projects[index]
    if project.cost <= till.left and till.room.allows(index):
        return project.cost
    least = till.instance.constraints.partial.get(project.id)
    most = till.room.most(index, min(till.left, project.cost))
    return most if least is not None and most >= least else None
