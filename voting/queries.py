"""Reading elections: what is frozen, the merged ballots, what a result page shows."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from hubs.models import Round
from hubs.queries import Worded
from voting import rules
from voting.canonical import Choices, decode_ballot, digest
from voting.models import Ballot, Election, Item, ItemText, Tally

COUNT_TASK = "voting.count_election"


def frozen_form(election: Election) -> dict[str, Any]:
    """Everything that decides the result, in plain JSON types; its hash is published at the freeze."""
    texts = ItemText.objects.filter(election=election).order_by("item__position", "language")
    return {
        "format": "frozen/1",
        "election": str(election.pk),
        "round": election.round_id,
        "origin": election.origin,
        "title": election.title,
        "title_language": election.title_language,
        "kind": election.kind,
        "ballot_format": election.ballot_format,
        "resource_kind": election.resource_kind,
        "currency": election.currency,
        "decimals": election.decimals,
        "budget": election.budget_minor,
        "rule": election.rule,
        "parameters": election.parameters,
        "comparisons": election.comparisons,
        "seed": election.seed,
        "opens_at": election.opens_at.astimezone(UTC).isoformat(),
        "closes_at": election.closes_at.astimezone(UTC).isoformat(),
        "roll": election.roll.count(),
        "items": list(
            election.items.order_by("position").values_list("position", "code", "cost_minor")
        ),
        "texts": list(texts.values_list("item__position", "language", "title", "summary")),
    }


def frozen_hash(election: Election) -> str:
    return digest(frozen_form(election))


def ballot_groups(election: Election) -> list[tuple[bytes, int]]:
    """The ballots in force, equal ones merged by the database: (content, voters), by content."""
    grouped = Ballot.objects.filter(election=election).values("payload").annotate(voters=Count("*"))
    rows = grouped.order_by("payload").values_list("payload", "voters")
    return [(bytes(payload), voters) for payload, voters in rows]


def instance_of(election: Election) -> rules.Instance:
    rows = election.items.order_by("position").values_list("code", "cost_minor")
    return rules.Instance(
        election.budget_minor, tuple(rules.Project(code, cost) for code, cost in rows)
    )


def profile_of(election: Election, groups: Sequence[tuple[bytes, int]]) -> rules.Profile:
    ballots: tuple[tuple[Choices, int], ...] = tuple(
        (decode_ballot(payload), voters) for payload, voters in groups
    )
    return rules.Profile(rules.BallotFormat(election.ballot_format.lower()), ballots)


def counts_of(election: Election) -> list[tuple[str, dict[str, Any]]]:
    """The rules an election is counted by, the deciding one first."""
    others = [(other["rule"], other["parameters"]) for other in election.comparisons]
    return [(election.rule, election.parameters), *others]


@cache
def counting_code_version() -> str:
    """SHA-256 over the source of ``voting.rules``: what a tally says it was counted by."""
    total = hashlib.sha256()
    for path in sorted(files("voting.rules").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".py"):
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


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
