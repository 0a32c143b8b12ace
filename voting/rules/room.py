"""How much each constraint still allows, while projects are bought."""

from copy import copy
from typing import NamedTuple, Self

from voting.rules.model import Instance


class Bar(NamedTuple):
    """Why a project may not be bought: CATEGORY_FULL, RECIPIENT_FULL or EXCLUDED, and by which."""

    why: str
    by: str


class Room:
    """The state of all limits; what is barred once is barred for good.

    Projects are numbered as in the instance, amounts are in minor units.
    """

    def __init__(self, instance: Instance) -> None:
        constraints = instance.constraints
        self.is_bound = bool(constraints.asked() - {"category-minimum", "partial"})
        self._projects = instance.projects
        groups: list[tuple[Bar, frozenset[str], int]] = []
        for name, category in sorted(constraints.categories.items()):
            if category.maximum is not None:
                groups.append((Bar("CATEGORY_FULL", name), category.projects, category.maximum))
        if constraints.recipient_maximum is not None:
            groups += [
                (Bar("RECIPIENT_FULL", name), projects, constraints.recipient_maximum)
                for name, projects in sorted(constraints.recipients.items())
            ]
        self._left = {bar: most for bar, _projects, most in groups}
        self._bars = [
            [bar for bar, members, _most in groups if project.id in members]
            for project in self._projects
        ]
        self._exclusive = constraints.exclusive
        self._excluded: dict[str, str] = {}

    def copy(self) -> Self:
        """The same state, to be changed apart."""
        other = copy(self)
        other._left, other._excluded = dict(self._left), dict(self._excluded)
        return other

    def allows(self, index: int) -> bool:
        return not self.is_bound or self.bar(index) is None

    def bar(self, index: int) -> Bar | None:
        """What keeps the project from being bought whole; None where nothing does."""
        project = self._projects[index]
        if project.id in self._excluded:
            return Bar("EXCLUDED", self._excluded[project.id])
        full = (bar for bar in self._bars[index] if self._left[bar] < project.cost)
        return next(full, None)

    def most(self, index: int, amount: int) -> int:
        """The most the project may receive, of this amount; 0 where it is excluded."""
        if self._projects[index].id in self._excluded:
            return 0
        return min(amount, *(self._left[bar] for bar in self._bars[index]), amount)

    def take(self, index: int, amount: int) -> None:
        """Note that the project is bought for this amount."""
        if not self.is_bound:
            return
        for bar in self._bars[index]:
            self._left[bar] -= amount
        bought = self._projects[index].id
        for group in self._exclusive:
            if bought in group:
                self._excluded |= dict.fromkeys(group - {bought} - self._excluded.keys(), bought)
