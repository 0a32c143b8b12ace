"""Why each project was bought or not, as data: templates and tables make sentences of it."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from voting.rules.electorate import survey
from voting.rules.equal_shares import FILL
from voting.rules.greedy import in_order
from voting.rules.margins import Margin
from voting.rules.model import BallotFormat, Instance, Parameters
from voting.rules.outcome import Outcome, Step
from voting.rules.profile import Profile
from voting.rules.replay import Group, Replay, loads_paid, replay
from voting.rules.room import Room

MOST_GROUPS = 20


def explained(
    instance: Instance,
    profile: Profile,
    parameters: Parameters,
    outcome: Outcome,
    margins: Mapping[str, Margin] | None = None,
) -> dict[str, Any]:
    """The explanation of an outcome in plain JSON types; money in minor units, to six decimals.

    Groups are voters who paid the same; nothing about persons is in it. margins: where given, what
    each project that was not bought lacked.
    """
    case = _Case(instance, profile, parameters, outcome)
    projects = {}
    for index, project in enumerate(instance.projects):
        is_bought = project.id in case.steps
        entry = case.bought(index) if is_bought else case.lost(index)
        if margins is not None:
            margin = margins.get(project.id, Margin(None, None))
            entry |= {"more_votes": margin.more_votes, "less_cost": margin.less_cost}
        projects[project.id] = entry
    return {
        "projects": projects,
        "voters": {"all": profile.voters, "with_nothing": case.voters_with_nothing()},
        "categories": case.categories(),
        "unspent": outcome.budget - outcome.cost,
    }


class _Case:
    """An outcome with everything that is needed to explain it."""

    def __init__(
        self, instance: Instance, profile: Profile, parameters: Parameters, outcome: Outcome
    ) -> None:
        self.instance = instance
        self.parameters = parameters
        self.outcome = outcome
        self.electorate = survey(instance, profile, parameters, lambda done, total: None)
        self.places = {project.id: i for i, project in enumerate(instance.projects)}
        self.steps = {step.project: place for place, step in enumerate(outcome.steps)}
        self.groups: dict[str, tuple[Group, ...]] = {}
        self.end: Replay | None = None  # of the open count by Equal Shares
        self.ending: list[Step] = []  # the steps it replays
        self._follow_the_money()
        is_shared = outcome.rule == "equal-shares"
        self.is_filled = is_shared and parameters.completion.endswith("greedy")
        self.room = Room(instance)
        for step in outcome.steps:
            self.room.take(self.places[step.project], step.amount)
        self.left_at_turn = self._left_at_turn()

    def _follow_the_money(self) -> None:
        marks = self.electorate.marks
        for phase in self.outcome.phases:
            paid = [s for s in self.outcome.steps if s.reserve == phase.reserve and s.level]
            bought = [(self.places[s.project], s.level) for s in paid if s.level]
            if phase.endowment is not None:
                self.end, self.ending = replay(marks, phase.endowment, bought), paid
                found: Sequence[tuple[Group, ...]] = self.end.groups
            else:
                found = loads_paid(marks, bought)
            self.groups |= {s.project: groups for s, groups in zip(paid, found, strict=True)}

    def _left_at_turn(self) -> dict[int, int]:
        """What was left of the budget when it was each project's turn to be bought greedily."""
        if self.outcome.rule == "greedy":
            order = self.parameters.order
        elif self.is_filled:
            order = FILL[self.parameters.satisfaction]
        else:
            return {}
        open_steps = [step for step in self.outcome.steps if step.reserve is None]
        amounts = {self.places[s.project]: s.amount for s in open_steps if not self._is_priced(s)}
        priced = sum(step.amount for step in open_steps if self._is_priced(step))
        left = self.outcome.phases[-1].budget - priced
        found = {}
        for index in in_order(self.electorate, order):
            found[index] = left
            left -= amounts.get(index, 0)
        return found

    def _is_priced(self, step: Step) -> bool:
        """Bought by Equal Shares itself, not by what fills up."""
        return self.outcome.rule == "equal-shares" and not step.fill

    def bought(self, index: int) -> dict[str, Any]:
        project = self.instance.projects[index]
        step = self.outcome.steps[self.steps[project.id]]
        is_shared = self.outcome.rule == "equal-shares" and step.level
        votes = project.cost / step.level if is_shared and step.level else None
        groups = self.groups.get(project.id)
        return {
            **_ENTRY,
            "step": self.steps[project.id] + 1,
            "effective_votes": decimal(votes),
            "paid": None if groups is None else _listed(groups),
        }

    def lost(self, index: int) -> dict[str, Any]:
        why, by = self._why(index)
        cost = self.instance.projects[index].cost
        left: Fraction | int | None = self.left_at_turn.get(index)
        spent = []
        if self.end:
            left = left if self.is_filled else self.end.left(index)
            spent = [
                {"project": self.ending[purchase].project, "amount": decimal(amount)}
                for purchase, amount in self.end.spent_by(index)
            ]
        is_short = why in ("NOT_ENOUGH_MONEY", "DID_NOT_FIT")
        return {
            **_ENTRY,
            "why": why,
            "by": by,
            "left": decimal(left),
            "missing": decimal(cost - left) if is_short and left is not None else None,
            "spent_on": spent,
        }

    def _why(self, index: int) -> tuple[str, str | None]:
        """The first reason that holds in the end, and the limit or the project behind it."""
        bar = self.room.bar(index)
        if not self.outcome.support[index].votes:
            return "NO_VOTES", None
        if index not in self.electorate.eligible:
            return "TOO_LITTLE_SUPPORT", None
        if self.instance.projects[index].cost > self.outcome.budget:
            return "OVER_BUDGET", None
        if bar is not None:
            return bar.why, bar.by
        return "DID_NOT_FIT" if self.is_filled else _OTHERWISE[self.outcome.rule], None

    def voters_with_nothing(self) -> int:
        profile = self.electorate.marks.profile
        won = np.zeros(len(self.instance.projects) + 1, dtype=bool)
        won[[self.places[name] for name in self.outcome.winners]] = True
        counts = won[profile.projects]
        if profile.format is not BallotFormat.RANKING:
            counts &= profile.values > 0
        running = np.concatenate([[0], np.cumsum(counts)])
        has_some = running[profile.starts[1:]] > running[profile.starts[:-1]]
        return int(profile.weights[~has_some].sum())

    def categories(self) -> list[dict[str, Any]]:
        amounts = {step.project: step.amount for step in self.outcome.steps}
        scores = {entry.id: entry.score for entry in self.outcome.support}
        return [
            {
                "category": name,
                "cost": sum(amounts.get(project, 0) for project in category.projects),
                "score": sum(scores[p] for p in category.projects if p in amounts),
                "possible": sum(scores[project] for project in category.projects),
            }
            for name, category in sorted(self.instance.constraints.categories.items())
            if category.projects
        ]


