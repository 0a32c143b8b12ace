"""Pools, formulas, figures of the eight regions, and runs without a worker."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from allocation.actions import (
    approve_apportionment,
    compute_apportionment,
    declare_pool,
    publish_formula,
    publish_indicators,
    request_apportionment,
)
from allocation.models import Apportionment, FormulaVersion, IndicatorSnapshot, Pool
from allocation.queries import FIRST_PARAMETERS, Figure, figures_of, regional_hubs
from hubs.models import Cycle, Hub, SeatFunction
from jobs.actions import take_job
from jobs.models import Job
from members.models import Member
from tests.factories import NOON, make_cycle, make_hub, make_member, make_term

INDICATORS: dict[str, Any] = json.loads((Path(__file__).parent / "indicators.json").read_text())
SIXTEEN_MILLION = 1_600_000_000  # in cents
NAMES = {
    "ceeca": "Central and Eastern Europe and Central Asia",
    "eseap": "East and Southeast Asia and the Pacific",
    "lac": "Latin America and the Caribbean",
    "mena": "Middle East and North Africa",
    "na": "Northern America",
    "nwe": "Northern and Western Europe",
    "sa": "South Asia",
    "ssa": "Sub-Saharan Africa",
}


def make_regions() -> dict[str, Hub]:
    """The eight regional hubs of the published budgets; the Middle East has an Arabic name too."""
    arabic = {"mena": {"name_ar": "الشرق الأوسط وشمال أفريقيا"}}
    return {
        slug: make_hub(slug, name_en=name, **arabic.get(slug, {})) for slug, name in NAMES.items()
    }


# Of a regional hub that other tests made, such as West.
ELSEWHERE = {
    "READERS": "1", "COMMUNITY": "1", "INCOME": "20000", "UNDER": "0.5", "FUNDING": "1",
    "SOUTH": "0.5", "PREVIOUS": "0",
}  # fmt: skip


def make_figures(**changes: dict[str, str]) -> list[Figure]:
    """The figures of the eight regions, and of others there are; ``changes`` by hub and indicator."""
    known = {hub.slug: ELSEWHERE for hub in regional_hubs()} | INDICATORS["hubs"]
    hubs = {slug: values | changes.get(slug, {}) for slug, values in known.items()}
    return figures_of(INDICATORS | {"hubs": hubs})


def make_officer(name: str = "Grace") -> Member:
    return make_centre_member(name, SeatFunction.ALLOCATION_OFFICER)


def make_approver(name: str = "Samuel") -> Member:
    return make_centre_member(name, SeatFunction.ALLOCATION_APPROVER)


def make_centre_member(name: str, function: SeatFunction) -> Member:
    found = Member.objects.filter(name=name).first()
    if found:
        return found
    member = make_member(name)
    make_term(member, None, function)
    return member


def make_pool(
    kind: str = "MONEY",
    amount_minor: int = SIXTEEN_MILLION,
    *,
    currency: str = "USD",
    cycle: Cycle | None = None,
    officer: Member | None = None,
) -> Pool:
    return declare_pool(
        cycle=cycle or make_cycle(),
        kind=kind,
        currency=currency if kind == "MONEY" else "",
        amount_minor=amount_minor,
        declarer=officer or make_officer(),
        now=NOON,
    )


def make_formula(
    south_floor: str = "0.5", *, officer: Member | None = None, **changes: Any
) -> FormulaVersion:
    return publish_formula(
        parameters={**FIRST_PARAMETERS, **changes},
        south_floor=Decimal(south_floor),
        publisher=officer or make_officer(),
        now=NOON,
    )


def make_snapshot(
    *,
    cycle: Cycle | None = None,
    officer: Member | None = None,
    **changes: dict[str, str],
) -> IndicatorSnapshot:
    return publish_indicators(
        cycle=cycle or make_cycle(),
        values=make_figures(**changes),
        publisher=officer or make_officer(),
        now=NOON,
    )


def asked(pool: Pool | None = None, **changes: Any) -> tuple[Apportionment, Job]:
    """A run that waits for a worker, over 16 million dollars; ``changes`` are parameters."""
    if not Hub.objects.filter(slug="mena").exists():
        make_regions()
    pool = pool or Pool.objects.first() or make_pool()
    return request_apportionment(
        pool=pool,
        formula=make_formula(**changes),
        snapshot=make_snapshot(cycle=pool.cycle),
        officer=make_officer(),
        now=NOON,
    )


def compute(job: Job, now: datetime = NOON) -> Apportionment:
    """What a worker does with the job, in this process."""
    taken = take_job(job_id=job.pk, now=now)
    return compute_apportionment(job=taken, progress=lambda done, total: None, clock=lambda: now)


def computed(pool: Pool | None = None, **changes: Any) -> Apportionment:
    _apportionment, job = asked(pool, **changes)
    return compute(job)


def approved(pool: Pool | None = None, **changes: Any) -> Apportionment:
    return approve_apportionment(
        apportionment=computed(pool, **changes), approver=make_approver(), now=NOON
    )
