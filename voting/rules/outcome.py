"""What a count returns: the winners, the support of every project and each step taken."""

from collections.abc import Mapping
from dataclasses import dataclass
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

    price: what one unit of satisfaction cost, in minor units, as (numerator, denominator) in lowest
        terms; None for rules without prices.
    remaining: budget left after the purchase, in minor units.
    """

    project: str
    price: tuple[int, int] | None
    remaining: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a count; money in minor units.

    parameters: the options that apply to the rule and the ballot format, nothing else.
    winners: ids in the order bought.
    support: one entry per project, in the order of the instance.
    """

    rule: str
    parameters: Mapping[str, str | int]
    winners: tuple[str, ...]
    cost: int
    budget: int
    support: tuple[Support, ...]
    steps: tuple[Step, ...]

    def as_json(self) -> dict[str, Any]:
        """The outcome in plain JSON types; rationals as "n/d" in lowest terms."""
        return {
            "rule": self.rule,
            "parameters": dict(self.parameters),
            "winners": list(self.winners),
            "cost": self.cost,
            "budget": self.budget,
            "support": [{"id": s.id, "votes": s.votes, "score": s.score} for s in self.support],
            "steps": [
                {"project": s.project, "price": _rational(s.price), "remaining": s.remaining}
                for s in self.steps
            ],
        }


def _rational(price: tuple[int, int] | None) -> str | None:
    return None if price is None else f"{_digits(price[0])}/{_digits(price[1])}"


def _digits(number: int) -> str:
    chunks: list[str] = []
    while number >= 10**_CHUNK_DIGITS:
        number, chunk = divmod(number, 10**_CHUNK_DIGITS)
        chunks.append(str(chunk).zfill(_CHUNK_DIGITS))
    return str(number) + "".join(reversed(chunks))
