"""A result as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterator

from voting.models import Election
from voting.queries.reasons import Reason
from voting.queries.results import LaneResult, Result, ResultRow

RESULT_HEADER = (
    "lane", "place", "code", "title", "language", "votes", "points", "cost_minor", "currency",
    "decimals", "funded", "amount_minor", "remaining_minor", "bought_with_leftover",
    "effective_votes", "paid_each_minor", "why", "by", "left_minor", "missing_minor", "more_votes",
    "less_cost_minor",
)  # fmt: skip
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NO_REASON = Reason(None, None, None, (), None, None, (), False, None, None)


def result_csv(election: Election, result: Result) -> str:
    """Every project of every lane, as the page lists them, then a column for each rule beside it.

    Amounts are in the smallest unit, whole or with their exact decimals.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    others = [
        f"funded_by_rule_{number}" for number, _ in enumerate(result.lanes[0].others, start=2)
    ]
    writer.writerow([*RESULT_HEADER, *others])
    for lane in result.lanes:
        writer.writerows(_lines(election, lane))
    return written.getvalue()


def _lines(election: Election, lane: LaneResult) -> Iterator[list[object]]:
    steps = {step["project"]: step for step in lane.tally.outcome["steps"]}
    for row in lane.rows:
        step, reason = steps.get(row.item.code), row.reason or _NO_REASON
        yield [
            lane.lane.kind,
            row.place,
            defused(row.item.code),
            defused(row.name.text),
            row.name.language,
            row.votes,
            row.score,
            row.item.cost_minor,
            election.currency,
            election.decimals,
            _flag(row.place is not None),
            step and step["amount"],
            step and step["remaining"],
            _flag(row.is_fill),
            reason.effective_votes,
            _paid(row),
            reason.code,
            reason.by and defused(reason.by.text),
            reason.left_minor,
            reason.missing_minor,
            reason.more_votes,
            reason.less_minor,
            *map(_flag, row.beside),
        ]


def _paid(row: ResultRow) -> object:
    """The most that one voter paid."""
    return row.reason.paid[0].each_minor if row.reason and row.reason.paid else None


def _flag(holds: bool) -> str:
    return "1" if holds else "0"


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(STARTS_A_FORMULA) else text
