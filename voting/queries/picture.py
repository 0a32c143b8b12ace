"""The rounds of a count as a picture: one bar for each purchase, in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from members.languages import Worded

HEIGHT = 1_000  # of the budget, in the units of the drawing
SLOT, BAR, GAP = 100, 84, 8
FEWEST_SLOTS = 6  # or the only bar of a small count would be as wide as the page


@dataclass(frozen=True, slots=True)
class Bar:
    """One purchase: what it took of what was left, and where that is drawn.

    ``level_minor`` is what each voter paid for each point given where all could pay in full, None
    where the rule has no such price. ``label`` is its place where there is room for it.
    """

    place: int
    name: Worded
    amount_minor: int
    before_minor: int
    remaining_minor: int
    level_minor: Decimal | None
    is_fill: bool
    reserve: str | None
    label: int | None
    x: int
    top: int
    taken: int
    left: int

    @property
    def bottom(self) -> int:
        return self.top + self.taken


@dataclass(frozen=True, slots=True)
class Picture:
    """``blanks`` are the slots behind the last bar. ``has_fill``: some were bought with what was left."""

    width: int
    height: int
    bar: int
    bars: tuple[Bar, ...]
    blanks: range
    has_fill: bool
    has_levels: bool
    has_reserves: bool


def picture_of(outcome: Mapping[str, Any], names: Mapping[str, Worded]) -> Picture | None:
    """None where nothing was bought, or with no money."""
    steps, budget = outcome["steps"], outcome["budget"]
    if not steps or not budget:
        return None
    slots = max(len(steps), FEWEST_SLOTS)
    bars, before = [], budget
    for place, step in enumerate(steps, start=1):
        bars.append(_bar(step, place, before, budget, len(steps), names[step["project"]]))
        before = step["remaining"]
    return Picture(
        width=slots * SLOT,
        height=HEIGHT,
        bar=BAR,
        bars=tuple(bars),
        blanks=range(slots - len(steps)),
        has_fill=any(bar.is_fill for bar in bars),
        has_levels=outcome["rule"] == "equal-shares",
        has_reserves=any(bar.reserve for bar in bars),
    )


def _bar(
    step: Mapping[str, Any], place: int, before: int, budget: int, steps: int, name: Worded
) -> Bar:
    start, end = (_drawn(minor, budget) for minor in (before, step["remaining"]))
    every = next(every for every in (1, 5, 20, 100) if steps <= 15 * every or every == 100)
    return Bar(
        place=place,
        name=name,
        amount_minor=step["amount"],
        before_minor=before,
        remaining_minor=step["remaining"],
        level_minor=_level(step),
        is_fill=step["fill"],
        reserve=step["reserve"],
        label=place if place == 1 or place % every == 0 else None,
        x=(place - 1) * SLOT + GAP,
        top=HEIGHT - start,
        taken=start - end,
        left=end,
    )


def _drawn(minor: int, budget: int) -> int:
    return minor * HEIGHT // budget


def _level(step: Mapping[str, Any]) -> Decimal | None:
    """A rational may have more digits than Python reads as a whole number: decimals take any."""
    if step["level"] is None:
        return None
    numerator, denominator = map(Decimal, step["level"].split("/"))
    return numerator / denominator
