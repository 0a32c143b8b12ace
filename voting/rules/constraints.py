"""What an outcome must keep to besides the budget."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from voting.rules.faults import InvalidInstance


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Category:
    """Projects of one kind, and the least and the most money for all of them, in minor units."""

    projects: frozenset[str]
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Constraints:
    """Limits of money by category and recipient, and choices that exclude each other.

    recipients: who asks for which projects; recipient_maximum is the most any of them receives.
    exclusive: of each of these groups at most one project is bought.
    partial: the least with which a project can begin, in minor units; greedy rules only.
    """

    categories: Mapping[str, Category] = field(default_factory=_nothing)
    recipients: Mapping[str, frozenset[str]] = field(default_factory=_nothing)
    recipient_maximum: int | None = None
    exclusive: tuple[frozenset[str], ...] = ()
    partial: Mapping[str, int] = field(default_factory=_nothing)

    def asked(self) -> frozenset[str]:
        """The kinds of constraint that are in use, by the names the table of rules knows."""
        categories = self.categories.values()
        kinds = {
            "category-minimum": any(category.minimum is not None for category in categories),
            "category-maximum": any(category.maximum is not None for category in categories),
            "recipient-maximum": self.recipient_maximum is not None,
            "exclusive": bool(self.exclusive),
            "partial": bool(self.partial),
        }
        return frozenset(kind for kind, is_asked in kinds.items() if is_asked)

    def check(self, budget: int, known: Set[str]) -> None:
        """Raises InvalidInstance where no outcome could be meant by them."""
        groups = [category.projects for category in self.categories.values()]
        for named in (*groups, *self.recipients.values(), *self.exclusive, self.partial.keys()):
            for project in sorted(named - known):
                raise InvalidInstance(f"A constraint names {project!r}, which is no project.")
        amounts = [self.recipient_maximum, *self.partial.values()]
        for category in self.categories.values():
            amounts += [category.minimum, category.maximum]
        if min((amount for amount in amounts if amount is not None), default=0) < 0:
            raise InvalidInstance("A constraint holds a negative amount.")
        for project, least in sorted(self.partial.items()):
            if not least:
                raise InvalidInstance(f"The least amount of project {project!r} is 0.")
        self._check_minimums(budget)

    def _check_minimums(self, budget: int) -> None:
        total = 0
        reserved: set[str] = set()
        for name, category in sorted(self.categories.items()):
            if category.minimum is None:
                continue
            if category.maximum is not None and category.maximum < category.minimum:
                raise InvalidInstance(f"The category {name!r} has a minimum above its maximum.")
            if reserved & category.projects:
                raise InvalidInstance(f"A project of {name!r} is in two categories with a minimum.")
            reserved |= category.projects
            total += category.minimum
        if total > budget:
            raise InvalidInstance(f"The minimums sum to {total}, more than the budget of {budget}.")


NO_CONSTRAINTS = Constraints()
