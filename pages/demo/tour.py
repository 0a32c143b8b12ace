"""The figures of the tour: each computed from the database when the page is opened, none typed in."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from allocation.models import Apportionment, Award, AwardRun, Envelope, Indicator
from allocation.queries import floored_share
from hubs.models import Hub
from members.languages import Worded
from members.models import Member
from pages.demo.money import newest_split
from pages.demo.people import STORY
from proposals.models import Proposal, Recusal
from proposals.queries import awaiting_assessment
from proposals.queries.judging import is_judge, under_review
from voting.models import Election, Item, ItemText, Tally
from voting.queries import (
    OwnVote,
    RollAnswer,
    item_title,
    margins_of,
    open_elections_for,
    own_vote,
    roll_answer,
    tallies_of,
)

RANAS = "mena"  # the hub whose committee she chairs
RADIO = "Archivo de radio comunitaria"  # the title of a proposal that lost, as it was written


@dataclass(frozen=True, slots=True)
class Split:
    """How the pool was shared, against last year. Amounts in minor units, shares in percent."""

    run: Apportionment
    floor: Decimal
    south_before: Decimal
    south_now: Decimal
    most_risen: Envelope

    @property
    def currency(self) -> str:
        return self.run.pool.currency


def split() -> Split | None:
    """The split of money that is in force."""
    run = newest_split()
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
        floor=(100 * run.formula.south_floor).normalize(),
        south_before=floored_share(before_south, before).scaleb(2),
        south_now=floored_share(
            sum(e.south_minor for e in envelopes), run.pool.amount_minor
        ).scaleb(2),
        most_risen=max(envelopes, key=lambda e: Decimal(e.amount_minor) / (e.previous_minor or 1)),
    )


@dataclass(frozen=True, slots=True)
class OpenVote:
    """The vote that is open, as Amina finds it, and what Lars is told there.

    ``own`` is None where the key of the election is away.
    """

    election: Election
    items: int
    languages: int
    own: OwnVote | None
    lars: RollAnswer


def open_vote(now: datetime, keys: Path) -> OpenVote | None:
    """The vote in which the story's first voter may cast now, the first to close."""
    amina, lars = _member("Amina"), _member("Lars")
    if amina is None or lars is None:
        return None
    election = open_elections_for(amina, now).filter(round__is_practice=False).first()
    if election is None:
        return None
    sources = ItemText.objects.filter(election=election, is_source=True)
    return OpenVote(
        election=election,
        items=election.items.count(),
        languages=sources.values("language").distinct().count(),
        own=own_vote(election, amina, keys, now),
        lars=roll_answer(lars, election, now),
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
    """The counted election: what lost narrowly, and what the plain majority would have chosen.

    ``awarded`` is how many of its proposals have been awarded something; None before the awards.
    """

    election: Election
    loser: Loser | None
    awarded: int | None
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
        awarded=_awarded(election),
        only_majority=titles(majority - equal),
        only_equal=titles(equal - majority),
    )


def _is_plain_majority(tally: Tally) -> bool:
    return tally.rule == "greedy" and tally.parameters.get("order", "votes") == "votes"


def _loser(
    election: Election, decisive: list[Tally], items: dict[str, Item], chain: tuple[str, ...]
) -> Loser | None:
    """The radio archive of the story where it lost; elsewhere, whatever lost most narrowly."""
    found = [
        Loser(
            items[code],
            item_title(items[code], chain, election.title_language),
            margin["more_votes"],
            margin["less_cost"],
        )
        for tally in decisive
        for code, margin in margins_of(tally.outcome).items()
        if margin["more_votes"] and margin["less_cost"]
    ]

    def narrowness(loser: Loser) -> tuple[bool, int, str]:
        titles = [text.title for text in loser.item.texts.all()]
        return (RADIO not in titles, loser.more_votes, loser.item.code)

    return min(found, key=narrowness, default=None)


def _awarded(election: Election) -> int | None:
    """How many were awarded something, once the treasurer has made the awards of the election."""
    if not AwardRun.objects.filter(election=election).exists():
        return None
    return Award.objects.filter(tally__election=election).count()


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for the chair of the committee; ``closed`` is one that she keeps away from."""

    hub_slug: str
    waiting: int
    closed: Proposal | None


def desk(now: datetime) -> Desk | None:
    """Rana's desk: what she is to assess, and the one that is closed to her."""
    rana, hub = _member("Rana"), Hub.objects.filter(slug=RANAS).first()
    if rana is None or hub is None or not is_judge(rana, hub, now):
        return None
    closed = Recusal.objects.filter(member=rana, proposal__in=under_review(now))
    recusal = closed.select_related("proposal__text").first()
    return Desk(
        hub_slug=RANAS,
        waiting=awaiting_assessment(rana, now).count() + closed.count(),
        closed=recusal.proposal if recusal else None,
    )


def _member(name: str) -> Member | None:
    email = next(person.email for person in STORY if person.name == name)
    return Member.objects.filter(email=email).first()
