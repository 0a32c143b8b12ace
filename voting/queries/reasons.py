"""Why a project was bought or not, as the explanation in a stored outcome says."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from members.languages import Worded


@dataclass(frozen=True, slots=True)
class Payment:
    """Voters who paid the same; ``each_minor`` is None for the rest together, who paid less alike."""

    voters: int
    each_minor: Decimal | None
    together_minor: Decimal


@dataclass(frozen=True, slots=True)
class Spending:
    """What the voters of one project paid for another."""

    name: Worded
    amount_minor: Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """Amounts as in the election, to a millionth of its smallest unit.

    ``code`` is None where the project was bought; ``by`` the category, recipient or project that
    stood in its way. ``left_minor`` is what its voters, or the budget, had left for it.
    ``more_votes`` and ``less_minor`` are None where nothing would have helped, or, without
    ``has_margins``, where nobody worked it out.
    """

    code: str | None
    by: Worded | None
    effective_votes: Decimal | None
    paid: tuple[Payment, ...]
    left_minor: Decimal | None
    missing_minor: Decimal | None
    spent_on: tuple[Spending, ...]
    has_margins: bool
    more_votes: int | None
    less_minor: int | None

    @property
    def voters_who_paid_less(self) -> int:
        """Than the first of those who paid."""
        return sum(payment.voters for payment in self.paid[1:])

    @property
    def most_spent_on(self) -> tuple[Spending, ...]:
        """The three that took most of its voters' money, most first."""
        return tuple(sorted(self.spent_on, key=lambda one: -one.amount_minor)[:3])


def reason_of(outcome: Mapping[str, Any], code: str, names: Mapping[str, Worded]) -> Reason | None:
    """Why the project with this code was bought or not; None where the outcome does not say.

    ``names`` are those of the projects it may speak of, by code.
    """
    entry = outcome.get("explanation", {}).get("projects", {}).get(code)
    if entry is None:
        return None
    by = entry["by"]
    return Reason(
        code=entry["why"],
        by=None if by is None else names.get(by, Worded(by, "")),
        effective_votes=_decimal(entry["effective_votes"]),
        paid=tuple(map(_payment, entry["paid"] or ())),
        left_minor=_decimal(entry["left"]),
        missing_minor=_decimal(entry["missing"]),
        spent_on=tuple(
            Spending(names[one["project"]], Decimal(one["amount"]))
            for one in entry["spent_on"]
            if one["project"] in names
        ),
        has_margins=entry["why"] is not None and "more_votes" in entry,
        more_votes=entry.get("more_votes"),
        less_minor=entry.get("less_cost"),
    )


def codes_in(outcome: Mapping[str, Any], code: str) -> set[str]:
    """The codes of the projects that the explanation of one of them may name."""
    entry = outcome.get("explanation", {}).get("projects", {}).get(code) or {}
    spent = {one["project"] for one in entry.get("spent_on", ())}
    return spent | ({entry["by"]} if entry.get("by") else set())


def _payment(entry: Mapping[str, Any]) -> Payment:
    each, voters = _decimal(entry["each"]), entry["voters"]
    together = Decimal(entry["together"]) if each is None else each * voters
    return Payment(voters, each, together)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
