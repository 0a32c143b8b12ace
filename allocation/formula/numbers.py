"""Decimals of fixed precision and bounded size; never floats.

`ln` and `exp` of `decimal` are correctly rounded, so every machine gets the same digits.
"""

from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

CONTEXT = Context(
    prec=60,
    rounding=ROUND_HALF_EVEN,
    Emin=-999_999,
    Emax=999_999,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""For `localcontext`: the caller's own context is neither used nor changed."""

MOST_AMOUNT = 10**24
"""No amount of minor units is larger; the search for the tilt is exact far beyond it."""

_MOST_DIGITS = 100
_LONGEST_SHOWN = 80
_LARGEST = Decimal("1E+100")
_ZERO, _ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class Range:
    """The values a parameter or an indicator may have, with both ends unless `above`."""

    least: Decimal
    most: Decimal
    words: str
    above: bool = False

    def holds(self, value: object) -> bool:
        """Whether this is a finite decimal of reasonable length within the range."""
        if not isinstance(value, Decimal) or not value.is_finite():
            return False
        if len(value.as_tuple().digits) > _MOST_DIGITS or abs(value.adjusted()) > _MOST_DIGITS:
            return False
        return self.least <= value <= self.most and not (self.above and value == self.least)


SHARE = Range(_ZERO, _ONE, "from 0 to 1")
SOUTH_FLOOR = Range(Decimal("0.5"), _ONE, "from 0.5 to 1")
PART = Range(_ZERO, _ONE, "above 0 and at most 1", above=True)
NOT_NEGATIVE = Range(_ZERO, _LARGEST, "0 or more")
POSITIVE = Range(_ZERO, _LARGEST, "above 0", above=True)
BAND = Range(_ONE, _LARGEST, "1 or more")
EXPONENT = Range(_ZERO, Decimal(100), "from 0 to 100")


def is_amount(value: object, least: int = 0) -> bool:
    """Whether this is a whole number of minor units."""
    return type(value) is int and least <= value <= MOST_AMOUNT


def shown(value: object) -> str:
    """A value that was refused, cut to a length that can stand in a message."""
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Raise a positive number to a power, at the precision of the current context."""
    if exponent == 0:
        return _ONE
    if exponent == 1:
        return base
    return (exponent * base.ln()).exp()


def clipped(value: Decimal, band: Decimal) -> Decimal:
    """The value, at least 1/band and at most band, at the precision of the current context."""
    return max(1 / band, min(band, value))
