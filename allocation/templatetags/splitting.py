"""Amounts of pools, shares, steps of the formula, and what keeps it from sharing, in the reader's words."""

from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from allocation.models import ApportionmentStatus, Indicator, IndicatorValue, Parameter, Pool, Step
from hubs.models import Hub, ResourceKind
from hubs.templatetags.resources import resource, resource_text
from members.templatetags.wording import apart, reader_locale, written_number
from texts.queries import localized

register = template.Library()

CHIPS: Mapping[str, str] = MappingProxyType(
    {
        ApportionmentStatus.REQUESTED: "",
        ApportionmentStatus.COMPUTED: "progressive",
        ApportionmentStatus.INFEASIBLE: "error",
        ApportionmentStatus.APPROVED: "success",
        ApportionmentStatus.REJECTED: "warning",
    }
)
STEP_WORDS: Mapping[str, Promise] = MappingProxyType(
    {
        Step.SIZE: _("Where the hub begins: its readers and its community, and nothing else."),
        Step.INCOME: _("Where people have less income, the same work needs more help."),
        Step.UNDER: _("Hubs that were left out so far count for more."),
        Step.HISTORY: _("Hubs that got little for their size so far count for more."),
        Step.PACE: _("How far this year goes from last year’s shares to the target."),
        Step.BOUNDS: _("No hub falls or rises too fast, or gets too large a part of the whole."),
        Step.TILT: _("Money moves until the Global South has its share."),
        Step.ROUNDING: _("Whole units, so that the sum is exact."),
    }
)
STEP_INDICATORS: Mapping[str, tuple[Indicator, ...]] = MappingProxyType(
    {
        Step.SIZE: (Indicator.READERS, Indicator.COMMUNITY),
        Step.INCOME: (Indicator.INCOME,),
        Step.UNDER: (Indicator.UNDER,),
        Step.HISTORY: (Indicator.FUNDING,),
        Step.BOUNDS: (Indicator.PREVIOUS,),
        Step.TILT: (Indicator.SOUTH,),
    }
)
SHARES = frozenset({Indicator.SOUTH})  # indicators that are parts of a whole


def pooled_text(minor: int, pool: Pool) -> str:
    return resource_text(minor, pool.kind, pool.currency)


@register.simple_tag
def pooled(minor: int, pool: Pool) -> SafeString:
    """An amount of a pool in its own unit."""
    return resource(minor, pool.kind, pool.currency)


@register.simple_tag
def changed(minor: int, pool: Pool) -> SafeString:
    """The same with its sign, a rise too."""
    shown = pooled_text(abs(minor), pool)
    return format_html('<bdi class="amount">{}{}</bdi>', sign(minor), shown)


def sign(value: int | Decimal) -> str:
    return "+" if value > 0 else "−" if value < 0 else ""


def percent_text(share: Decimal, decimals: int = 1) -> str:
    """A part of 1 as the reader writes it; whole percents are written whole."""
    locale = reader_locale()
    pattern = copy(locale.percent_formats[None])
    pattern.frac_prec = (0, decimals)
    return str(pattern.apply(share, locale))


@register.simple_tag
def percent(share: Decimal | str, decimals: int = 1) -> SafeString:
    return format_html('<bdi class="amount">{}</bdi>', percent_text(Decimal(share), decimals))


@register.simple_tag
def changed_percent(share: Decimal) -> SafeString:
    """A change as a part of what it was, with its sign."""
    return format_html(
        '<bdi class="amount">{}{}</bdi>', sign(round(share, 3)), percent_text(abs(share))
    )


@register.filter
def status_chip(status: str) -> str:
    return CHIPS[status]


@register.filter
def step_words(step: Step) -> str:
    """What a step does, in a sentence."""
    return str(STEP_WORDS[step])


@register.filter
def step_indicators(step: Step) -> tuple[Indicator, ...]:
    """The indicators of the hub that a step looks at."""
    return STEP_INDICATORS.get(step, ())


@register.simple_tag
def figure(value: IndicatorValue, pool: Pool) -> SafeString | str:
    """The value of an indicator in its own unit."""
    if value.indicator == Indicator.PREVIOUS and pool.kind == ResourceKind.MONEY:
        return pooled(int(value.value), pool)
    if value.indicator in SHARES:
        return percent(value.value)
    return written_number(f"{value.value.normalize():f}", reader_locale())


# What keeps the formula from sharing a pool.

