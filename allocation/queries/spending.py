"""Envelopes with what is left of them, and the awards a count leads to."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import BigIntegerField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from allocation.models import ApportionmentStatus, Award, AwardRun, Envelope, RoundFunding
from hubs.models import Hub, ResourceKind, Round
from proposals.models import Proposal, ProposalStatus
from texts.queries import renderings_prefetch
from voting.models import Election, ElectionOrigin, Item, Tally
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


def envelopes_for(round: Round) -> QuerySet[Envelope]:
    """The envelopes that a round can still be given a part of, as ``envelopes_left`` has them.

    None for a round that is open or for practice.
    """
    if round.opened_at is not None or round.is_practice:
        return Envelope.objects.none()
    had = RoundFunding.objects.filter(round=round).values("envelope__apportionment__pool__kind")
    is_of_its_currency = ~Q(apportionment__pool__kind=ResourceKind.MONEY) | Q(
        apportionment__pool__currency=round.currency
    )
    unspent = envelopes_left(round.hub).filter(left_minor__gt=0)  # type: ignore[misc]  # annotated
    return unspent.filter(is_of_its_currency).exclude(apportionment__pool__kind__in=had)


def waiting_on(election: Election) -> QuerySet[Proposal]:
    """The proposals of the ballot that wait for their outcome."""
    waiting = Proposal.objects.filter(items__election=election, status=ProposalStatus.SHORTLISTED)
    return (
        waiting.select_related("author", "lane", "text")
        .prefetch_related(renderings_prefetch())
        .order_by("pk")
    )


def in_another_vote(election: Election) -> set[int]:
    """The proposals that stand in another own election of the same round, without its awards yet."""
    others = Election.objects.filter(
        round=election.round_id, origin=ElectionOrigin.OWN, award_run__isnull=True
    ).exclude(pk=election.pk)
    found = Item.objects.filter(election__in=others, proposal__isnull=False)
    return set(found.values_list("proposal", flat=True))


def awards_due(election: Election) -> list[tuple[Item, Tally]] | None:
    """The items bought by the deciding count of each lane, in the order bought; None before all are counted.

    Where a lane was counted again, its first count stands. The election is closed.
    """
    decisive: dict[int, Tally] = {}
    for tally in tallies_of(election):
        if tally.decides:
            decisive.setdefault(tally.lane_id, tally)
    if decisive.keys() != set(election.lanes.values_list("pk", flat=True)):
        return None
    items = {item.code: item for item in election.items.prefetch_related("texts")}
    return [
        (items[code], tally) for tally in decisive.values() for code in tally.outcome["winners"]
    ]


@dataclass(frozen=True, slots=True)
class AwardsToMake:
    """What a treasurer has to do after a vote: ``rows`` are bought and wait, ``waiting`` is how many
    proposals wait for their outcome, bought or not; ``later`` of them stand in another vote too,
    whose awards are not made yet."""

    is_paid: bool
    is_counted: bool
    rows: tuple[tuple[Item, Tally], ...] = ()
    waiting: int = 0
    later: int = 0

    @property
    def total_minor(self) -> int:
        return sum(item.cost_minor for item, _tally in self.rows)


def awards_to_make(election: Election, now: datetime) -> AwardsToMake:
    """What would be awarded now; the election comes with its round."""
    if not is_paid(election):
        return AwardsToMake(is_paid=False, is_counted=False)
    due = awards_due(election) if is_over(election, now) else None
    if due is None:
        return AwardsToMake(is_paid=True, is_counted=False)
    if AwardRun.objects.filter(election=election).exists():
        return AwardsToMake(is_paid=True, is_counted=True)
    waiting = set(waiting_on(election).prefetch_related(None).values_list("pk", flat=True))
    rows = tuple((item, tally) for item, tally in due if item.proposal_id in waiting)
    later = len(waiting & in_another_vote(election))
    return AwardsToMake(is_paid=True, is_counted=True, rows=rows, waiting=len(waiting), later=later)


def is_paid(election: Election) -> bool:
    """Whether money follows from it: not from practice, nor from an election held elsewhere."""
    return election.origin == ElectionOrigin.OWN and not election.round.is_practice


def is_over(election: Election, now: datetime) -> bool:
    """Whether its results may be seen."""
    return Election.objects.with_visible_results(now).filter(pk=election.pk).exists()


def awards_of(round: Round) -> QuerySet[Award]:
    """The awards made in a round, with their proposals and what these are called.

    By lane and kind of resource, largest first.
    """
    made = Award.objects.filter(lane__round=round).select_related("proposal__text", "lane")
    words = renderings_prefetch("proposal__text")
    return made.prefetch_related(words).order_by("lane_id", "kind", "-amount_minor", "pk")