_ENTRY: dict[str, Any] = {
    "step": None,
    "effective_votes": None,
    "paid": None,
    "why": None,
    "by": None,
    "left": None,
    "missing": None,
    "spent_on": [],
}
_OTHERWISE = {
    "equal-shares": "NOT_ENOUGH_MONEY",
    "greedy": "DID_NOT_FIT",
    "phragmen": "STOPPED",
}


def _listed(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """The groups, who paid most each first; of very many the largest, and the others together."""
    shown = list(groups)
    rest: list[Group] = []
    if len(groups) > MOST_GROUPS:
        by_size = sorted(groups, key=lambda group: (-group.voters, -group.each))
        largest = set(by_size[: MOST_GROUPS - 1])
        shown = [group for group in groups if group in largest]
        rest = by_size[MOST_GROUPS - 1 :]
    found: list[dict[str, Any]] = [
        {"each": decimal(group.each), "voters": group.voters, "ballots": group.ballots}
        for group in shown
    ]
    if rest:
        together = sum((group.each * group.voters for group in rest), Fraction(0))
        found.append(
            {
                "each": None,
                "voters": sum(group.voters for group in rest),
                "ballots": sum(group.ballots for group in rest),
                "together": decimal(together),
            }
        )
    return found


def decimal(amount: Fraction | int | None) -> str | None:
    """To six decimals, halves to even: "12.500000"."""
    if amount is None:
        return None
    millionths = round(Fraction(amount) * 10**6)
    whole, part = divmod(abs(millionths), 10**6)
    return f"{'-' if millionths < 0 else ''}{whole}.{part:06d}"
