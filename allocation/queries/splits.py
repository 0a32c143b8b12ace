"""A pool shared among hubs, beside last year, as pages and files show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from allocation.models import Apportionment, ApportionmentStatus, Envelope, Pool, Step
from hubs.models import Cycle, Hub, SeatFunction
from hubs.queries import holds
from members.models import Member

PER_MILLE = 1_000


@dataclass(frozen=True, slots=True)
class Share:
    """What one hub gets, and how much of it is for the Global South."""

    hub: Hub
    amount_minor: int
    south_minor: int


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One hub now and last year; shares are parts of 1, None where there was no last year."""

    hub: Hub
    amount_minor: int
    south_minor: int
    share: Decimal
    previous_minor: int | None
    previous_share: Decimal | None

    @property
    def change_minor(self) -> int | None:
        return None if self.previous_minor is None else self.amount_minor - self.previous_minor

    @property
    def change(self) -> Decimal | None:
        """The change as a part of last year's amount."""
        if not self.previous_minor:
            return None
        return Decimal(self.amount_minor - self.previous_minor) / self.previous_minor


@dataclass(frozen=True, slots=True)
class Split:
    """A whole pool. The shares for the Global South are rounded down: half means half."""

    pool: Pool
    rows: tuple[SplitRow, ...]
    previous_minor: int
    south_minor: int
    south_share: Decimal
    south_share_before: Decimal | None

    @property
    def largest_minor(self) -> int:
        """The longest bar."""
        return max(max(row.amount_minor, row.previous_minor or 0) for row in self.rows)

    @property
    def change_minor(self) -> int:
        return self.pool.amount_minor - self.previous_minor

    @property
    def change(self) -> Decimal | None:
        return Decimal(self.change_minor) / self.previous_minor if self.previous_minor else None


def floored_share(amount: int | Decimal, whole: int) -> Decimal:
    """A part of 1 to three decimals, rounded down: a floor missed by a cent is not shown as kept.

    The amount is not negative. Of nothing, every part is 0.
    """
    return Decimal(int(amount * PER_MILLE // whole) if whole else 0).scaleb(-3)


def split_of(pool: Pool, document: Mapping[str, Any], shares: Iterable[Share]) -> Split:
    """Beside the amounts, what the run's input says of last year and of where each hub lies."""
    parts = {part["code"]: part for part in document["hubs"]}
    before = {code: part["previous"] for code, part in parts.items()}
    previous = sum(amount or 0 for amount in before.values())
    rows = tuple(
        SplitRow(
            hub=share.hub,
            amount_minor=share.amount_minor,
            south_minor=share.south_minor,
            share=Decimal(share.amount_minor) / pool.amount_minor,
            previous_minor=(last := before[share.hub.slug]),
            previous_share=None if last is None or not previous else Decimal(last) / previous,
        )
        for share in shares
    )
    south = sum(row.south_minor for row in rows)
    south_before = sum((before[code] or 0) * Decimal(parts[code]["south"]) for code in parts)
    return Split(
        pool=pool,
        rows=rows,
        previous_minor=previous,
        south_minor=south,
        south_share=floored_share(south, pool.amount_minor),
        south_share_before=floored_share(south_before, previous) if previous else None,
    )


def split_of_run(apportionment: Apportionment) -> Split | None:
    """The split of a computed run; None where it has no envelopes."""
    shares = [
        Share(envelope.hub, envelope.amount_minor, envelope.south_minor)
        for envelope in apportionment.envelopes.all()
    ]
    return split_of(apportionment.pool, apportionment.input, shares) if shares else None


def runs() -> QuerySet[Apportionment]:
    """Runs with what their pages show, in a constant number of queries."""
    envelopes = Envelope.objects.select_related("hub").order_by("hub__slug")
    return Apportionment.objects.select_related(
        "pool__cycle", "formula", "snapshot", "requested_by", "decided_by"
    ).prefetch_related(Prefetch("envelopes", queryset=envelopes))


def runs_to_decide(member: Member, now: datetime) -> QuerySet[Apportionment]:
    """The runs that wait for this member's approval or rejection, oldest first."""
    waiting = runs().filter(status=ApportionmentStatus.COMPUTED).exclude(requested_by=member)
    waiting = waiting.exclude(pool__apportionments__status=ApportionmentStatus.APPROVED)
    if not holds(member, [SeatFunction.ALLOCATION_APPROVER], None, now):
        return waiting.none()
    return waiting.order_by("computed_at", "pk")


@dataclass(frozen=True, slots=True)
class SharedPool:
    """A pool with the run that was approved for it, if any, and the others, newest first."""

    pool: Pool
    approved: Apportionment | None
    split: Split | None
    others: tuple[Apportionment, ...]


def cycles_with_pools() -> QuerySet[Cycle]:
    """The newest first."""
    return Cycle.objects.filter(pools__isnull=False).distinct().order_by("-starts_on", "-pk")


def pools_of(cycle: Cycle) -> list[SharedPool]:
    """The pools of a cycle; four queries."""
    listed = runs().order_by("-requested_at", "pk")
    pools = Pool.objects.filter(cycle=cycle).select_related("cycle").order_by("pk")
    return [_shared(pool) for pool in pools.prefetch_related(Prefetch("apportionments", listed))]


def _shared(pool: Pool) -> SharedPool:
    found = list(pool.apportionments.all())
    approved = next((run for run in found if run.status == ApportionmentStatus.APPROVED), None)
    return SharedPool(
        pool=pool,
        approved=approved,
        split=split_of_run(approved) if approved else None,
        others=tuple(run for run in found if run is not approved),
    )


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """What one step added or took, and what the hub would get with the steps so far."""

    step: Step
    change_minor: int
    amount_minor: int


def waterfall_of(envelope: Envelope) -> list[WaterfallStep]:
    """The steps of a hub's amount; the changes sum to what it gets."""
    found, before = [], 0
    for name, amount in envelope.steps:
        found.append(WaterfallStep(Step(name), amount - before, amount))
        before = amount
    return found
