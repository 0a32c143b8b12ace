"""The ballot paper as one voter sees it: worded, in an order of their own, with what is marked."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch

from hubs.models import LaneKind
from members.languages import Worded
from voting.ballots import MARKED, Fault, Paper, PaperItem, Reason, faults
from voting.keys import Voter
from voting.models import Election, Item, ItemText
from voting.queries.results import is_withdrawn
from voting.rules import BallotFormat


@dataclass(frozen=True, slots=True)
class Line:
    """One item as a voter reads it; ``original`` is its title as written, where another is shown."""

    position: int
    code: str
    cost_minor: int
    is_withdrawn: bool
    title: Worded
    original: Worded | None
    summary: Worded
    body: Worded


@dataclass(frozen=True, slots=True)
class LaneSheet:
    """One lane of the paper. Amounts in minor units."""

    number: int
    label: str
    budget_minor: int
    lines: tuple[Line, ...]
    chosen: frozenset[int]

    @property
    def chosen_lines(self) -> list[Line]:
        return [line for line in self.lines if line.position in self.chosen]

    @property
    def spent_minor(self) -> int:
        return sum(line.cost_minor for line in self.chosen_lines)

    @property
    def left_minor(self) -> int:
        return max(self.budget_minor - self.spent_minor, 0)

    @property
    def over_minor(self) -> int:
        return max(self.spent_minor - self.budget_minor, 0)

    @property
    def shown_minor(self) -> int:
        """How far the bar is filled."""
        return min(self.spent_minor, self.budget_minor)

    @property
    def enough(self) -> list[Line]:
        """The chosen items of which taking out any one would be enough."""
        return [line for line in self.chosen_lines if line.cost_minor >= self.over_minor > 0]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole paper with what is marked on it."""

    format: BallotFormat
    max_choices: int | None
    lanes: tuple[LaneSheet, ...]
    chosen: frozenset[int]

    @property
    def positions(self) -> frozenset[int]:
        return frozenset(line.position for lane in self.lanes for line in lane.lines)

    def marked_as(self, chosen: frozenset[int]) -> "Sheet":
        lanes = tuple(replace(lane, chosen=chosen) for lane in self.lanes)
        return replace(self, lanes=lanes, chosen=chosen)

    @property
    def is_knapsack(self) -> bool:
        return self.format is BallotFormat.KNAPSACK

    @property
    def too_many(self) -> int:
        """How many have to be taken out for their number alone."""
        return max(len(self.chosen) - self.max_choices, 0) if self.max_choices is not None else 0

    @property
    def faults(self) -> list[Fault]:
        choices = tuple((position, MARKED) for position in sorted(self.chosen))
        return faults(self._paper(), choices)

    @property
    def over_budget(self) -> list[LaneSheet]:
        over = {fault.lane for fault in self.faults if fault.reason is Reason.OVER_BUDGET}
        return [lane for lane in self.lanes if lane.number in over]

    def _paper(self) -> Paper:
        return Paper(
            format=self.format,
            max_choices=self.max_choices,
            budgets=tuple(lane.budget_minor for lane in self.lanes),
            items=tuple(
                PaperItem(line.position, lane.number, line.cost_minor)
                for lane in self.lanes
                for line in lane.lines
            ),
        )


def sheet_of(
    election: Election, chain: Sequence[str], voter: Voter, chosen: frozenset[int]
) -> Sheet:
    """The paper worded for a reader, each lane in the voter's order. Three queries."""
    texts = ItemText.objects.order_by("-is_source", "language")
    items = election.items.order_by("position").select_related("proposal")
    by_lane: dict[int, list[Item]] = {}
    for item in items.prefetch_related(Prefetch("texts", texts)):
        by_lane.setdefault(item.lane_id, []).append(item)
    lanes = tuple(
        LaneSheet(
            number=number,
            label=str(LaneKind(lane.kind).label),
            budget_minor=lane.budget_minor,
            lines=tuple(
                _line(item, chain, election.title_language)
                for item in _shuffled(by_lane.get(lane.pk, []), voter.order_seed)
            ),
            chosen=chosen,
        )
        for number, lane in enumerate(election.lanes.order_by("position"))
    )
    return Sheet(BallotFormat(election.ballot_format.lower()), election.max_choices, lanes, chosen)


def _shuffled(items: Iterable[Item], order_seed: bytes) -> list[Item]:
    """Nobody is first for everybody; each voter finds the same order again, in every language."""
    return sorted(
        items,
        key=lambda item: hashlib.sha256(order_seed + item.position.to_bytes(4)).digest(),
    )


def _line(item: Item, chain: Sequence[str], unsaid: str) -> Line:
    """The item in the first language of the chain it has a title in, else as it was written."""
    texts = [text for text in item.texts.all() if text.title]
    by_language = {text.language: text for text in texts}
    source = texts[0] if texts else ItemText(title=item.code, language=unsaid)
    shown = next((by_language[code] for code in chain if code in by_language), source)
    return Line(
        position=item.position,
        code=item.code,
        cost_minor=item.cost_minor,
        is_withdrawn=is_withdrawn(item),
        title=Worded(shown.title, shown.language),
        original=None if shown is source else Worded(source.title, source.language),
        summary=_said(shown, source, "summary"),
        body=_said(shown, source, "body"),
    )


def _said(shown: ItemText, source: ItemText, field: str) -> Worded:
    """A part of the text shown, or of the source where the translation leaves it out."""
    said = shown if getattr(shown, field) else source
    return Worded(getattr(said, field), said.language)
