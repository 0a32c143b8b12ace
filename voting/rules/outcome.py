"""What a count returns: the winners, the support of every project and each step taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

# Python refuses to turn an int of more than 4,300 digits into text in one go (a guard against
# slow conversions of hostile input). Prices of elections with many winners are longer than that.
_CHUNK_DIGITS = 4000


@dataclass(frozen=True, slots=True)
class Support:
    """Votes (voters whose ballot gives the project a positive value) and points as counted."""

    id: str
    votes: int
    score: int


@dataclass(frozen=True, slots=True)
class Step:
    """One purchase.

    amount: what it receives, in minor units: its cost, or less where it is funded in part.
    level: Equal Shares: what each supporter pays for each point given, if in full; Phragmén: the
        load of its supporters afterwards; None for other rules and for what fills up.
    unit: what each point for the project is worth, in satisfaction; None where it is no rational.
    remaining: budget left after the purchase, in minor units.
    fill: bought with money left over by the rule itself.
    reserve: the category whose minimum it was bought from.
    """

    project: str
    amount: int
    level: Fraction | None
    unit: Fraction | None
    remaining: int
    fill: bool = False
    reserve: str | None = None

    @property
    def price(self) -> Fraction | None:
        """The level per unit of satisfaction."""
        return None if self.level is None or self.unit is None else self.level / self.unit


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of a count: the minimum of a category (`reserve`), or all that is left.

    endowment: what each voter began with, in minor units, after `raises` steps of add1.
    """

    reserve: str | None
    budget: int
    endowment: Fraction | None = None
    raises: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a count; money in minor units.

    parameters: the options that apply to the rule and the ballot format, nothing else.
    winners: ids in the order bought.
    support: one entry per project, in the order of the instance.
    without_multipliers: the winners of the same count with every multiplier at 1; None where no
        project has another.
    """

    rule: str
    parameters: Mapping[str, str | int]
    winners: tuple[str, ...]
    cost: int
    budget: int
    support: tuple[Support, ...]
    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    without_multipliers: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """The outcome in plain JSON types; rationals as "n/d" in lowest terms."""
        others = self.without_multipliers
        return {
            "rule": self.rule,
            "parameters": dict(self.parameters),
            "winners": list(self.winners),
            "cost": self.cost,
            "budget": self.budget,
            "support": [{"id": s.id, "votes": s.votes, "score": s.score} for s in self.support],
            "phases": [_phase(phase) for phase in self.phases],
            "steps": [_step(step) for step in self.steps],
            "without_multipliers": None if others is None else list(others),
        }


def _phase(phase: Phase) -> dict[str, Any]:
    return {
        "reserve": phase.reserve,
        "budget": phase.budget,
        "endowment": rational(phase.endowment),
        "raises": phase.raises,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "project": step.project,
        "amount": step.amount,
        "level": rational(step.level),
        "price": rational(step.price),
        "remaining": step.remaining,
        "fill": step.fill,
        "reserve": step.reserve,
    }


def rational(number: Fraction | None) -> str | None:
    """A fraction as "n/d" in lowest terms, however long."""
    return None if number is None else f"{digits(number.numerator)}/{digits(number.denominator)}"


def digits(number: int) -> str:
    """A whole number from 0 in decimal digits, however long."""
    chunks: list[str] = []
    while number >= 10**_CHUNK_DIGITS:
        number, chunk = divmod(number, 10**_CHUNK_DIGITS)
        chunks.append(str(chunk).zfill(_CHUNK_DIGITS))
    return str(number) + "".join(reversed(chunks))
