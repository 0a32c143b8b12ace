"""Step 5, the whole of it: the least tilt towards the South that reaches the floor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm

from allocation.formula.projection import Ratio, fill

_MOST_TILT = 10**36
_GRID = 2**120
_FINENESS = 256  # bits


@dataclass(frozen=True, slots=True)
class Lines:
    """All hubs, each with a line in the South and one in the North, as whole numbers.

    weights: in any one unit. south: of each hub, how many of `whole` parts lie in the South.
    """

    weights: tuple[int, ...]
    south: tuple[int, ...]
    whole: int
    bounds: tuple[tuple[int, int], ...]
    pool: int

    def amounts(self, tilt: Fraction) -> list[Ratio]:
        """What each hub gets where a line in the South counts `tilt` times."""
        south, north = self._parts(tilt)
        both = [ours + theirs for ours, theirs in zip(south, north, strict=True)]
        tilted = [weight * sides for weight, sides in zip(self.weights, both, strict=True)]
        return fill(tilted, self.bounds, self.pool)

    def in_south(self, amounts: Sequence[Ratio], tilt: Fraction) -> list[Ratio]:
        """What of the amounts belongs to the line in the South."""
        south, north = self._parts(tilt)
        return [
            (top * ours, bottom * (ours + theirs))
            for (top, bottom), ours, theirs in zip(amounts, south, north, strict=True)
        ]

    def beyond(self, target: int, tilt: Fraction) -> int:
        """By how much the South passes the target, negative below it; the sign is exact."""
        parts = [part for part in self.in_south(self.amounts(tilt), tilt) if part[0]]
        # Adding fractions exactly is slow: first rounded down, and exactly only where that leaves a doubt.
        total = sum((top << _FINENESS) // bottom for top, bottom in parts)
        distance = total - (target << _FINENESS)
        if -len(parts) < distance < 0:
            return 0 if sum(Fraction(*part) for part in parts) >= target else -1
        return distance

    def _parts(self, tilt: Fraction) -> tuple[list[int], list[int]]:
        top, bottom = tilt.as_integer_ratio()
        return [part * top for part in self.south], [
            (self.whole - part) * bottom for part in self.south
        ]


def lines(
    shares: Sequence[Decimal],
    south: Sequence[Decimal],
    bounds: Sequence[tuple[int, int]],
    pool: int,
) -> Lines:
    """Bring shares and parts in the South, of hubs in one order, to whole numbers."""
    weights, _ = _whole(shares)
    parts, whole = _whole(south)
    return Lines(weights, parts, whole, tuple(bounds), pool)


def least_tilt(lines: Lines, target: int) -> Fraction | None:
    """The least tilt, from 1, with which the South gets the target; None where there is none.

    Where a hub lies on both sides and at a bound, the least tilt is an algebraic number. It is
    rounded up on a grid: the tilts 1, 2, 8, 32, ... are tried until one reaches the target, and
    what lies between 1 and that one is divided into 2**120 steps. So the answer is a property of
    the input, not of the way it was looked for, and other programs can find it by halving.
    """
    lowest, highest = Fraction(1), Fraction(2)
    at_lowest = lines.beyond(target, lowest)
    if at_lowest >= 0:
        return lowest
    while (at_highest := lines.beyond(target, highest)) < 0:
        highest *= 4
        if highest > _MOST_TILT:
            return None

    def tilt(step: int) -> Fraction:
        return 1 + (highest - 1) * Fraction(step, _GRID)

    step = _first(lambda step: lines.beyond(target, tilt(step)), _GRID, at_lowest, at_highest)
    return tilt(step)


def _first(value: Callable[[int], int], last: int, at_none: int, at_last: int) -> int:
    """The first step whose value is not negative, for values that never fall.

    Follows straight lines (the Illinois method: an end that stays twice counts half), and halves
    every third time so as to come to an end whatever the values.
    """
    low, high, at_low, at_high = 0, last, at_none, at_last
    turn, rose = 0, False
    while high - low > 1:
        turn += 1
        guess = (low + high) // 2
        if turn % 3:
            guess = low + (high - low) * -at_low // (at_high - at_low)
            guess = min(max(guess, low + 1), high - 1)
        found = value(guess)
        if found < 0:
            low, at_low = guess, found
            at_high = at_high // 2 if rose else at_high
        else:
            high, at_high = guess, found
            at_low = at_low if rose else min(-1, at_low // 2)
        rose = found < 0
    return high


def _whole(values: Sequence[Decimal]) -> tuple[tuple[int, ...], int]:
    ratios = [value.as_integer_ratio() for value in values]
    unit = lcm(*(bottom for _, bottom in ratios))
    return tuple(top * (unit // bottom) for top, bottom in ratios), unit
