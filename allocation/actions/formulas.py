"""Publishing: versions of the formula, and the figures it is fed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from allocation.formula import FormulaError
from allocation.models import (
    LOWEST_FLOOR,
    FormulaVersion,
    Indicator,
    IndicatorSnapshot,
    IndicatorValue,
)
from allocation.queries import MEASURES, Figure, check_parameters, regional_hubs
from audit.actions import record
from audit.canonical import digest
from hubs.models import Cycle
from members.models import Member

NUMBERING_LOCK = 7_404  # one publisher at a time; an arbitrary number that nobody else uses


class FloorBelowHalf(Exception):
    """At least half of every pool is for the Global South: no version says less."""


class MissingIndicator(Exception):
    """A regional hub has no figure of an indicator; nothing is put in its place."""

    def __init__(self, hub: str, indicator: str) -> None:
        super().__init__(hub, indicator)
        self.hub, self.indicator = hub, indicator


class StrayIndicator(Exception):
    """A figure twice, or of a hub that no pool is shared with."""

    def __init__(self, hub: str, indicator: str) -> None:
        super().__init__(hub, indicator)
        self.hub, self.indicator = hub, indicator


@transaction.atomic
def publish_formula(
    *, parameters: Mapping[str, Any], south_floor: Decimal, publisher: Member, now: datetime
) -> FormulaVersion:
    """The next version. ``parameters`` are those of ``allocation.formula`` without the floor, decimals
    as text, and ``minimum``, what every hub gets at least, in minor units of the pool.

    Refuses FloorBelowHalf, and FormulaError BAD_FORMULA naming the field.
    """
    if south_floor < LOWEST_FLOOR:
        raise FloorBelowHalf
    check_parameters(parameters, south_floor)
    _check_own(parameters)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
    last = FormulaVersion.objects.aggregate(last=Max("number"))["last"] or 0
    version = FormulaVersion.objects.create(
        number=last + 1,
        parameters=dict(parameters),
        south_floor=south_floor,
        published_by=publisher,
        published_at=now,
    )
    record(
        actor=publisher.acting_as("ALLOCATION_OFFICER"),
        verb="publish_formula",
        target=version,
        now=now,
        after={
            "number": version.number,
            "south_floor": str(south_floor),
            "parameters": digest(dict(parameters)),
        },
    )
    return version


def _check_own(parameters: Mapping[str, Any]) -> None:
    """What the formula itself cannot know: where the floor is said, the hubs' minimum, the measures."""
    if "south_floor" in parameters:
        raise FormulaError(
            "BAD_FORMULA",
            "south_floor is said once, beside the parameters.",
            field="south_floor",
            value=str(parameters["south_floor"]),
        )
    minimum = parameters.get("minimum", 0)
    if type(minimum) is not int or minimum < 0:
        raise FormulaError(
            "BAD_FORMULA", "minimum must be a whole number.", field="minimum", value=str(minimum)
        )
    unknown = sorted(set(parameters["beta"]) - set(MEASURES))
    if unknown:
        raise FormulaError(
            "BAD_FORMULA", "beta names a measure that is unknown.", field="beta", value=unknown[0]
        )


@transaction.atomic
def publish_indicators(
    *, cycle: Cycle, values: Iterable[Figure], publisher: Member, now: datetime
) -> IndicatorSnapshot:
    """A set of figures for a cycle: every indicator of every regional hub, once.

    A correction is another set. Refuses MissingIndicator and StrayIndicator.
    """
    wanted = {(hub.pk, indicator.value): hub for hub in regional_hubs() for indicator in Indicator}
    found: dict[tuple[int, str], Figure] = {}
    for figure in values:
        key = (figure.hub.pk, str(figure.indicator))
        if key not in wanted or key in found:
            raise StrayIndicator(figure.hub.slug, str(figure.indicator))
        found[key] = figure
    for key, hub in wanted.items():
        if key not in found:
            raise MissingIndicator(hub.slug, key[1])
    snapshot = IndicatorSnapshot.objects.create(cycle=cycle, published_at=now)
    IndicatorValue.objects.bulk_create(
        IndicatorValue(
            snapshot=snapshot,
            hub=figure.hub,
            indicator=indicator,
            value=figure.value,
            status=figure.status,
            source=figure.source,
            observed_on=figure.observed_on,
        )
        for (_hub, indicator), figure in found.items()
    )
    record(
        actor=publisher.acting_as("ALLOCATION_OFFICER"),
        verb="publish_indicators",
        target=snapshot,
        now=now,
        after={
            "cycle": cycle.slug,
            "values": digest(
                sorted([f.hub.slug, key[1], str(f.value)] for key, f in found.items())
            ),
        },
    )
    return snapshot
