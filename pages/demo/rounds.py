"""The four rounds of the demo: one in each phase that people come to see."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from modeltranslation.utils import build_localized_fieldname

from hubs.actions import LanePlan, open_round, plan_round
from hubs.models import Cycle, Hub, LaneKind, LaneMethod, Round, SeatFunction
from hubs.phases import Timetable
from members.models import Member
from pages.demo.people import holder


class Plan(NamedTuple):
    """A round: the days from today on which its phases begin, and its part of the hub's envelope."""

    hub: str
    days: tuple[int, int, int, int, int, int, int]
    budget: int  # whole dollars
    number: int = 1  # of the hub's rounds

    @property
    def mark(self) -> str:
        """What tells the texts of a later round from those of the first."""
        return f" ({self.number})" if self.number > 1 else ""

    def moment(self, phase: int, now: datetime) -> datetime:
        """When a phase begins: midnight UTC of its day. 0 is submission, 6 delivery."""
        return datetime.combine(now.date(), time(0), tzinfo=UTC) + timedelta(days=self.days[phase])


PLANS = (
    Plan("lac", (-150, -115, -80, -60, -32, -31, 30), 197_800),  # counted
    Plan("ssa", (-110, -70, -40, -21, 9, 10, 40), 236_000),  # voting now
    Plan("mena", (-60, -16, 20, 40, 70, 71, 100), 200_000),  # in review
    Plan("nwe", (-14, 30, 60, 80, 110, 111, 140), 220_000),  # being written for
)
# What a later start adds where nobody can vote any more: voting begins that day, for thirty days.
NEXT = Plan("ssa", (-89, -49, -19, 0, 30, 31, 61), 236_000)
SUBMISSION, REVIEW, DELIBERATION, VOTING, COUNTING, RESULTS, DELIVERY = range(7)
LANES = (
    LanePlan(LaneKind.GENERAL, LaneMethod.VOTE, 5_500),
    LanePlan(LaneKind.CAPACITY, LaneMethod.VOTE, 1_200),
    LanePlan(LaneKind.READERS, LaneMethod.VOTE, 1_500),
    LanePlan(LaneKind.PARTNER, LaneMethod.VOTE, 1_400),
    LanePlan(LaneKind.EXPERIMENT, LaneMethod.PANEL, 400),
)
TITLES = {
    "en": "Annual round", "es": "Ronda anual", "fr": "Session annuelle", "pt-br": "Rodada anual",
    "ar": "الجولة السنوية", "hi": "वार्षिक दौर", "bn": "বার্ষিক পর্ব", "sw": "Awamu ya mwaka",
    "id": "Putaran tahunan", "da": "Årets runde", "zh-hans": "年度轮次", "ru": "Ежегодный раунд",
}  # fmt: skip


def prepared_round(
    plan: Plan, hub: Hub, cycle: Cycle, members: Mapping[str, Member], now: datetime
) -> Round:
    """Plan a round ten days before it opens, in the facilitator's name, titled in every language."""
    facilitator = members[holder(plan.hub, SeatFunction.FACILITATOR).name]
    moments = [plan.moment(phase, now) for phase in range(7)]
    round_ = plan_round(
        hub=hub,
        cycle=cycle,
        title=f"{TITLES['en']} {now.year}{plan.mark}",
        language="en",
        level="REGIONAL",
        timetable=Timetable(*moments),
        currency="USD",
        lanes=LANES,
        planner=facilitator,
        now=moments[0] - timedelta(days=10),
    )
    for language, title in TITLES.items():
        setattr(
            round_, build_localized_fieldname("title", language), f"{title} {now.year}{plan.mark}"
        )
    round_.save()
    return round_


def opened_round(round_: Round, plan: Plan, members: Mapping[str, Member], now: datetime) -> Round:
    """Open a round a week before people may hand in."""
    facilitator = members[holder(plan.hub, SeatFunction.FACILITATOR).name]
    at = plan.moment(SUBMISSION, now) - timedelta(days=7)
    return open_round(round=round_, opener=facilitator, now=at)
