"""From an envelope to the rounds of its hub, and from a count to awards."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from allocation.models import ApportionmentStatus, Award, AwardRun, Envelope, RoundFunding
from allocation.queries.spending import (
    awards_due,
    in_another_vote,
    is_over,
    is_paid,
    waiting_on,
)
from audit.actions import record
from hubs.actions import set_budgets
from hubs.models import ResourceKind, Round
from members.actions import write_message
from members.models import Member
from proposals.actions import settle_proposal
from proposals.models import Proposal
from texts.queries import written
from voting.models import Election, Item, Tally


class RoundIsOpen(Exception):
    """What an open round has to give is frozen."""


class WrongEnvelope(Exception):
    """Not an approved envelope of the round's own hub, or one in another currency."""


class AlreadyFunded(Exception):
    """The round was given its part of this kind of resource before."""


class EnvelopeTooSmall(Exception):
    """The envelope has less left than that; ``left_minor`` says how much."""

    def __init__(self, left_minor: int) -> None:
        super().__init__(left_minor)
        self.left_minor = left_minor


class NotCounted(Exception):
    """Awards follow from a count, and this election has none that may be seen."""


class NothingIsPaid(Exception):
    """A practice round, or an election held elsewhere, gives nothing."""


class AlreadyAwarded(Exception):
    """The awards of this election were made before."""


class OwnMoney(Exception):
    """Nobody makes the awards of an election in which a proposal of their own stands."""


@transaction.atomic
def fund_round(
    *, round: Round, envelope: Envelope, amount_minor: int, treasurer: Member, now: datetime
) -> RoundFunding:
    """Give a round a part of an envelope of its hub, and share it out over the lanes.

    Refuses RoundIsOpen, WrongEnvelope, AlreadyFunded, EnvelopeTooSmall, and NoLanes where there is
    nothing to share it out over.
    """
    round = Round.objects.select_for_update().get(pk=round.pk)
    envelope = (
        Envelope.objects.select_for_update(of=("apportionment",))
        .select_related("apportionment__pool")
        .get(pk=envelope.pk)
    )
    pool = envelope.apportionment.pool
    if round.opened_at is not None:
        raise RoundIsOpen
    is_approved = envelope.apportionment.status == ApportionmentStatus.APPROVED
    is_other_money = pool.kind == ResourceKind.MONEY and pool.currency != round.currency
    if not is_approved or envelope.hub_id != round.hub_id or is_other_money or round.is_practice:
        raise WrongEnvelope
    if round.fundings.filter(envelope__apportionment__pool__kind=pool.kind).exists():
        raise AlreadyFunded
    used = envelope.fundings.aggregate(used=Sum("amount_minor"))["used"] or 0
    if amount_minor > envelope.amount_minor - used:
        raise EnvelopeTooSmall(envelope.amount_minor - used)
    funding = RoundFunding.objects.create(
        envelope=envelope,
        round=round,
        amount_minor=amount_minor,
        funded_by=treasurer,
        funded_at=now,
    )
    set_budgets(round=round, kind=pool.kind, amount_minor=amount_minor, now=now)
    record(
        actor=treasurer.acting_as("TREASURER"),
        verb="fund_round",
        target=funding,
        now=now,
        after={"round": round.pk, "envelope": envelope.pk, "amount_minor": amount_minor},
    )
    return funding


@transaction.atomic
def make_awards(*, election: Election, treasurer: Member, now: datetime) -> list[Award]:
    """Turn the deciding counts of an election into awards, once.

    A proposal has its outcome, and its author is told, when the awards of every own election of the
    round in which it stands are made. What a withdrawn winner would have had stays in its lane.
    Refuses NothingIsPaid, NotCounted, AlreadyAwarded and OwnMoney.
    """
    election = (
        Election.objects.select_for_update(of=("self",)).select_related("round").get(pk=election.pk)
    )
    if not is_paid(election):
        raise NothingIsPaid
    due = awards_due(election) if is_over(election, now) else None
    if due is None:
        raise NotCounted
    if AwardRun.objects.filter(election=election).exists():
        raise AlreadyAwarded
    locked = waiting_on(election).select_for_update(of=("self",))
    proposals = {proposal.pk: proposal for proposal in locked}
    if any(proposal.author_id == treasurer.pk for proposal in proposals.values()):
        raise OwnMoney
    AwardRun.objects.create(election=election, awarded_by=treasurer, awarded_at=now)
    awards = [
        _award(proposals[item.proposal_id], item, tally, election, treasurer, now)
        for item, tally in due
        if item.proposal_id in proposals
    ]
    not_funded = _settle_those_decided(election, list(proposals.values()), now)
    record(
        actor=treasurer.acting_as("TREASURER"),
        verb="make_awards",
        target=election,
        now=now,
        after={"awards": len(awards), "not_funded": not_funded},
    )
    return awards


def _award(
    proposal: Proposal,
    item: Item,
    tally: Tally,
    election: Election,
    treasurer: Member,
    now: datetime,
) -> Award:
    return Award.objects.create(
        proposal=proposal,
        lane=proposal.lane,
        tally=tally,
        kind=election.resource_kind,
        amount_minor=item.cost_minor,
        awarded_by=treasurer,
        awarded_at=now,
    )


def _settle_those_decided(election: Election, proposals: list[Proposal], now: datetime) -> int:
    """Settle the proposals that stand in no other vote without awards; how many are not funded.

    The proposals are locked: of two elections whose awards are made at once, the later sees the
    run of the earlier.
    """
    elsewhere = in_another_vote(election)
    decided = [proposal for proposal in proposals if proposal.pk not in elsewhere]
    made = Award.objects.filter(proposal__in=decided).order_by("awarded_at", "pk")
    bought_in = dict(made.values_list("proposal", "tally__election"))
    for proposal in decided:
        is_funded = proposal.pk in bought_in
        settle_proposal(proposal=proposal, is_funded=is_funded, now=now)
        _tell(proposal, bought_in.get(proposal.pk) or election.pk, now, is_funded=is_funded)
    return len(decided) - len(bought_in)


def _tell(proposal: Proposal, result: UUID, now: datetime, *, is_funded: bool) -> None:
    """Write to the author, with the way to the election that bought it, or to the last that did not."""
    write_message(
        template="emails/allocation/" + ("awarded" if is_funded else "not_awarded"),
        recipient=proposal.author,
        context={
            "title": written(proposal.text, ()).title,
            "path": f"/proposals/{proposal.pk}/",
            "result_path": f"/elections/{result}/",
        },
        now=now,
    )
