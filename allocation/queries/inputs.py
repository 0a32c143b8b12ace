"""What a run is fed: the document ``apportionment/1`` made of the rows, and figures out of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from allocation.formula import read_document
from allocation.models import (
    FormulaVersion,
    Indicator,
    IndicatorSnapshot,
    IndicatorStatus,
    IndicatorValue,
    Pool,
)
from hubs.models import Cycle, Hub, HubKind, ResourceKind

FORMAT = "apportionment/1"
# The measures of size, by the name the formula gives them.
MEASURES: Mapping[str, Indicator] = MappingProxyType(
    {"readers": Indicator.READERS, "community": Indicator.COMMUNITY}
)
_NEEDS: Mapping[str, Indicator] = MappingProxyType(
    {
        "income": Indicator.INCOME,
        "under": Indicator.UNDER,
        "funding": Indicator.FUNDING,
        "south": Indicator.SOUTH,
    }
)
# What a movement that has published no version may begin with: research, to be set by a decision.
FIRST_PARAMETERS: Mapping[str, Any] = MappingProxyType(
    {
        "beta": {"readers": "0.6", "community": "0.4"},
        "sigma": "0.75",
        "gamma": "0.35",
        "income_reference": "20000",
        "income_band": "4",
        "theta": "1",
        "eta": "0.3",
        "funding_reference": "1",
        "funding_band": "3",
        "down": "0.2",
        "up": "0.4",
        "step": 35_000_000,
        "bands": True,
        "pace": "1",
        "max_share": "0.25",
        "minimum": 15_000_000,
    }
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one hub and where it comes from. PREVIOUS is in minor units of the money pool."""

    hub: Hub
    indicator: str
    value: Decimal
    status: str
    source: str
    observed_on: date


def regional_hubs() -> list[Hub]:
    """The hubs that pools are shared among, by address."""
    return list(Hub.objects.filter(kind=HubKind.REGIONAL).order_by("slug"))


def figures_of(document: Mapping[str, Any]) -> list[Figure]:
    """The figures of a file: ``sources`` by indicator, values by hub and indicator, both as text."""
    hubs = {hub.slug: hub for hub in regional_hubs()}
    return [
        Figure(
            hub=hubs[slug],
            indicator=indicator,
            value=Decimal(value),
            status=IndicatorStatus(document["sources"][indicator]["status"]),
            source=document["sources"][indicator]["source"],
            observed_on=date.fromisoformat(document["sources"][indicator]["observed_on"]),
        )
        for slug, values in document["hubs"].items()
        for indicator, value in values.items()
    ]


def formula_part(parameters: Mapping[str, Any], south_floor: Decimal) -> dict[str, Any]:
    """The parameters of a version as the formula's document spells them."""
    told = {name: value for name, value in parameters.items() if name != "minimum"}
    return {**told, "south_floor": plain(south_floor)}


def check_parameters(parameters: Mapping[str, Any], south_floor: Decimal) -> None:
    """Raises FormulaError BAD_FORMULA, naming the field."""
    formula = formula_part(parameters, south_floor)
    read_document({"format": FORMAT, "pool": 1, "formula": formula, "hubs": []})


def input_of(pool: Pool, formula: FormulaVersion, snapshot: IndicatorSnapshot) -> dict[str, Any]:
    """The document that the formula reads, of plain values: what is missing is null, never zero."""
    values: dict[str, dict[str, Decimal]] = {}
    for figure in snapshot.values.select_related("hub"):
        values.setdefault(figure.hub.slug, {})[figure.indicator] = figure.value
    minimum = formula.parameters.get("minimum", 0)
    return {
        "format": FORMAT,
        "pool": pool.amount_minor,
        "formula": formula_part(formula.parameters, formula.south_floor),
        "hubs": [
            _hub_part(hub.slug, values.get(hub.slug, {}), pool, minimum) for hub in regional_hubs()
        ],
    }


def _hub_part(code: str, values: Mapping[str, Decimal], pool: Pool, minimum: int) -> dict[str, Any]:
    def told(indicator: Indicator) -> str | None:
        return plain(values[indicator]) if indicator in values else None

    return {
        "code": code,
        "size": {name: told(indicator) for name, indicator in MEASURES.items()},
        **{name: told(indicator) for name, indicator in _NEEDS.items()},
        "previous": _previous(values.get(Indicator.PREVIOUS), pool),
        "minimum": minimum,
        "maximum": None,
    }


def _previous(value: Decimal | None, pool: Pool) -> int | str | None:
    """Last year's amount is known for money alone; hours and credits have no last year yet."""
    if value is None or pool.kind != ResourceKind.MONEY:
        return None
    return int(value) if value == value.to_integral_value() else plain(value)


def plain(value: Decimal) -> str:
    """A decimal as text: no exponent, no zeros at the end."""
    return f"{value.normalize():f}"


def latest_formula() -> FormulaVersion | None:
    return FormulaVersion.objects.order_by("-number").first()


def latest_snapshot(cycle: Cycle) -> IndicatorSnapshot | None:
    return IndicatorSnapshot.objects.filter(cycle=cycle).order_by("-published_at", "-pk").first()


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures of an indicator come from."""

    indicator: Indicator
    status: IndicatorStatus
    source: str
    observed_on: date


def sources_of(snapshot: IndicatorSnapshot) -> list[Source]:
    """Each source of a set of figures once, in the order of ``Indicator``."""
    found = snapshot.values.values_list("indicator", "status", "source", "observed_on").distinct()
    sources = [
        Source(Indicator(indicator), IndicatorStatus(status), source, observed_on)
        for indicator, status, source, observed_on in found
    ]
    order = list(Indicator)
    return sorted(
        sources, key=lambda one: (order.index(one.indicator), one.source, one.observed_on)
    )


@dataclass(frozen=True, slots=True)
class HubFigures:
    """The figures of one hub, in the order of ``Indicator``; None where there is none."""

    hub: Hub
    values: tuple[IndicatorValue | None, ...]


def figures_by_hub(snapshot: IndicatorSnapshot) -> list[HubFigures]:
    """A set of figures as a table."""
    found: dict[str, tuple[Hub, dict[str, IndicatorValue]]] = {}
    for figure in snapshot.values.select_related("hub").order_by("hub__slug"):
        _hub, values = found.setdefault(figure.hub.slug, (figure.hub, {}))
        values[figure.indicator] = figure
    return [
        HubFigures(hub, tuple(values.get(indicator) for indicator in Indicator))
        for hub, values in found.values()
    ]
