"""The outcome of a count as it is written out: one JSON document, or a table for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from voting.rules.columns import Column, fitted, one_line, table
from voting.rules.outcome import Outcome

TITLES: Mapping[str, str] = {
    "greedy": "Greedy selection",
    "equal-shares": "Method of Equal Shares",
    "phragmen": "Sequential Phragmén",
}
REASONS: Mapping[str, str] = {
    "NO_VOTES": "no votes",
    "TOO_LITTLE_SUPPORT": "too few votes",
    "OVER_BUDGET": "over the budget",
    "NOT_ENOUGH_MONEY": "too little money left",
    "DID_NOT_FIT": "did not fit",
    "CATEGORY_FULL": "category full",
    "RECIPIENT_FULL": "recipient full",
    "EXCLUDED": "excluded by",
    "STOPPED": "the count had ended",
}
_STEPS = ("steps", "phases", "support", "without_multipliers")


@dataclass(frozen=True, slots=True)
class Report:
    """A count and what stands around it.

    decimals: of the money. names: what the projects are called, by id. seconds: of the counting.
    explanation: what `voting.rules.explain` says of it, where asked for.
    """

    outcome: Outcome
    decimals: int
    currency: str
    voters: int
    names: Mapping[str, str]
    costs: Mapping[str, int]
    seconds: float
    explanation: Mapping[str, Any] | None = None


def money(minor: int, decimals: int) -> int | str:
    """An amount in the currency: a number where it is whole, else a decimal as text."""
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}".rstrip("0") if rest else whole


def document(report: Report) -> dict[str, Any]:
    """What `--json` writes. Amounts outside the explanation and the steps are in the currency."""
    outcome = report.outcome
    found: dict[str, Any] = {
        "rule": outcome.rule,
        "parameters": dict(outcome.parameters),
        "budget": money(outcome.budget, report.decimals),
        "cost": money(outcome.cost, report.decimals),
        "voters": report.voters,
        "projects": len(outcome.support),
        "winners": list(outcome.winners),
    }
    if report.explanation is not None:
        exact = outcome.as_json()
        found |= {"unit": 10**report.decimals} | {name: exact[name] for name in _STEPS}
        found["explanation"] = report.explanation
    return found | {"seconds": round(report.seconds, 6)}


def text(report: Report) -> str:
    """What a person reads."""
    outcome = report.outcome
    lost = len(outcome.support) - len(outcome.winners)
    parts = [_head(report), _bought(report)]
    if outcome.without_multipliers is not None:
        parts.append(_without_multipliers(outcome))
    if report.explanation is None:
        parts.append(f"Not bought: {lost:,}. To see why, add --explain.\n" if lost else "")
    else:
        parts.append(_not_bought(report, report.explanation))
    return "\n".join(part for part in parts if part)


def _head(report: Report) -> str:
    outcome = report.outcome
    options = ", ".join(
        f"{name.replace('_', '-')} {value}" for name, value in outcome.parameters.items()
    )
    currency = f" {one_line(report.currency)}" if report.currency else ""
    spent = f"{_shown(outcome.cost, report)} of {_shown(outcome.budget, report)}{currency}"
    if outcome.budget:
        spent += f" ({100 * outcome.cost / outcome.budget:.1f} %)"
    lines = (
        f"{TITLES[outcome.rule]} ({outcome.rule})",
        f"Options: {options}",
        f"Voters: {report.voters:,}   Projects: {len(outcome.support):,}"
        f"   Bought: {len(outcome.winners):,}",
        f"Spent: {spent}",
    )
    return "".join(f"{line}\n" for line in lines)


def _bought(report: Report) -> str:
    outcome = report.outcome
    if not outcome.winners:
        return "Nothing is bought.\n"
    votes = {entry.id: entry.votes for entry in outcome.support}
    in_part = {
        step.project: "*" for step in outcome.steps if step.amount < report.costs[step.project]
    }
    columns = (
        Column("#"),
        Column("bought", is_text=True),
        Column("cost"),
        Column("votes"),
        Column("price"),
        Column("name", is_text=True),
    )
    rows = [
        (
            str(place),
            step.project,
            _shown(step.amount, report) + in_part.get(step.project, ""),
            f"{votes[step.project]:,}",
            "fill" if step.fill else _price(step.price),
            report.names[step.project],
        )
        for place, step in enumerate(outcome.steps, start=1)
    ]
    notes = {
        "price: what a supporter pays for one unit of satisfaction": any(
            step.price for step in outcome.steps
        ),
        "fill: bought with money that was left over": any(step.fill for step in outcome.steps),
        "*: in part": bool(in_part),
    }
    return table(columns, rows) + "".join(f"{note}\n" for note, holds in notes.items() if holds)


def _without_multipliers(outcome: Outcome) -> str:
    others = outcome.without_multipliers or ()
    more = [name for name in others if name not in outcome.winners]
    fewer = [name for name in outcome.winners if name not in others]
    if not more and not fewer:
        return "Without multipliers the same projects would be bought.\n"
    return (
        f"Without multipliers also bought: {one_line(', '.join(more)) or 'none'}\n"
        f"Without multipliers not bought: {one_line(', '.join(fewer)) or 'none'}\n"
    )


def _not_bought(report: Report, explanation: Mapping[str, Any]) -> str:
    columns = (
        Column("not bought", is_text=True),
        Column("cost"),
        Column("votes"),
        Column("missing"),
        Column("votes short"),
        Column("why", is_text=True),
    )
    told = explanation["projects"]
    rows = [
        (
            entry.id,
            _shown(report.costs[entry.id], report),
            f"{entry.votes:,}",
            _missing(told[entry.id]["missing"], report),
            _count(told[entry.id].get("more_votes")),
            " ".join(filter(None, (REASONS[told[entry.id]["why"]], told[entry.id]["by"]))),
        )
        for entry in report.outcome.support
        if told[entry.id]["why"]
    ]
    voters = explanation["voters"]
    nothing = f"Voters none of whose projects is bought: {voters['with_nothing']:,} of {voters['all']:,}\n"
    if not rows:
        return nothing
    notes = (
        "missing: money its supporters lack, or that was lacking when its turn came\n"
        "votes short: with so many voters more for it alone it would be bought\n"
    )
    return f"{table(columns, rows)}{notes}{_categories(report, explanation)}{nothing}"


def _categories(report: Report, explanation: Mapping[str, Any]) -> str:
    return "".join(
        f"{fitted(entry['category'], 30)}  spent {_shown(entry['cost'], report)}\n"
        for entry in explanation["categories"]
    )


def _shown(minor: int, report: Report) -> str:
    whole, rest = divmod(minor, 10**report.decimals)
    return f"{whole:,}.{rest:0{report.decimals}d}" if report.decimals else f"{whole:,}"


def _missing(minor: str | None, report: Report) -> str:
    """Rounded up: what is missing is never shown as nothing."""
    return "-" if minor is None else _shown(-(-Fraction(minor) // 1), report)


def _count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _price(price: Fraction | None) -> str:
    return "-" if price is None else f"{float(price):.6g}"
