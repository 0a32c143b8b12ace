"""The distribution as oversight sees it: what each region got, gave on, and decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from allocation.models import ApportionmentStatus, Award, Envelope, Pool, RoundFunding
from hubs.models import Hub
from proposals.models import Proposal, ProposalStatus

NOT_ACCEPTED = (ProposalStatus.INELIGIBLE, ProposalStatus.DECLINED)


@dataclass(frozen=True, slots=True)
class Region:
    """One hub's line. Amounts in the units of the pool; ``previous_minor`` is None for a new hub."""

    hub: Hub
    envelope_minor: int
    south_minor: int
    previous_minor: int | None
    funded_minor: int
    awarded_minor: int
    submitted: int
    refused: int
    funded: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """A pool over its regions, largest envelope first, with the sums of every column."""

    pool: Pool
    regions: tuple[Region, ...]
    total: Region

    @property
    def south_share(self) -> Decimal:
        """Percent of the pool that is for the Global South, to two decimals, rounded down."""
        return percent(self.total.south_minor, self.total.envelope_minor)


def percent(part: int, whole: int) -> Decimal:
    """Percent to two decimals, rounded down: a floor that is missed by a cent is not shown as kept."""
    return Decimal(part * 10_000 // whole).scaleb(-2) if whole else Decimal(0)


def pools_shared() -> QuerySet[Pool]:
    """The pools with an approved apportionment, the newest cycle first."""
    shared = Pool.objects.filter(apportionments__status=ApportionmentStatus.APPROVED)
    return shared.select_related("cycle").order_by("-cycle__starts_on", "kind", "pk")


def distribution_of(pool: Pool) -> Distribution | None:
    """Every region's line of a pool; None before it is shared. A constant number of queries."""
    envelopes = list(_envelopes(pool))
    if not envelopes:
        return None
    proposals = _proposal_counts(pool, [envelope.hub_id for envelope in envelopes])
    regions = tuple(_region(envelope, proposals) for envelope in envelopes)
    return Distribution(pool, regions, _total(regions))


def _envelopes(pool: Pool) -> QuerySet[Envelope]:
    funded = RoundFunding.objects.filter(envelope=OuterRef("pk")).order_by()
    awarded = Award.objects.filter(
        kind=pool.kind, lane__round__hub=OuterRef("hub"), lane__round__cycle=pool.cycle_id
    ).order_by()
    zero = Value(0, output_field=BigIntegerField())
    return (
        Envelope.objects.filter(
            apportionment__pool=pool, apportionment__status=ApportionmentStatus.APPROVED
        )
        .select_related("hub")
        .annotate(
            funded_minor=Coalesce(
                Subquery(funded.values("envelope").annotate(s=Sum("amount_minor")).values("s")),
                zero,
            ),
            awarded_minor=Coalesce(
                Subquery(
                    awarded.values("lane__round__hub").annotate(s=Sum("amount_minor")).values("s")
                ),
                zero,
            ),
        )
        .order_by("-amount_minor", "hub__slug")
    )


def _proposal_counts(pool: Pool, hubs: Sequence[int]) -> dict[int, dict[str, int]]:
    counted = (
        Proposal.objects.public()
        .filter(lane__round__hub__in=hubs, lane__round__cycle=pool.cycle_id)
        .values("lane__round__hub")
        .annotate(
            submitted=Count("pk"),
            refused=Count("pk", filter=Q(status__in=NOT_ACCEPTED)),
            funded=Count("pk", filter=Q(status=ProposalStatus.FUNDED)),
        )
        .order_by()
    )
    return {
        row["lane__round__hub"]: {name: row[name] for name in ("submitted", "refused", "funded")}
        for row in counted
    }


def _region(envelope: Envelope, proposals: dict[int, dict[str, int]]) -> Region:
    counts = proposals.get(envelope.hub_id, {})
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
    )


def _total(regions: Sequence[Region]) -> Region:
    def together(name: str) -> int:
        return sum(getattr(region, name) or 0 for region in regions)

    return Region(
        hub=Hub(),
        **{
            name: together(name)
            for name in (
                "envelope_minor", "south_minor", "previous_minor", "funded_minor",
                "awarded_minor", "submitted", "refused", "funded",
            )
        },
    )  # fmt: skip
