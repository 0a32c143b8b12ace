"""Rounds: planning one, changing the plan, and opening it, which freezes what decides it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from modeltranslation.utils import build_localized_fieldname

from audit.actions import record
from audit.canonical import Json
from hubs.actions.budgets import NoLanes, share_out, unopened
from hubs.models import Cycle, Hub, Lane, LaneKind, ResourceKind, Round
from hubs.phases import Timetable
from hubs.queries import Hindrance, budget_totals, hindrances, lanes_of
from members.models import Member
from principles.queries import active_framework


class TooLate(Exception):
    """Submission began more than a day ago: nobody would have had its first day."""


class LanesIncomplete(Exception):
    """The shares of the lanes do not add up to the whole."""


class NotFunded(Exception):
    """A lane that is voted on, or decided by the committee, has nothing to give."""


class NoFramework(Exception):
    """No version of the principles is in force."""


class CurrencyFunded(Exception):
    """The round has been given money in the currency it had."""


HINDERED: dict[Hindrance, type[Exception]] = {
    Hindrance.TOO_LATE: TooLate,
    Hindrance.LANES_INCOMPLETE: LanesIncomplete,
    Hindrance.NOT_FUNDED: NotFunded,
    Hindrance.NO_FRAMEWORK: NoFramework,
}


@dataclass(frozen=True, slots=True)
class LanePlan:
    """A lane as it is planned: a kind, who decides, and its share in hundredths of a percent."""

    kind: str
    method: str
    share_bp: int


@transaction.atomic
def plan_round(
    *,
    hub: Hub,
    cycle: Cycle,
    title: str,
    language: str,
    level: str,
    currency: str,
    timetable: Timetable,
    lanes: Sequence[LanePlan],
    planner: Member,
    now: datetime,
    is_practice: bool = False,
    other_titles: Mapping[str, str] = MappingProxyType({}),
) -> Round:
    """A new round of a hub, closed until it is opened; its lanes need not be complete before that.

    A lane without a share is none. ``currency`` is empty where a round shares out no money.
    ``other_titles`` are the title in further languages, by code.
    """
    round_ = Round(
        hub=hub,
        cycle=cycle,
        level=level,
        source_language=language,
        currency=currency,
        is_practice=is_practice,
        **_moments(timetable),
    )
    for code, words in {**other_titles, language: title}.items():
        setattr(round_, build_localized_fieldname("title", code), words)
    round_.save()
    made = _write_lanes(round_, lanes)
    record(
        actor=planner.acting_as("FACILITATOR"),
        verb="plan_round",
        target=round_,
        now=now,
        after={"hub": hub.slug, **_plan_of(round_, made)},
    )
    return round_


@transaction.atomic
def edit_round(
    *,
    round: Round,
    cycle: Cycle,
    title: str,
    language: str,
    level: str,
    currency: str,
    timetable: Timetable,
    lanes: Sequence[LanePlan],
    editor: Member,
    now: datetime,
) -> Round:
    """Change the plan of a round. What it has been given is shared out again over its new lanes.

    Refuses RoundOpen, CurrencyFunded, and NoLanes where something is there to be shared out.
    """
    round_ = unopened(round)
    old_lanes = lanes_of(round_)
    funds, before = budget_totals(old_lanes), _plan_of(round_, old_lanes)
    if funds.get(ResourceKind.MONEY) and currency != round_.currency:
        raise CurrencyFunded
    if language != round_.source_language:  # the title was written in another language after all
        setattr(round_, build_localized_fieldname("title", round_.source_language), None)
    setattr(round_, build_localized_fieldname("title", language), title)
    round_.cycle, round_.level, round_.currency = cycle, level, currency
    round_.source_language = language
    for name, moment in _moments(timetable).items():
        setattr(round_, name, moment)
    round_.save()
    new_lanes = _write_lanes(round_, lanes, old_lanes)
    if funds and not new_lanes:
        raise NoLanes
    for kind, amount_minor in funds.items():
        share_out(new_lanes, kind, amount_minor)
    after = _plan_of(round_, new_lanes)
    changed = [name for name in after if after[name] != before[name]]
    record(
        actor=editor.acting_as("FACILITATOR"),
        verb="edit_round",
        target=round_,
        now=now,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return round_


@transaction.atomic
def open_round(*, round: Round, opener: Member, now: datetime) -> Round:
    """Open a round under the principles in force: from here on, what decides it is frozen.

    Refuses RoundOpen, TooLate, LanesIncomplete, NotFunded and NoFramework.
    """
    round_ = unopened(round)
    lanes = lanes_of(round_)
    # No stronger lock: other rounds may be bound to the same version meanwhile.
    framework = active_framework().select_for_update(no_key=True).first()
    for hindrance in hindrances(round_, lanes, framework, now):
        raise HINDERED[hindrance]
    round_.framework, round_.opened_at = framework, now
    round_.save(update_fields=["framework", "opened_at"])
    record(
        actor=opener.acting_as("FACILITATOR"),
        verb="open_round",
        target=round_,
        now=now,
        after={
            "framework": framework.number if framework else None,
            **_plan_of(round_, lanes),
            "budgets": {
                lane.kind: {budget.kind: budget.amount_minor for budget in lane.budgets.all()}
                for lane in lanes
            },
        },
    )
    return round_


def _moments(timetable: Timetable) -> dict[str, datetime]:
    return {f"{phase.lower()}_at": moment for phase, moment in timetable.begins()}


def _write_lanes(
    round_: Round, planned: Sequence[LanePlan], there: Sequence[Lane] = ()
) -> list[Lane]:
    """Bring the lanes to what is planned; a lane that stays is the same row."""
    shares = {lane.kind: lane for lane in planned if lane.share_bp}
    Lane.objects.filter(round=round_).exclude(kind__in=shares).delete()
    lanes = {lane.kind: lane for lane in there}
    made = []
    for kind in sorted(shares, key=LaneKind.values.index):
        lane = lanes.get(kind) or Lane(round=round_, kind=kind)
        lane.method, lane.share_bp = shares[kind].method, shares[kind].share_bp
        lane.save()
        made.append(lane)
    return made


def _plan_of(round_: Round, lanes: Sequence[Lane]) -> dict[str, Json]:
    """What the trail says about a plan: no text of anybody's."""
    return {
        "cycle": round_.cycle.slug,
        "level": round_.level,
        "language": round_.source_language,
        "currency": round_.currency,
        "lanes": {lane.kind: {"method": lane.method, "share_bp": lane.share_bp} for lane in lanes},
        **{name: moment.isoformat() for name, moment in _moments(round_.timetable).items()},
    }
