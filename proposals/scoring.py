"""How assessments are put together, in exact fractions: nothing here is rounded before it is shown.

One assessment is worth the weighted mean of its levels over the criteria that apply. A proposal is
shown by the mean, the median and the spread of its assessments, with their number. Nobody's
assessment is corrected for how strict its author is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

NOT_YET = 0  # stands where a level is still to be chosen; a level is 1 (lowest) to 4

Level = int | None
"""A level, None for a criterion that does not apply, or NOT_YET."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What ``count`` values have in common, and how far apart they lie (``iqr``: the middle half)."""

    count: int
    mean: Fraction
    median: Fraction
    iqr: Fraction


@dataclass(frozen=True, slots=True)
class Gaps:
    """What an assessment still lacks, as keys of criteria in the order they were given."""

    without_level: tuple[int, ...]
    without_reason: tuple[int, ...]
    has_too_many_not_applying: bool

    def __bool__(self) -> bool:
        return bool(self.without_level or self.without_reason or self.has_too_many_not_applying)


def weighted_mean(answers: Iterable[tuple[int, Level]]) -> Fraction | None:
    """The mean of ``(weight, level)`` over the criteria that apply; None where none does.

    A criterion that does not apply takes its weight with it: it counts neither for nor against.
    """
    given = [(weight, level) for weight, level in answers if level]
    total = sum(weight for weight, _level in given)
    return Fraction(sum(weight * level for weight, level in given), total) if total else None


def spread_of(values: Sequence[Fraction | int]) -> Spread | None:
    """Mean, median and interquartile range of values in any order; None where there are none."""
    if not values:
        return None
    ordered = sorted(Fraction(value) for value in values)
    quarter, half, three = (_quantile(ordered, Fraction(part, 4)) for part in (1, 2, 3))
    mean = sum(ordered, Fraction(0)) / len(ordered)
    return Spread(len(ordered), mean, half, three - quarter)


def _quantile(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    """Between the two nearest values, in proportion: what spreadsheets call inclusive."""
    place = part * (len(ordered) - 1)
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def most_not_applying(criteria: int) -> int:
    """How many of so many criteria may be said not to apply: a third, rounded down."""
    return criteria // 3


def gaps_of(criteria: Sequence[int], answers: Mapping[int, tuple[Level, str]]) -> Gaps:
    """What is missing before an assessment by these criteria may be submitted."""
    found = {key: answers.get(key, (NOT_YET, "")) for key in criteria}
    not_applying = sum(level is None for level, _reason in found.values())
    return Gaps(
        tuple(key for key, (level, _reason) in found.items() if level == NOT_YET),
        tuple(key for key, (_level, reason) in found.items() if not reason.strip()),
        not_applying > most_not_applying(len(criteria)),
    )


def shown(value: Fraction, places: int = 2) -> Decimal:
    """A fraction rounded for people, half to even."""
    return Decimal(round(value * 10**places)).scaleb(-places)
