"""From an envelope to the rounds of its hub, and from a count to awards."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from allocation.models import ApportionmentStatus, Award, Envelope, RoundFunding
from allocation.queries.spending import awards_due, is_over, is_paid, waiting_on
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
    """No proposal of this election waits for its outcome any more."""


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
    """Turn the deciding counts of an election into awards, and tell every author.

    What a withdrawn winner would have had stays in its lane. Refuses NothingIsPaid, NotCounted,
    AlreadyAwarded and OwnMoney.
    """
    election = (
        Election.objects.select_for_update(of=("self",)).select_related("round").get(pk=election.pk)
    )
    if not is_paid(election):
        raise NothingIsPaid
    due = awards_due(election) if is_over(election, now) else None
    if due is None:
        raise NotCounted
    locked = waiting_on(election).select_for_update(of=("self",))
    proposals = {proposal.pk: proposal for proposal in locked}
    if not proposals:
        raise AlreadyAwarded
    if any(proposal.author_id == treasurer.pk for proposal in proposals.values()):
        raise OwnMoney
    awards = [
        _award(proposals.pop(item.proposal_id), item, tally, election, treasurer, now)
        for item, tally in due
        if item.proposal_id in proposals
    ]
    for proposal in proposals.values():
        _settle(proposal, election, now, is_funded=False)
    record(
        actor=treasurer.acting_as("TREASURER"),
        verb="make_awards",
        target=election,
        now=now,
        after={"awards": len(awards), "not_funded": len(proposals)},
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
    award = Award.objects.create(
        proposal=proposal,
        lane=proposal.lane,
        tally=tally,
        kind=election.resource_kind,
        amount_minor=item.cost_minor,
        awarded_by=treasurer,
        awarded_at=now,
    )
    _settle(proposal, election, now, is_funded=True)
    return award


def _settle(proposal: Proposal, election: Election, now: datetime, *, is_funded: bool) -> None:
    settle_proposal(proposal=proposal, is_funded=is_funded, now=now)
    write_message(
        template="emails/allocation/" + ("awarded" if is_funded else "not_awarded"),
        recipient=proposal.author,
        context={
            "title": written(proposal.text, ()).title,
            "path": f"/proposals/{proposal.pk}/",
            "result_path": f"/elections/{election.pk}/",
        },
        now=now,
    )
