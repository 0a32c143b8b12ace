"""The pools of the demo, shared out by the published formula through the same steps as any others."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

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
from allocation.models import Apportionment, ApportionmentStatus, Envelope, IndicatorSnapshot
from allocation.queries import Figure
from hubs.models import Cycle, Hub, ResourceKind, Round, SeatFunction
from jobs.actions import take_job
from jobs.models import Job
from members.models import Member
from pages.demo.people import holder
from pages.demo.proposals import DATA
from pages.demo.rounds import Plan

POOL = 16_000_000_00  # cents
STAFF_MINUTES = 96_000 * 60
PARAMETERS = {
    "beta": {"readers": "0.6", "community": "0.4"},
    "sigma": "0.75", "gamma": "0.35", "income_reference": "20000", "income_band": "4",
    "theta": "1", "eta": "0.30", "funding_reference": "1", "funding_band": "3",
    "down": "0.20", "up": "0.40", "step": 350_000_00, "bands": True, "pace": "1",
    "max_share": "0.25",
}  # fmt: skip
MINIMUM = 150_000_00


def share_money(
    cycle: Cycle, hubs: Mapping[str, Hub], members: Mapping[str, Member], at: datetime
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
    formula = publish_formula(
        parameters={**PARAMETERS, "minimum": MINIMUM},
        south_floor=Decimal("0.5"),
        publisher=officer,
        now=at,
    )
    snapshot = _published(cycle, hubs, officer, at, Decimal(1))
    apportionment, job = request_apportionment(
        pool=pool, formula=formula, snapshot=snapshot, officer=officer, now=at + timedelta(days=1)
    )
    _computed(job, at + timedelta(days=1, minutes=1))
    return approve_apportionment(
        apportionment=apportionment, approver=approver, now=at + timedelta(days=3)
    )


def ask_to_share_staff_time(
    cycle: Cycle, hubs: Mapping[str, Hub], members: Mapping[str, Member], now: datetime
) -> Job:
    """The run that a worker computes once the site is up, and that waits for the approver."""
    officer, _approver = _centre(members)
    yesterday = now - timedelta(days=1)
    pool = declare_pool(
        cycle=cycle,
        kind=ResourceKind.STAFF_TIME,
        currency="",
        amount_minor=STAFF_MINUTES,
        declarer=officer,
        now=yesterday,
    )
    formula = publish_formula(
        parameters={**PARAMETERS, "step": 2_000 * 60, "minimum": 900 * 60},
        south_floor=Decimal("0.5"),
        publisher=officer,
        now=yesterday,
    )
    minutes_a_cent = Decimal(STAFF_MINUTES) / Decimal(POOL)
    snapshot = _published(cycle, hubs, officer, yesterday, minutes_a_cent)
    _apportionment, job = request_apportionment(
        pool=pool, formula=formula, snapshot=snapshot, officer=officer, now=yesterday
    )
    return job


def _centre(members: Mapping[str, Member]) -> tuple[Member, Member]:
    return (
        members[holder(None, SeatFunction.ALLOCATION_OFFICER).name],
        members[holder(None, SeatFunction.ALLOCATION_APPROVER).name],
    )


def _published(
    cycle: Cycle, hubs: Mapping[str, Hub], officer: Member, at: datetime, units: Decimal
) -> IndicatorSnapshot:
    """The figures of ``data/indicators.json``; last year's amounts in the units of the pool."""
    told = json.loads((DATA / "indicators.json").read_text(encoding="utf-8"))
    figures = []
    for slug, values in told["hubs"].items():
        for indicator, value in values.items():
            source = told["sources"][indicator]
            is_other_unit = indicator == "PREVIOUS" and units != 1
            figures.append(
                Figure(
                    hub=hubs[slug],
                    indicator=indicator,
                    value=(Decimal(value) * units).to_integral_value()
                    if is_other_unit
                    else Decimal(value),
                    status="ILLUSTRATIVE" if is_other_unit else source["status"],
                    source="Invented: in proportion to last year's money"
                    if is_other_unit
                    else source["source"],
                    observed_on=date.fromisoformat(source["observed_on"]),
                )
            )
    return publish_indicators(cycle=cycle, values=figures, publisher=officer, now=at)


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
