"""Rounds with their lanes and budgets, and what still keeps a round from opening."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from babel.numbers import get_currency_name
from django.db.models import Case, Prefetch, QuerySet, Value, When

from hubs.currencies import known_currencies
from hubs.models import (
    WHOLE_BP,
    Hub,
    Lane,
    LaneKind,
    LaneMethod,
    ResourceKind,
    Round,
    RoundBudget,
    SeatFunction,
)
from members.countries import folded
from members.models import Member
from members.templatetags.wording import reader_locale
from principles.models import FrameworkVersion

LATEST_OPENING = timedelta(days=1)  # a first day is a date, and it may have begun


def _in_order(column: str, kinds: Iterable[str]) -> Case:
    """Kinds in the order in which their class names them."""
    places = [When(**{column: kind}, then=Value(place)) for place, kind in enumerate(kinds)]
    return Case(*places)


def _lanes() -> QuerySet[Lane]:
    budgets = RoundBudget.objects.order_by(_in_order("kind", ResourceKind.values))
    return Lane.objects.order_by(_in_order("kind", LaneKind.values)).prefetch_related(
        Prefetch("budgets", queryset=budgets)
    )


def lanes_prefetch(path: str = "lanes") -> "Prefetch[str]":
    """For lists of rounds: their lanes and budgets in order, with two queries for all."""
    return Prefetch(path, queryset=_lanes())


def lanes_of(round_: Round) -> list[Lane]:
    """The lanes of one round with their budgets, in order, as they are now."""
    return list(_lanes().filter(round=round_))


class Shared(Protocol):
    """A lane, or the plan of one."""

    @property
    def share_bp(self) -> int: ...


def share_total(lanes: Iterable[Shared]) -> int:
    """How much of a round its lanes share out, in hundredths of a percent: WHOLE_BP when complete."""
    return sum(lane.share_bp for lane in lanes)


def budget_totals(lanes: Iterable[Lane]) -> dict[str, int]:
    """What lanes have together, by kind of resource, in order; kinds of which there is none are left out."""
    totals: Counter[str] = Counter()
    for lane in lanes:
        for budget in lane.budgets.all():
            totals[budget.kind] += budget.amount_minor
    return {kind: totals[kind] for kind in ResourceKind.values if totals[kind]}


def rounds_of(hub: Hub) -> QuerySet[Round]:
    rounds = hub.rounds.select_related("cycle").prefetch_related(lanes_prefetch())
    return rounds.order_by("-voting_at", "-pk")


def rounds_to_open(member: Member, now: datetime) -> QuerySet[Round]:
    """The rounds this facilitator has planned, or could open, and that nobody has opened yet."""
    mine = Hub.objects.filter(
        bodies__seats__function=SeatFunction.FACILITATOR,
        bodies__seats__terms__member=member,
        bodies__seats__terms__starts_at__lte=now,
        bodies__seats__terms__ends_at__gt=now,
    )
    waiting = Round.objects.filter(
        hub__in=mine, opened_at__isnull=True, is_practice=False,
        submission_at__gte=now - LATEST_OPENING,
    )  # fmt: skip
    return waiting.select_related("hub", "cycle").order_by("submission_at", "pk")


class Hindrance(StrEnum):
    """What keeps a round from opening."""

    TOO_LATE = "TOO_LATE"
    LANES_INCOMPLETE = "LANES_INCOMPLETE"
    NOT_FUNDED = "NOT_FUNDED"
    NO_FRAMEWORK = "NO_FRAMEWORK"


def hindrances(
    round_: Round, lanes: Iterable[Lane], framework: FrameworkVersion | None, now: datetime
) -> list[Hindrance]:
    """Everything that keeps the round closed, with these lanes and under this framework; none if it may open."""
    lanes = list(lanes)
    unfunded = [
        lane
        for lane in lanes
        if lane.share_bp and lane.method != LaneMethod.PANEL and not budget_totals([lane])
    ]
    found = {
        Hindrance.TOO_LATE: now > round_.submission_at + LATEST_OPENING,
        Hindrance.LANES_INCOMPLETE: share_total(lanes) != WHOLE_BP,
        Hindrance.NOT_FUNDED: bool(unfunded),
        Hindrance.NO_FRAMEWORK: framework is None,
    }
    return [hindrance for hindrance, is_there in found.items() if is_there]


def currency_choices() -> list[tuple[str, str]]:
    """Every currency with its code and its name in the reader's language, sorted by name.

    The code alone where CLDR has no name in that language yet.
    """
    locale = reader_locale()
    named = [(code, get_currency_name(code, locale=locale)) for code in known_currencies()]
    named.sort(key=lambda pair: (folded(pair[1]), pair[0]))
    return [(code, code if name == code else f"{name} ({code})") for code, name in named]
