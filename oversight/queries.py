"""The distribution as oversight sees it: what each region got, gave on, and decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    DurationField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from allocation.models import (
    Apportionment,
    ApportionmentStatus,
    Award,
    Envelope,
    Pool,
    RoundFunding,
)
from allocation.queries import floored_share, runs, split_of_run
from hubs.models import Hub
from proposals.models import Proposal, ProposalStatus

NOT_ACCEPTED = (ProposalStatus.INELIGIBLE, ProposalStatus.DECLINED)
HOUR = timedelta(hours=1)
SUMMED = (
    "envelope_minor", "south_minor", "previous_minor", "funded_minor", "awarded_minor",
    "submitted", "refused", "funded",
)  # fmt: skip


class Median(Aggregate):
    """The middle of the values there are, as PostgreSQL finds it."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Region:
    """One hub's line. Amounts in the units of the pool; ``previous_minor`` is None for a new hub.

    ``days`` is the median from handing in to the last decision, None while nothing is decided.
    """

    hub: Hub
    envelope_minor: int
    south_minor: int
    previous_minor: int | None
    funded_minor: int
    awarded_minor: int
    submitted: int
    refused: int
    funded: int
    days: Decimal | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """A pool over its regions, largest envelope first, with the sums of every column.

    ``south_share_before`` is last year's part of 1 for the Global South, by the same figures, None
    where there was no last year. Of the ``winners`` of this pool, ``repeated`` have awards
    for more than one proposal, of whatever year or resource.
    """

    pool: Pool
    regions: tuple[Region, ...]
    total: Region
    south_share_before: Decimal | None
    winners: int
    repeated: int

    @property
    def south_share(self) -> Decimal:
        """The part of the pool that is for the Global South."""
        return floored_share(self.total.south_minor, self.total.envelope_minor)


def pools_shared() -> QuerySet[Pool]:
    """The pools with an approved apportionment, the newest cycle first, and in it the money."""
    shared = Pool.objects.filter(apportionments__status=ApportionmentStatus.APPROVED)
    return shared.select_related("cycle").order_by("-cycle__starts_on", "-currency", "kind", "pk")


def distribution_of(pool: Pool) -> Distribution | None:
    """Every region's line of a pool; None before it is shared. A constant number of queries."""
    run = runs().filter(pool=pool, status=ApportionmentStatus.APPROVED).first()
    if run is None:
        return None
    envelopes = list(_envelopes(run))
    proposals = _proposals(pool, [envelope.hub_id for envelope in envelopes])
    by_hub = _by_hub(proposals)
    regions = tuple(_region(envelope, by_hub.get(envelope.hub_id, {})) for envelope in envelopes)
    split, winners = split_of_run(run), _winners(run)
    return Distribution(
        pool=pool,
        regions=regions,
        total=_total(regions, proposals.aggregate(days=_DAYS)["days"]),
        south_share_before=split.south_share_before if split else None,
        winners=winners["winners"],
        repeated=winners["repeated"],
    )


_ZERO = Value(0, output_field=BigIntegerField())
_DAYS = Median(F("decided_at") - F("submitted_at"))


def _envelopes(run: Apportionment) -> QuerySet[Envelope]:
    """What a round got from an envelope it got for all its awards of that kind: it has no other."""
    funded = RoundFunding.objects.filter(envelope=OuterRef("pk")).order_by().values("envelope")
    of_the_envelope = Award.objects.filter(
        kind=run.pool.kind, lane__round__fundings__envelope=OuterRef("pk")
    )
    awarded = of_the_envelope.order_by().values("lane__round__fundings__envelope")
    together = Sum("amount_minor")
    return (
        run.envelopes.select_related("hub")
        .annotate(
            funded_minor=Coalesce(Subquery(funded.annotate(s=together).values("s")), _ZERO),
            awarded_minor=Coalesce(Subquery(awarded.annotate(s=together).values("s")), _ZERO),
        )
        .order_by("-amount_minor", "hub__slug")
    )


def _proposals(pool: Pool, hubs: Sequence[int]) -> QuerySet[Proposal]:
    """What was handed in to the rounds of a cycle; practice is none of them."""
    return Proposal.objects.public().filter(
        lane__round__hub__in=hubs, lane__round__cycle=pool.cycle_id, lane__round__is_practice=False
    )


def _by_hub(proposals: QuerySet[Proposal]) -> dict[int, dict[str, Any]]:
    counted = (
        proposals.values("lane__round__hub")
        .annotate(
            submitted=Count("pk"),
            refused=Count("pk", filter=Q(status__in=NOT_ACCEPTED)),
            funded=Count("pk", filter=Q(status=ProposalStatus.FUNDED)),
            days=_DAYS,
        )
        .order_by()
    )
    return {row["lane__round__hub"]: dict(row) for row in counted}


def _winners(run: Apportionment) -> dict[str, int]:
    """How many authors have an award from a pool, and how many of these have one for another proposal too.

    Money and staff time for one proposal is one success, not two.
    """
    of_the_pool = Award.objects.filter(
        kind=run.pool.kind, lane__round__fundings__envelope__apportionment=run
    )
    authors = Award.objects.filter(
        proposal__author__in=of_the_pool.values("proposal__author"),
        lane__round__is_practice=False,
    ).order_by()
    counted = authors.values("proposal__author").annotate(won=Count("proposal", distinct=True))
    return counted.aggregate(winners=Count("won"), repeated=Count("won", filter=Q(won__gt=1)))


def _region(envelope: Envelope, counts: Mapping[str, Any]) -> Region:
    return Region(
        hub=envelope.hub,
        envelope_minor=envelope.amount_minor,
        south_minor=envelope.south_minor,
        previous_minor=envelope.previous_minor,
        funded_minor=envelope.funded_minor,  # type: ignore[attr-defined]  # annotated
        awarded_minor=envelope.awarded_minor,  # type: ignore[attr-defined]  # as above
        submitted=counts.get("submitted", 0),
        refused=counts.get("refused", 0),
        funded=counts.get("funded", 0),
        days=_days(counts.get("days")),
    )


def _days(waited: timedelta | None) -> Decimal | None:
    return None if waited is None else round(Decimal(waited // HOUR) / 24, 1)


def _total(regions: Sequence[Region], waited: timedelta | None) -> Region:
    def together(name: str) -> int:
        return sum(getattr(region, name) or 0 for region in regions)

    return Region(hub=Hub(), days=_days(waited), **{name: together(name) for name in SUMMED})
