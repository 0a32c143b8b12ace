"""The figures of the tour: each computed from the database when the page is opened, none typed in."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from allocation.models import Apportionment, ApportionmentStatus, Envelope, Indicator
from hubs.models import ResourceKind, SeatFunction
from hubs.queries import holds
from members.languages import Worded
from members.models import Member
from pages.demo.people import STORY
from proposals.models import Proposal, Recusal
from proposals.queries import awaiting_assessment
from proposals.queries.judging import under_review
from voting.keys import NoKey, WrongKey
from voting.models import Election, ElectionStatus, Item, ItemText, Tally
from voting.queries import RollAnswer, draft_of, item_title, roll_answer, tallies_of, voter_of

RADIO = "Archivo de radio comunitaria"  # the title of a proposal that lost, as it was written


@dataclass(frozen=True, slots=True)
class Split:
    """How the pool was shared, against last year. Amounts in minor units, shares in percent."""

    run: Apportionment
    south_before: Decimal
    south_now: Decimal
    most_risen: Envelope

    @property
    def currency(self) -> str:
        return self.run.pool.currency


def split() -> Split | None:
    """The newest approved split of money."""
    run = (
        Apportionment.objects.filter(
            status=ApportionmentStatus.APPROVED, pool__kind=ResourceKind.MONEY
        )
        .select_related("pool", "snapshot")
        .order_by("-decided_at")
        .first()
    )
    if run is None:
        return None
    envelopes = list(run.envelopes.select_related("hub"))
    south = {
        value.hub_id: value.value for value in run.snapshot.values.filter(indicator=Indicator.SOUTH)
    }
    before = sum((e.previous_minor or 0 for e in envelopes), 0)
    before_south = sum(((e.previous_minor or 0) * south[e.hub_id] for e in envelopes), Decimal(0))
    return Split(
        run=run,
        south_before=_percent(before_south, Decimal(before)),
        south_now=_percent(
            Decimal(sum(e.south_minor for e in envelopes)), Decimal(run.pool.amount_minor)
        ),
        most_risen=max(envelopes, key=lambda e: Decimal(e.amount_minor) / (e.previous_minor or 1)),
    )


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else Decimal(0)


@dataclass(frozen=True, slots=True)
class OpenVote:
    """The vote that is open, as Amina finds it."""

    election: Election
    items: int
    languages: int
    chosen: int
    may_lars: RollAnswer


def open_vote(now: datetime, keys: Path) -> OpenVote | None:
    """The open election of the story's first voter."""
    election = (
        Election.objects.filter(
            status=ElectionStatus.FROZEN, closes_at__gt=now, round__is_practice=False
        )
        .select_related("round__hub")
        .order_by("closes_at")
        .first()
    )
    amina, lars = _member("Amina"), _member("Lars")
    if election is None or amina is None or lars is None:
        return None
    try:
        draft = draft_of(election, voter_of(election, amina, keys))
    except (NoKey, WrongKey):
        draft = None
    sources = ItemText.objects.filter(election=election, is_source=True)
    return OpenVote(
        election=election,
        items=election.items.count(),
        languages=sources.values("language").distinct().count(),
        chosen=len(draft or ()),
        may_lars=roll_answer(lars, election, now),
    )


@dataclass(frozen=True, slots=True)
class Loser:
    """A project that was not bought, and what would have bought it."""

    item: Item
    title: Worded
    more_votes: int
    less_cost: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The counted election: what lost narrowly, and what the plain majority would have chosen."""

    election: Election
    loser: Loser | None
    only_majority: tuple[Worded, ...]
    only_equal: tuple[Worded, ...]


def counted(now: datetime, chain: tuple[str, ...]) -> Counted | None:
    """The election of the demo that is over; None while its count has not ended."""
    election = (
        Election.objects.with_visible_results(now)
        .filter(round__is_practice=False, origin="OWN", tallies__decides=True)
        .select_related("round__hub", "manifest")
        .order_by("-closes_at")
        .first()
    )
    if election is None:
        return None
    tallies = list(tallies_of(election))
    items = {item.code: item for item in election.items.prefetch_related("texts")}
    decisive = [tally for tally in tallies if tally.decides]
    plain = [tally for tally in tallies if _is_plain_majority(tally)]
    equal = {code for tally in decisive for code in tally.outcome["winners"]}
    majority = {code for tally in plain for code in tally.outcome["winners"]}

    def titles(codes: set[str]) -> tuple[Worded, ...]:
        return tuple(
            item_title(items[code], chain, election.title_language) for code in sorted(codes)
        )

    return Counted(
        election=election,
        loser=_loser(election, decisive, items, chain),
        only_majority=titles(majority - equal),
        only_equal=titles(equal - majority),
    )


def _is_plain_majority(tally: Tally) -> bool:
    return tally.rule == "greedy" and tally.parameters.get("order", "votes") == "votes"


def _loser(
    election: Election, decisive: list[Tally], items: dict[str, Item], chain: tuple[str, ...]
) -> Loser | None:
    told = ItemText.objects.filter(election=election, title=RADIO).values_list("item__code")
    for (code,) in told:
        for tally in decisive:
            margin = tally.outcome.get("margins", {}).get(code, {})
            if margin.get("more_votes") and margin.get("less_cost"):
                title = item_title(items[code], chain, election.title_language)
                return Loser(items[code], title, margin["more_votes"], margin["less_cost"])
    return None


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for the chair of the committee in review."""

    hub_slug: str
    waiting: int
    closed: Proposal | None


def desk(now: datetime) -> Desk | None:
    """Rana's desk: what she is to assess, and the one that is closed to her."""
    rana = _member("Rana")
    if rana is None or not holds(rana, [SeatFunction.CHAIR], _hub_of(rana), now):
        return None
    closed = Recusal.objects.filter(member=rana, proposal__in=under_review(now))
    recusal = closed.select_related("proposal__text").first()
    return Desk(
        hub_slug="mena",
        waiting=awaiting_assessment(rana, now).count() + closed.count(),
        closed=recusal.proposal if recusal else None,
    )


def _hub_of(member: Member) -> Any:
    term = member.terms.select_related("seat__body__hub").first()
    return term.seat.body.hub if term else None


def _member(name: str) -> Member | None:
    email = next(person.email for person in STORY if person.name == name)
    return Member.objects.filter(email=email).first()
