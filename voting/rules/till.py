"""What is bought and what is left, while a count goes on."""

from fractions import Fraction

from voting.rules.model import Instance
from voting.rules.outcome import Step
from voting.rules.room import Room


class Till:
    """The one place where purchases are noted, phase by phase.

    left: of the money of this phase. remaining: of the whole budget. Both in minor units.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.room = Room(instance)
        self.remaining = instance.budget
        self.left = instance.budget
        self.steps: list[Step] = []
        self.bought: set[int] = set()
        self._reserve: str | None = None

    def open(self, reserve: str | None, budget: int) -> None:
        """Begin a phase: the minimum of a category, or with None all that is left."""
        self._reserve = reserve
        self.left = budget

    def buy(
        self,
        index: int,
        amount: int,
        level: Fraction | None = None,
        unit: Fraction | None = None,
        *,
        fill: bool = False,
    ) -> None:
        self.left -= amount
        self.remaining -= amount
        self.room.take(index, amount)
        self.bought.add(index)
        project = self.instance.projects[index].id
        self.steps.append(Step(project, amount, level, unit, self.remaining, fill, self._reserve))
