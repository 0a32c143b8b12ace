"""Splits and sets of figures as files for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from allocation.models import IndicatorSnapshot
from allocation.queries.inputs import plain
from allocation.queries.splits import Split
from texts.queries import localized
from voting.queries import defused

SPLIT_HEADER = (
    "hub", "name", "previous_minor", "previous_share", "amount_minor", "share", "change_minor",
    "south_minor", "currency", "kind",
)  # fmt: skip
FIGURES_HEADER = ("hub", "indicator", "value", "status", "source", "observed_on")


def split_csv(split: Split, chain: Sequence[str]) -> str:
    """The split with the hubs' names by the reader's languages; amounts in the smallest unit."""
    return _written(
        SPLIT_HEADER,
        (
            [
                row.hub.slug,
                defused(localized(row.hub, "name", chain).text),
                row.previous_minor,
                _rounded(row.previous_share),
                row.amount_minor,
                _rounded(row.share),
                row.change_minor,
                row.south_minor,
                split.pool.currency,
                split.pool.kind,
            ]
            for row in split.rows
        ),
    )


def figures_csv(snapshot: IndicatorSnapshot) -> str:
    """A set of figures, as the page that publishes the next one reads it."""
    figures = snapshot.values.select_related("hub").order_by("hub__slug", "indicator")
    return _written(
        FIGURES_HEADER,
        (
            [
                figure.hub.slug,
                figure.indicator,
                plain(figure.value),
                figure.status,
                defused(figure.source),
                figure.observed_on.isoformat(),
            ]
            for figure in figures
        ),
    )


def _written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()


def _rounded(share: Decimal | None) -> str:
    return "" if share is None else f"{share:.6f}"
