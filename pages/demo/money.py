"""The pools of the demo, shared out by the published formula through the same steps as any others."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Sum

from allocation.actions import (
    approve_apportionment,
    compute_apportionment,
    declare_pool,
    fund_round,
    publish_formula,
    publish_indicators,
    request_apportionment,
)
from allocation.models import (
    LOWEST_FLOOR,
    Apportionment,
    ApportionmentStatus,
    Envelope,
    FormulaVersion,
)
from allocation.queries import FIRST_PARAMETERS, figures_of
from hubs.models import Cycle, ResourceKind, Round, SeatFunction
from jobs.actions import take_job
from jobs.models import Job
from members.models import Member
from pages.demo.people import holder
from pages.demo.proposals import DATA
from pages.demo.rounds import Plan

POOL = 16_000_000_00  # cents
STAFF_MINUTES = 96_000 * 60
# In minutes: how far a hub's share may move in a year, and what every hub gets.
STAFF_TIME = {"step": 2_000 * 60, "minimum": 900 * 60}


class Formulas(NamedTuple):
    money: FormulaVersion
    staff_time: FormulaVersion


def publish_formulas(members: Mapping[str, Member], at: datetime) -> Formulas:
    """A version for each pool; the money's is the latest, from which the next will begin."""
    officer, _approver = _centre(members)
    staff_time, money = (
        publish_formula(
            parameters={**FIRST_PARAMETERS, **changed},
            south_floor=LOWEST_FLOOR,
            publisher=officer,
            now=at,
        )
        for changed in (STAFF_TIME, {})
    )
    return Formulas(money=money, staff_time=staff_time)


def share_money(
    cycle: Cycle, formula: FormulaVersion, members: Mapping[str, Member], at: datetime
) -> Apportionment:
    """Declare, publish, compute and approve: four acts of two people, on four days."""
    officer, approver = _centre(members)
    pool = declare_pool(
        cycle=cycle,
        kind=ResourceKind.MONEY,
        currency="USD",
        amount_minor=POOL,
        declarer=officer,
        now=at,
    )
    told = json.loads((DATA / "indicators.json").read_text(encoding="utf-8"))
    snapshot = publish_indicators(cycle=cycle, values=figures_of(told), publisher=officer, now=at)
    apportionment, job = request_apportionment(
        pool=pool, formula=formula, snapshot=snapshot, officer=officer, now=at + timedelta(days=1)
    )
    _computed(job, at + timedelta(days=1, minutes=1))
    return approve_apportionment(
        apportionment=apportionment, approver=approver, now=at + timedelta(days=3)
    )


def ask_to_share_staff_time(
    money: Apportionment, formula: FormulaVersion, members: Mapping[str, Member], now: datetime
) -> Job:
    """The run that a worker computes once the site is up, and that waits for the approver.

    By the same figures as the money.
    """
    officer, _approver = _centre(members)
    yesterday = now - timedelta(days=1)
    pool = declare_pool(
        cycle=money.pool.cycle,
        kind=ResourceKind.STAFF_TIME,
        currency="",
        amount_minor=STAFF_MINUTES,
        declarer=officer,
        now=yesterday,
    )
    _apportionment, job = request_apportionment(
        pool=pool, formula=formula, snapshot=money.snapshot, officer=officer, now=yesterday
    )
    return job


def _centre(members: Mapping[str, Member]) -> tuple[Member, Member]:
    return (
        members[holder(None, SeatFunction.ALLOCATION_OFFICER).name],
        members[holder(None, SeatFunction.ALLOCATION_APPROVER).name],
    )


def _computed(job: Job, at: datetime) -> None:
    """What a worker does with the job, in this process: the rounds of the past need their money now."""
    compute_apportionment(
        job=take_job(job_id=job.pk, now=at), progress=lambda done, total: None, clock=lambda: at
    )


def newest_split() -> Apportionment | None:
    """The split of money that is in force."""
    approved = Apportionment.objects.filter(
        status=ApportionmentStatus.APPROVED, pool__kind=ResourceKind.MONEY
    )
    return approved.select_related("pool__cycle").order_by("-decided_at").first()


def left_of(apportionment: Apportionment, plan: Plan) -> int:
    """What a hub's envelope has left once a round is given its part; below zero it is too small."""
    envelope = Envelope.objects.get(apportionment=apportionment, hub__slug=plan.hub)
    used = envelope.fundings.aggregate(used=Sum("amount_minor"))["used"] or 0
    return envelope.amount_minor - used - plan.budget * 100


def fund(
    round_: Round,
    plan: Plan,
    apportionment: Apportionment,
    members: Mapping[str, Member],
    at: datetime,
) -> None:
    """Give a round its part of the hub's envelope, in the treasurer's name."""
    fund_round(
        round=round_,
        envelope=Envelope.objects.get(apportionment=apportionment, hub=round_.hub),
        amount_minor=plan.budget * 100,
        treasurer=members[holder(plan.hub, SeatFunction.TREASURER).name],
        now=at,
    )
