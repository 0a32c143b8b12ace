"""What a result page shows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Prefetch, QuerySet

from hubs.models import Round
from members.languages import Worded
from proposals.models import ProposalStatus
from voting.models import Election, ElectionLane, Item, ItemText, Tally
from voting.queries.counting import lanes_of


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

    @property
    def is_withdrawn(self) -> bool:
        return is_withdrawn(self.item)


@dataclass(frozen=True, slots=True)
class LaneResult:
    """One lane, counted for itself."""

    lane: ElectionLane
    tally: Tally
    others: tuple[Tally, ...]
    bought: tuple[ResultRow, ...]
    unbought: tuple[ResultRow, ...]
    cost_minor: int
    left_minor: int

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
    rows = sorted(_rows(election, decisive, others, items, chain), key=_bought_first)
    return LaneResult(
        lane=decisive.lane,
        tally=decisive,
        others=others,
        bought=tuple(row for row in rows if row.place is not None),
        unbought=tuple(row for row in rows if row.place is None),
        cost_minor=outcome["cost"],
        left_minor=outcome["budget"] - outcome["cost"],
    )


def _rows(
    election: Election,
    decisive: Tally,
    others: Sequence[Tally],
    items: Sequence[Item],
    chain: Sequence[str],
) -> Iterator[ResultRow]:
    places = {code: place for place, code in enumerate(decisive.outcome["winners"], start=1)}
    winners = [frozenset(other.outcome["winners"]) for other in others]
    support = {entry["id"]: entry for entry in decisive.outcome["support"]}
    for item in items:
        yield ResultRow(
            item=item,
            name=item_title(item, chain, election.title_language),
            votes=support[item.code]["votes"],
            score=support[item.code]["score"],
            place=places.get(item.code),
            beside=tuple(item.code in bought for bought in winners),
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
