"""What a result page shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from hubs.models import Round
from members.languages import Worded
from voting.models import Election, Item, ItemText, Tally


def elections_of(rounds: QuerySet[Round] | Sequence[Round]) -> QuerySet[Election]:
    listed = Election.objects.published().filter(round__in=rounds)
    return listed.order_by("-closes_at", "pk")


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One project of a result: in the order bought, then the others by support."""

    code: str
    name: Worded
    cost_minor: int
    votes: int
    score: int
    place: int | None  # in the order bought, from 1; None where it was not bought
    beside: tuple[bool, ...]  # bought under each of the comparison rules


@dataclass(frozen=True, slots=True)
class Result:
    """A counted election as a page or a program shows it."""

    tally: Tally
    others: tuple[Tally, ...]
    rows: tuple[ResultRow, ...]
    cost_minor: int
    left_minor: int
    roll: int
    ballots: int


def tallies_of(election: Election) -> QuerySet[Tally]:
    """The counts of the manifest that was accepted, the deciding one first."""
    counted = election.tallies.filter(input_hash=election.manifest.hash)
    return counted.order_by("-decides", "pk")


def result_of(election: Election, chain: Sequence[str]) -> Result | None:
    """The result by the reader's languages; None while the count has not ended. Five queries."""
    tallies = list(tallies_of(election))
    if not tallies:
        return None
    decisive, others = tallies[0], tuple(tallies[1:])
    outcome = decisive.outcome
    rows = tuple(sorted(_rows(election, decisive, others, chain), key=_bought_first))
    return Result(
        tally=decisive,
        others=others,
        rows=rows,
        cost_minor=outcome["cost"],
        left_minor=outcome["budget"] - outcome["cost"],
        roll=election.roll.count(),
        ballots=election.manifest.body["ballots"],
    )


def _rows(
    election: Election, decisive: Tally, others: Sequence[Tally], chain: Sequence[str]
) -> Iterator[ResultRow]:
    places = {code: place for place, code in enumerate(decisive.outcome["winners"], start=1)}
    winners = [frozenset(other.outcome["winners"]) for other in others]
    support = {entry["id"]: entry for entry in decisive.outcome["support"]}
    texts = ItemText.objects.order_by("language")
    for item in election.items.order_by("position").prefetch_related(Prefetch("texts", texts)):
        yield ResultRow(
            code=item.code,
            name=item_title(item, chain, election.title_language),
            cost_minor=item.cost_minor,
            votes=support[item.code]["votes"],
            score=support[item.code]["score"],
            place=places.get(item.code),
            beside=tuple(item.code in bought for bought in winners),
        )


def _bought_first(row: ResultRow) -> tuple[bool, int, str]:
    if row.place is not None:
        return (False, row.place, row.code)
    return (True, -row.votes, row.code)


def item_title(item: Item, chain: Sequence[str], source: str) -> Worded:
    """The item's title in the first language of the chain it exists in, else in its own."""
    titles = {text.language: text.title for text in item.texts.all()}
    for language in (*chain, source, *titles):
        if titles.get(language):
            return Worded(titles[language], language)
    return Worded(item.code, source)
