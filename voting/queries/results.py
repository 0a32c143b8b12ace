"""What a result page shows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet

from hubs.models import Round
from members.languages import Worded
from proposals.models import ProposalStatus
from voting.models import Election, ElectionLane, Item, ItemText, Tally
from voting.queries.counting import lanes_of
from voting.queries.picture import Picture, picture_of
from voting.queries.reasons import Reason, reason_of

OPEN_ROWS = 25  # of the projects that were not bought; the page folds the others away


def elections_of(rounds: QuerySet[Round] | Sequence[Round]) -> QuerySet[Election]:
    listed = Election.objects.published().filter(round__in=rounds)
    return listed.order_by("-closes_at", "pk")


@dataclass(frozen=True, slots=True)
class BallotRow:
    """One item as the page of an election shows it before its result."""

    item: Item
    name: Worded
    is_withdrawn: bool


@dataclass(frozen=True, slots=True)
class BallotLane:
    lane: ElectionLane
    rows: tuple[BallotRow, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One project of a result: in the order bought, then the others by support."""

    item: Item
    name: Worded
    votes: int
    score: int
    place: int | None  # in the order bought, from 1; None where it was not bought
    beside: tuple[bool, ...]  # bought under each of the comparison rules
    is_fill: bool  # bought with what the rule itself left over
    reason: Reason | None  # None where the count does not explain itself

    @property
    def is_withdrawn(self) -> bool:
        return is_withdrawn(self.item)


@dataclass(frozen=True, slots=True)
class Unweighted:
    """What the count would have bought if no project had a multiplier, and what it would not."""

    gained: tuple[Worded, ...]
    lost: tuple[Worded, ...]


@dataclass(frozen=True, slots=True)
class LaneResult:
    """One lane, counted for itself.

    ``with_nothing`` is how many voters there are none of whose projects was bought, of ``voters``;
    None where the count does not say. ``categories`` are as in the stored explanation.
    """

    lane: ElectionLane
    tally: Tally
    others: tuple[Tally, ...]
    bought: tuple[ResultRow, ...]
    unbought: tuple[ResultRow, ...]
    cost_minor: int
    left_minor: int
    voters: int | None
    with_nothing: int | None
    categories: tuple[Mapping[str, Any], ...]
    unweighted: Unweighted | None
    picture: Picture | None

    @property
    def open_unbought(self) -> tuple[ResultRow, ...]:
        """Those that the page lists at once."""
        return self.unbought[:OPEN_ROWS]

    @property
    def folded_unbought(self) -> tuple[ResultRow, ...]:
        return self.unbought[OPEN_ROWS:]

    @property
    def share_with_nothing(self) -> Decimal | None:
        """In per cent, to one decimal."""
        if not self.voters or self.with_nothing is None:
            return None
        return round(Decimal(100 * self.with_nothing) / self.voters, 1)

    @property
    def rows(self) -> tuple[ResultRow, ...]:
        return self.bought + self.unbought


@dataclass(frozen=True, slots=True)
class Result:
    """A counted election as a page or a program shows it."""

    lanes: tuple[LaneResult, ...]
    roll: int
    ballots: int


def paper_lanes(election: Election, chain: Sequence[str]) -> tuple[BallotLane, ...]:
    """What is on the ballot, lane by lane, by the reader's languages. Three queries."""
    rows: dict[int, list[BallotRow]] = defaultdict(list)
    for item in _items_of(election):
        name = item_title(item, chain, election.title_language)
        rows[item.lane_id].append(BallotRow(item, name, is_withdrawn(item)))
    return tuple(BallotLane(lane, tuple(rows[lane.pk])) for lane in lanes_of(election))


def tallies_of(election: Election) -> QuerySet[Tally]:
    """The counts of the manifest that was accepted, lane by lane, the deciding one first."""
    counted = election.tallies.filter(input_hash=election.manifest.hash)
    return counted.select_related("lane").order_by("lane__position", "-decides", "pk")


