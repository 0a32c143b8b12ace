"""What a ballot may hold: one list of reasons, shared by page, API, paper entry and count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from voting.canonical import Choices
from voting.rules import BallotFormat

MARKED = 1  # the value of an item that is chosen, where choosing is all there is


class Reason(StrEnum):
    """Why a ballot is refused."""

    NOT_ITS_FORMAT = "NOT_ITS_FORMAT"
    UNKNOWN_ITEM = "UNKNOWN_ITEM"
    TWICE = "TWICE"
    TOO_MANY = "TOO_MANY"
    OVER_BUDGET = "OVER_BUDGET"


class UnsupportedFormat(ValueError):
    """People cannot cast ballots of this format here yet."""


class Fault(NamedTuple):
    """One reason, and where it is about one lane, the number of that lane on the paper."""

    reason: Reason
    lane: int | None = None


class PaperItem(NamedTuple):
    """One line of the paper."""

    position: int
    lane: int
    cost: int


@dataclass(frozen=True, slots=True)
class Paper:
    """The ballot paper as far as it decides what may be cast. Costs and budgets in minor units.

    ``max_choices`` is the largest number of items over all lanes, None where there is no limit.
    Raises UnsupportedFormat for anything but approval and knapsack.
    """

    format: BallotFormat
    max_choices: int | None
    budgets: tuple[int, ...]
    items: tuple[PaperItem, ...]

    def __post_init__(self) -> None:
        if self.format not in (BallotFormat.APPROVAL, BallotFormat.KNAPSACK):
            raise UnsupportedFormat(self.format.value)

    def cost_in(self, lane: int, positions: Sequence[int]) -> int:
        """What the items at these positions cost together in one lane."""
        chosen = frozenset(positions)
        return sum(
            item.cost for item in self.items if item.lane == lane and item.position in chosen
        )


def faults(paper: Paper, choices: Choices) -> list[Fault]:
    """Everything that is wrong with a ballot; none means that it can be cast. A blank one can."""
    if any(type(part) is not int for choice in choices for part in choice):
        return [Fault(Reason.NOT_ITS_FORMAT)]
    found = []
    positions = [position for position, _value in choices]
    if any(value != MARKED for _position, value in choices):
        found.append(Fault(Reason.NOT_ITS_FORMAT))
    if not {item.position for item in paper.items}.issuperset(positions):
        found.append(Fault(Reason.UNKNOWN_ITEM))
    if max(Counter(positions).values(), default=0) > 1:
        found.append(Fault(Reason.TWICE))
    if paper.max_choices is not None and len(set(positions)) > paper.max_choices:
        found.append(Fault(Reason.TOO_MANY))
    if paper.format is BallotFormat.KNAPSACK:
        found += [
            Fault(Reason.OVER_BUDGET, lane)
            for lane, budget in enumerate(paper.budgets)
            if paper.cost_in(lane, positions) > budget
        ]
    return found


def reasons(paper: Paper, choices: Choices) -> list[Reason]:
    """The reasons alone, each once, in the order of the list above."""
    found = {fault.reason for fault in faults(paper, choices)}
    return [reason for reason in Reason if reason in found]
