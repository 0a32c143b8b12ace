"""Envelopes without a run of the formula, rounds that wait for money, and votes that were counted."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.utils import timezone

from allocation.actions import fund_round
from allocation.models import Apportionment, Envelope, IndicatorSnapshot, Pool
from hubs.models import Cycle, Hub, Lane, Round, RoundBudget, SeatFunction
from hubs.phases import Phase
from members.models import Member
from tests.allocation.makers import make_approver, make_formula, make_officer
from tests.factories import NOON, make_cycle, make_member, make_round, make_term
from tests.voting.makers import cast, count, frozen, make_proposal, make_voters
from voting.actions import close_due_elections
from voting.models import Election

NOW = timezone.now()  # a vote ends by the clock of the database
DAY = timedelta(days=1)


class Given(NamedTuple):
    """What a hub gets, how much of it is for the Global South, and what it had the year before."""

    amount_minor: int
    south_minor: int
    previous_minor: int | None = None
    south: str = "0.5"  # the part of the hub that lies in the Global South


def make_envelopes(
    given: Mapping[Hub, Given],
    kind: str = "MONEY",
    *,
    currency: str = "USD",
    cycle: Cycle | None = None,
    is_approved: bool = True,
) -> Pool:
    """A pool that was shared like this; the formula was not asked."""
    pool = Pool.objects.create(
        cycle=cycle or make_cycle(), kind=kind, currency=currency if kind == "MONEY" else "",
        amount_minor=sum(one.amount_minor for one in given.values()), declared_at=NOON,
    )  # fmt: skip
    snapshot = IndicatorSnapshot.objects.create(cycle=pool.cycle, published_at=NOON)
    run = Apportionment.objects.create(
        pool=pool, formula=make_formula(), snapshot=snapshot,
        input={"hubs": [
            {"code": hub.slug, "previous": one.previous_minor, "south": one.south}
            for hub, one in given.items()
        ]},
        input_hash="0" * 64, requested_by=make_officer(), requested_at=NOON,
    )  # fmt: skip
    for hub, one in given.items():
        Envelope.objects.create(
            apportionment=run, hub=hub, amount_minor=one.amount_minor,
            south_minor=one.south_minor, previous_minor=one.previous_minor,
        )  # fmt: skip
    run.status, run.result = "COMPUTED", {}
    run.save()
    if is_approved:
        run.status, run.decided_by, run.decided_at = "APPROVED", make_approver(), NOON
        run.save()
    return pool


def make_envelope(
    hub: Hub, amount_minor: int = 1_000_000, kind: str = "MONEY", **told: Any
) -> Envelope:
    """The envelope of a hub that got a whole pool."""
    pool = make_envelopes({hub: Given(amount_minor, amount_minor)}, kind, **told)
    return Envelope.objects.get(apportionment__pool=pool)


def make_treasurer(hub: Hub, name: str = "Tea") -> Member:
    member = make_member(name)
    make_term(member, hub, SeatFunction.TREASURER)
    return member


def make_unfunded(hub: Hub, shares: Mapping[str, int] | None = None, **fields: Any) -> Round:
    """A round that is not open and has no money; ``shares`` are those of its lanes, of 10,000."""
    shares = shares or {"GENERAL": 10_000}
    round_ = make_round(
        hub, Phase.RESULTS, now=NOW, lanes=dict.fromkeys(shares, 0), is_open=False, **fields
    )
    RoundBudget.objects.filter(lane__round=round_).delete()
    for kind, share in shares.items():
        Lane.objects.filter(round=round_, kind=kind).update(share_bp=share)
    return round_


def opened(round_: Round) -> Round:
    """The round as if it had been opened in time."""
    round_ = Round.objects.get(pk=round_.pk)
    round_.opened_at = round_.submission_at - DAY
    round_.save()
    return round_


def make_double(hub: Hub, treasurer: Member) -> Round:
    """A round with 100.00 and 100 minutes in one lane, for which the Well asks for both.

    The School asks for more money than is left beside the Well, the Kiosk for more time.
    """
    round_ = make_unfunded(hub)
    for kind, amount in (("MONEY", 10_000), ("STAFF_TIME", 100)):
        fund_round(
            round=round_, envelope=make_envelope(hub, amount, kind), amount_minor=amount,
            treasurer=treasurer, now=NOW,
        )  # fmt: skip
    round_ = opened(round_)
    make_proposal(round_, "Well", MONEY=4_000, STAFF_TIME=90)
    make_proposal(round_, "School", MONEY=7_000)
    make_proposal(round_, "Kiosk", STAFF_TIME=60)
    return round_


def vote_twice(
    round_: Round, keys: Path, money: Mapping[str, int], hours: Mapping[str, int]
) -> tuple[Election, Election]:
    """Both votes of a round that shares out money and staff time, counted."""
    return (
        vote(round_, keys, money, resource_kind="MONEY"),
        vote(round_, keys, hours, resource_kind="STAFF_TIME"),
    )


def budgets(round_: Round, kind: str = "MONEY") -> dict[str, int]:
    found = RoundBudget.objects.filter(lane__round=round_, kind=kind)
    return dict(found.values_list("lane__kind", "amount_minor"))


def vote(
    round_: Round, keys: Path, votes: Mapping[str, int], *, is_counted: bool = True, **changes: Any
) -> Election:
    """The shortlist of a round was voted on, and counted by greedy; ``votes`` are how many approve, by title."""
    if not Member.objects.filter(email__startswith="voter").exists():
        make_voters(20)
    told = {"rule": "greedy", "parameters": {"order": "votes"}, "comparisons": []} | changes
    election = frozen(round_, keys, now=round_.voting_at - DAY, **told)
    places = dict(
        election.items.filter(texts__is_source=True).values_list("texts__title", "position")
    )
    for number in range(max(votes.values())):
        marked = sorted(places[title] for title, many in votes.items() if many > number)
        payload = "[" + ",".join(f"[{place},1]" for place in marked) + "]"
        cast(election, number.to_bytes(32), payload.encode())
    for job in close_due_elections() if is_counted else ():
        count(job, timezone.now())
    return Election.objects.get(pk=election.pk)