FAULTS: Mapping[str, Promise] = MappingProxyType(
    {
        "BAD_FORMULA": _(
            "This version of the formula cannot be used: “%(field)s” cannot be %(value)s. Publish a version with another value."
        ),
        "MISSING": _(
            "“%(indicator)s” is missing for %(hub)s. Nothing is put in its place: publish a set of indicators that has it."
        ),
        "WITHHELD": _(
            "“%(indicator)s” of %(hub)s is kept back by its source, which is not the same as zero. Publish a set of indicators with an estimate and say how it was made."
        ),
        "BAD_INDICATOR": _(
            "“%(indicator)s” of %(hub)s cannot be %(value)s. Publish a corrected set of indicators."
        ),
        "STALE_CLASSIFICATION": _(
            "A country is missing in the list that says what belongs to the Global South. Publish a set of indicators made with the present list."
        ),
        "ZERO_INDICATOR": _(
            "“%(indicator)s” is zero for every hub, so it cannot measure their size. Publish a corrected set of indicators."
        ),
        "ZERO_WEIGHTS": _(
            "No hub counts for anything, so there is nobody to share among. Publish a corrected set of indicators, or a version of the formula that gives size a weight."
        ),
        "BOUNDS_CONFLICT": _(
            "%(hub)s must get at least %(lower)s (%(lower_rule)s) and at most %(upper)s (%(upper_rule)s). Both cannot hold."
        ),
        "FLOORS_EXCEED_POOL": _(
            "All hubs together must get at least %(floors)s, and the pool holds %(pool)s: %(shortfall)s too little."
        ),
        "CAPS_BELOW_POOL": _(
            "All hubs together may get at most %(caps)s, and the pool holds %(pool)s: %(remainder)s would be left over. A smaller pool, with the rest in a reserve, is a decision to take openly."
        ),
        "NO_GS_HUB": _(
            "No hub lies in the Global South, so no part of the pool can go there. Check the indicator “Share in the Global South”."
        ),
        "GS_FLOOR_UNREACHABLE": _(
            "The Global South must get %(floor)s. Within the limits it can get %(best)s, and no more. What stands in the way are the limits of: %(hubs)s."
        ),
    }
)
REMEDIES: Mapping[str, Promise] = MappingProxyType(
    {
        "down": _("let a hub fall by up to %(value)s in a year"),
        "up": _("let a hub rise by up to %(value)s in a year"),
        "step": _("always allow a rise of %(value)s in a year"),
        "max_share": _("let one hub get up to %(value)s of the pool"),
        "minimum_cut": _("take %(value)s off the least that every hub gets"),
        "south_floor": _("set the floor for the Global South to %(value)s"),
    }
)
_AMOUNTS = (
    "lower", "upper", "pool", "shortfall", "remainder", "floor", "best", "floors", "caps",
)  # fmt: skip
_INDICATORS: Mapping[str, Indicator] = MappingProxyType(
    {
        "readers": Indicator.READERS,
        "community": Indicator.COMMUNITY,
        "size readers": Indicator.READERS,
        "size community": Indicator.COMMUNITY,
        "income": Indicator.INCOME,
        "under": Indicator.UNDER,
        "funding": Indicator.FUNDING,
        "south": Indicator.SOUTH,
        "previous": Indicator.PREVIOUS,
    }
)


class Fault(NamedTuple):
    """Why a pool cannot be shared by these rules, and each single change that would do."""

    sentence: str
    remedies: list[str]


@register.simple_tag(takes_context=True)
def fault(
    context: dict[str, Any], error: Mapping[str, Any], pool: Pool, hubs: Mapping[str, Hub]
) -> Fault:
    """A refusal of ``allocation.formula`` in the reader's language. ``hubs`` are by address."""
    chain = context["request"].reading_chain

    def name(code: str) -> str:
        return localized(hubs[code], "name", chain).text if code in hubs else code

    told = {key: apart(value) for key, value in _told(error, pool).items()}
    if "hub" in error:
        told["hub"] = apart(name(error["hub"]))
    bound = [*_list(error.get("caps")), *_list(error.get("floors"))]
    told["hubs"] = ", ".join(apart(name(code)) for code in bound) or "–"
    remedies = [
        str(REMEDIES[key]) % {"value": apart(_remedy(key, value, pool))}
        for key, value in (error.get("remedies") or {}).items()
    ]
    return Fault(str(FAULTS[error["code"]]) % told, remedies)


def _told(error: Mapping[str, Any], pool: Pool) -> dict[str, str]:
    told = {"value": str(error.get("value", ""))}
    for key in _AMOUNTS:
        if isinstance(error.get(key), int):
            told[key] = pooled_text(error[key], pool)
    for key in ("lower_rule", "upper_rule", "field"):
        if key in error:
            told[key] = parameter_label(error[key])
    if "indicator" in error:
        known = _INDICATORS.get(error["indicator"])
        told["indicator"] = str(known.label if known else error["indicator"])
    return told


def parameter_label(name: str) -> str:
    """A parameter in the reader's words; what has none stays as it is."""
    if name == "south_floor":
        return str(_("Floor for the Global South"))
    return str(Parameter(name).label) if name in Parameter.values else name


def _list(value: object) -> list[str]:
    return value if isinstance(value, list) else []


def _remedy(name: str, value: str | int, pool: Pool) -> str:
    if name == "step":
        return pooled_text(int(value), pool)
    return percent_text(Decimal(value), 2)


@register.filter
def parameter_value(value: object, parameter: str) -> str:
    """The value of a parameter: shares in percent, flags in words, measures by name."""
    locale = reader_locale()
    if isinstance(value, dict):
        parts = [
            f"{_INDICATORS[name].label}: {percent_text(Decimal(part), 2)}"
            for name, part in sorted(value.items())
        ]
        return "; ".join(apart(part) for part in parts)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if parameter in (Parameter.DOWN, Parameter.UP, Parameter.PACE, Parameter.MAX_SHARE):
        return percent_text(Decimal(str(value)), 2)
    return written_number(value, locale)
