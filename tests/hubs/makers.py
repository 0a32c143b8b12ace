"""Plans of rounds, and what is written of an act."""

from datetime import timedelta
from typing import Any

from audit.models import TrailEntry
from hubs.actions import LanePlan, plan_round
from hubs.models import Body, Hub, Lane, Round, RoundBudget, RoundLevel, Seat, Term
from hubs.phases import Timetable
from members.models import Member, Message
from tests.factories import NOON, make_cycle

DAY = timedelta(days=1)
TIMETABLE = Timetable(*(NOON + number * DAY for number in range(1, 8)))
HALVES = (LanePlan("GENERAL", "VOTE", 6_000), LanePlan("EXPERIMENT", "PANEL", 4_000))


def the_plan(**changes: Any) -> dict[str, Any]:
    """What a round is planned with, but for who plans it."""
    return {
        "cycle": make_cycle(),
        "title": "Efterår",
        "language": "da",
        "level": RoundLevel.LOCAL,
        "currency": "DKK",
        "timetable": TIMETABLE,
        "lanes": HALVES,
    } | changes


def plan(hub: Hub, planner: Member, **changes: Any) -> Round:
    made: Round = plan_round(hub=hub, planner=planner, now=NOON, **the_plan(**changes))
    return made


def lanes_in(round_: Round) -> dict[str, tuple[str, int, dict[str, int]]]:
    """Each lane with who decides, its share, and what it has to give."""
    return {
        lane.kind: (
            lane.method,
            lane.share_bp,
            dict(lane.budgets.values_list("kind", "amount_minor")),
        )
        for lane in Lane.objects.filter(round=round_)
    }


def trace(verb: str) -> Any:
    """What the only entry of this verb says."""
    [entry] = TrailEntry.objects.filter(verb=verb).values(
        "at", "actor_id", "role", "target_type", "target_id", "reason_code", "before", "after"
    )
    return entry


def told() -> list[tuple[Member | None, str, dict[str, str]]]:
    messages = Message.objects.select_related("recipient").order_by("pk")
    return [(message.recipient, message.template, message.context) for message in messages]


def written() -> list[int]:
    """How many rows of each kind there are; a refusal leaves this as it was."""
    kinds = (Seat, Term, Round, Lane, RoundBudget, Body, TrailEntry, Message)
    return [kind.objects.count() for kind in kinds]
