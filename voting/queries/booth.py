"""What a voter sees: the ballot paper, the own ballot, the own draft."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Prefetch

from hubs.models import LaneKind
from members.languages import Worded
from members.models import Member
from voting.ballots import Paper, PaperItem
from voting.canonical import Choices, decode_ballot
from voting.keys import Voter, read_key
from voting.models import Ballot, BallotDraft, Election, Item, ItemText
from voting.rules import BallotFormat


def voter_of(election: Election, member: Member, folder: Path) -> Voter:
    """The member as a voter, by the key in the folder. Raises NoKey and WrongKey."""
    key = read_key(folder, election.pk, election.key_fingerprint)
    return Voter.of(key, member.pk)


def paper_of(election: Election) -> Paper:
    """What may be cast in an election. Two queries."""
    lanes = list(election.lanes.order_by("position").values_list("pk", "budget_minor"))
    numbers = {lane: number for number, (lane, _budget) in enumerate(lanes)}
    items = election.items.order_by("position").values_list("position", "lane_id", "cost_minor")
    return Paper(
        format=BallotFormat(election.ballot_format.lower()),
        max_choices=election.max_choices,
        budgets=tuple(budget for _lane, budget in lanes),
        items=tuple(
            PaperItem(position, numbers[lane], cost) for position, lane, cost in items
        ),
    )


@dataclass(frozen=True, slots=True)
class Cast:
    """A ballot in force."""

    version: int
    choices: Choices


def ballot_of(election: Election, voter: Voter) -> Cast | None:
    """The voter's ballot in force."""
    found = Ballot.objects.filter(election=election, pseudonym=voter.pseudonym)
    row = found.values_list("version", "payload").first()
    return Cast(row[0], decode_ballot(bytes(row[1]))) if row else None


def draft_of(election: Election, voter: Voter) -> Choices | None:
    """What the voter has chosen and not cast; None where nothing was begun."""
    found = BallotDraft.objects.filter(election=election, pseudonym=voter.pseudonym)
    row = found.values_list("payload", flat=True).first()
    return None if row is None else decode_ballot(bytes(row))


@dataclass(frozen=True, slots=True)
class Line:
    """One item as a voter reads it; ``original`` is its title as written, where another is shown."""

    position: int
    code: str
    proposal_id: int | None
    cost_minor: int
    title: Worded
    original: Worded | None
    summary: Worded
    body: Worded


@dataclass(frozen=True, slots=True)
class PaperLane:
    """One lane of the paper with its items, in the voter's own order."""

    number: int
    label: str
    budget_minor: int
    lines: tuple[Line, ...]


def lanes_shown(election: Election, chain: Sequence[str], order_seed: bytes) -> list[PaperLane]:
    """The paper by lanes, worded for a reader, in the order that the seed gives. Three queries."""
    texts = ItemText.objects.order_by("-is_source", "language")
    items = election.items.order_by("position").prefetch_related(Prefetch("texts", texts))
    by_lane: dict[int, list[Item]] = {}
    for item in items:
        by_lane.setdefault(item.lane_id, []).append(item)
    return [
        PaperLane(
            number=number,
            label=str(LaneKind(lane.kind).label),
            budget_minor=lane.budget_minor,
            lines=tuple(
                _line(item, chain, election.title_language)
                for item in _shuffled(by_lane.get(lane.pk, []), order_seed)
            ),
        )
        for number, lane in enumerate(election.lanes.order_by("position"))
    ]


def _shuffled(items: Iterable[Item], order_seed: bytes) -> list[Item]:
    """Nobody is first for everybody; each voter finds the same order again, in every language."""
    return sorted(
        items,
        key=lambda item: hashlib.sha256(order_seed + item.position.to_bytes(4)).digest(),
    )


def _line(item: Item, chain: Sequence[str], unsaid: str) -> Line:
    """The item in the first language of the chain it has a title in, else as it was written."""
    texts = [text for text in item.texts.all() if text.title]
    if not texts:
        plain = Worded(item.code, unsaid)
        empty = Worded("", unsaid)
        return Line(
            item.position, item.code, item.proposal_id, item.cost_minor, plain, None, empty, empty
        )
    by_language = {text.language: text for text in texts}
    source = texts[0]
    shown = next((by_language[code] for code in chain if code in by_language), source)
    return Line(
        position=item.position,
        code=item.code,
        proposal_id=item.proposal_id,
        cost_minor=item.cost_minor,
        title=Worded(shown.title, shown.language),
        original=None if shown is source else Worded(source.title, source.language),
        summary=_first_said(shown, source, "summary"),
        body=_first_said(shown, source, "body"),
    )


def _first_said(shown: ItemText, source: ItemText, field: str) -> Worded:
    """A part of the text shown, or of the source where the translation leaves it out."""
    said = shown if getattr(shown, field) else source
    return Worded(getattr(said, field), said.language)
