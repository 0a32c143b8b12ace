"""Envelopes with what is left of them, and the awards a count leads to."""

from django.db.models import BigIntegerField, F, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from allocation.models import ApportionmentStatus, Award, Envelope
from hubs.models import Hub, Round
from voting.models import Election, Item, Tally
from voting.queries import tallies_of

_ZERO = Value(0, output_field=BigIntegerField())


def envelopes_left(*hubs: Hub) -> QuerySet[Envelope]:
    """The approved envelopes of these hubs, each with ``left_minor``: what no round was given yet."""
    approved = Envelope.objects.filter(
        hub__in=hubs, apportionment__status=ApportionmentStatus.APPROVED
    ).select_related("apportionment__pool__cycle", "hub")
    used = Coalesce(Sum("fundings__amount_minor"), _ZERO)
    return approved.annotate(left_minor=F("amount_minor") - used).order_by(
        "-apportionment__pool__cycle__starts_on", "pk"
    )


def awards_due(election: Election) -> list[tuple[Item, Tally]] | None:
    """The items bought by the deciding count of each lane, in the order bought; None before all are counted."""
    decisive = [tally for tally in tallies_of(election).select_related("lane") if tally.decides]
    if {tally.lane_id for tally in decisive} != set(election.lanes.values_list("pk", flat=True)):
        return None
    items = {item.code: item for item in election.items.select_related("proposal")}
    return [
        (items[code], tally)
        for tally in sorted(decisive, key=lambda tally: tally.lane.position)
        for code in tally.outcome["winners"]
    ]


def awards_of(round: Round) -> QuerySet[Award]:
    """The awards made in a round, with their proposals, largest first."""
    made = Award.objects.filter(lane__round=round)
    return made.select_related("proposal__text", "lane").order_by("lane_id", "-amount_minor", "pk")