def is_counted(election: Election, now: datetime) -> bool:
    """Whether everybody sees what came of it."""
    visible = Election.objects.with_visible_results(now).filter(pk=election.pk)
    return visible.exists() and tallies_of(election).exists()


def result_of(election: Election, chain: Sequence[str]) -> Result | None:
    """The result by the reader's languages; None while the count has not ended. Five queries."""
    tallies = list(tallies_of(election))
    if not tallies:
        return None
    items: dict[int, list[Item]] = defaultdict(list)
    for item in _items_of(election):
        items[item.lane_id].append(item)
    return Result(
        lanes=tuple(
            _lane_result(election, list(counts), items[lane], chain)
            for lane, counts in groupby(tallies, key=lambda tally: tally.lane_id)
        ),
        roll=election.roll.count(),
        ballots=election.manifest.body["ballots"],
    )


def _items_of(election: Election) -> QuerySet[Item]:
    items = election.items.order_by("position").select_related("proposal")
    return items.prefetch_related(Prefetch("texts", ItemText.objects.order_by("language")))


def _lane_result(
    election: Election, counts: Sequence[Tally], items: Sequence[Item], chain: Sequence[str]
) -> LaneResult:
    decisive, others = counts[0], tuple(counts[1:])
    outcome = decisive.outcome
    names = {item.code: item_title(item, chain, election.title_language) for item in items}
    rows = sorted(_rows(decisive, others, items, names), key=_bought_first)
    explanation = outcome.get("explanation", {})
    voters = explanation.get("voters", {})
    return LaneResult(
        lane=decisive.lane,
        tally=decisive,
        others=others,
        bought=tuple(row for row in rows if row.place is not None),
        unbought=tuple(row for row in rows if row.place is None),
        cost_minor=outcome["cost"],
        left_minor=outcome["budget"] - outcome["cost"],
        voters=voters.get("all"),
        with_nothing=voters.get("with_nothing"),
        categories=tuple(explanation.get("categories", ())),
        unweighted=_unweighted(outcome, names),
        picture=picture_of(outcome, names),
    )


def _unweighted(outcome: Mapping[str, Any], names: Mapping[str, Worded]) -> Unweighted | None:
    without = outcome.get("without_multipliers")
    if without is None:
        return None
    winners = outcome["winners"]
    return Unweighted(
        gained=tuple(names[code] for code in without if code not in winners),
        lost=tuple(names[code] for code in winners if code not in without),
    )


def _rows(
    decisive: Tally,
    others: Sequence[Tally],
    items: Sequence[Item],
    names: Mapping[str, Worded],
) -> Iterator[ResultRow]:
    places = {code: place for place, code in enumerate(decisive.outcome["winners"], start=1)}
    winners = [frozenset(other.outcome["winners"]) for other in others]
    fills = {step["project"] for step in decisive.outcome["steps"] if step["fill"]}
    support = {entry["id"]: entry for entry in decisive.outcome["support"]}
    for item in items:
        yield ResultRow(
            item=item,
            name=names[item.code],
            votes=support[item.code]["votes"],
            score=support[item.code]["score"],
            place=places.get(item.code),
            beside=tuple(item.code in bought for bought in winners),
            is_fill=item.code in fills,
            reason=reason_of(decisive.outcome, item.code, names),
        )


def _bought_first(row: ResultRow) -> tuple[bool, int, str]:
    if row.place is not None:
        return (False, row.place, row.item.code)
    return (True, -row.votes, row.item.code)


def is_withdrawn(item: Item) -> bool:
    """Whether the proposal behind an item was withdrawn; it stays on the ballot, with a mark."""
    return item.proposal is not None and item.proposal.status == ProposalStatus.WITHDRAWN


def item_title(item: Item, chain: Sequence[str], source: str) -> Worded:
    """The item's title in the first language of the chain it exists in, else in its own."""
    texts = [text for text in item.texts.all() if text.title]
    titles = {text.language: text.title for text in texts}
    written = [text.language for text in texts if text.is_source]
    for language in (*chain, *written, source, *titles):
        if language in titles:
            return Worded(titles[language], language)
    return Worded(item.code, source)
