"""What is apportioned among whom: hubs with their indicators, and a version of the formula."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from allocation.formula import numbers
from allocation.formula.errors import FormulaError
from allocation.formula.numbers import Range

_PARAMETERS: Mapping[str, Range] = MappingProxyType(
    {
        "sigma": numbers.EXPONENT,
        "gamma": numbers.EXPONENT,
        "income_reference": numbers.POSITIVE,
        "income_band": numbers.BAND,
        "theta": numbers.EXPONENT,
        "eta": numbers.EXPONENT,
        "funding_reference": numbers.POSITIVE,
        "funding_band": numbers.BAND,
        "south_floor": numbers.SOUTH_FLOOR,
        "down": numbers.SHARE,
        "up": numbers.NOT_NEGATIVE,
        "pace": numbers.PART,
        "max_share": numbers.PART,
    }
)
_INDICATORS: Mapping[str, Range] = MappingProxyType(
    {
        "income": numbers.POSITIVE,
        "under": numbers.SHARE,
        "funding": numbers.POSITIVE,
        "south": numbers.SHARE,
    }
)
_PROXY = "Correct it at its source, or use a documented proxy."


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One version of the formula.

    beta: the measures of size and their parts, which sum to 1.
    sigma, gamma, theta, eta: exponents of size, low income, under-representation and low past
        funding; 0 takes the factor out.
    income_reference, funding_reference: what a hub's own value is compared with; the ratio is
        kept between 1/band and band.
    south_floor: the part of the pool that goes to the Global South, at least one half.
    down, up, step: where `bands` holds, a hub gets at least (1 - down) of last time and at most
        (1 + up) of it or `step` minor units more, whichever is larger.
    pace: how far the shares of last time move to the target; 1 goes all the way.
    max_share: no hub gets a larger part of the pool.

    Raises FormulaError BAD_FORMULA, naming the field.
    """

    beta: Mapping[str, Decimal]
    sigma: Decimal
    gamma: Decimal
    income_reference: Decimal
    income_band: Decimal
    theta: Decimal
    eta: Decimal
    funding_reference: Decimal
    funding_band: Decimal
    south_floor: Decimal
    down: Decimal
    up: Decimal
    step: int
    bands: bool
    pace: Decimal
    max_share: Decimal

    def __post_init__(self) -> None:
        for name, part in self.beta.items():
            if not numbers.SHARE.holds(part):
                raise bad_formula("beta", part, f"{name!r} {numbers.SHARE.words}")
        if sum(Fraction(part) for part in self.beta.values()) != 1:
            parts = ", ".join(f"{name} {part}" for name, part in sorted(self.beta.items()))
            raise bad_formula("beta", parts or "nothing", "parts that sum to 1")
        for name, allowed in _PARAMETERS.items():
            value = getattr(self, name)
            if not allowed.holds(value):
                raise bad_formula(name, value, allowed.words)
        if not numbers.is_amount(self.step):
            raise bad_formula("step", self.step, "a whole number of minor units, 0 or more")
        if type(self.bands) is not bool:
            raise bad_formula("bands", self.bands, "true or false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A hub and its indicators.

    size: by measure, in any unit that is the same for all hubs.
    income: income per head. under: how under-represented, 0 to 1. funding: past funding per unit
        of size. south: the part of the hub that lies in the Global South, 0 to 1.
    previous: what it got last time, None where there is no last time. minimum, maximum: its own
        bounds. All three in minor units.

    Raises FormulaError BAD_INDICATOR, naming the hub and the indicator.
    """

    code: str
    size: Mapping[str, Decimal]
    income: Decimal
    under: Decimal
    funding: Decimal
    south: Decimal
    previous: int | None = None
    minimum: int = 0
    maximum: int | None = None

    def __post_init__(self) -> None:
        for measure, value in self.size.items():
            if not numbers.NOT_NEGATIVE.holds(value):
                raise bad_indicator(self.code, f"size {measure}", value, numbers.NOT_NEGATIVE.words)
        for name, allowed in _INDICATORS.items():
            value = getattr(self, name)
            if not allowed.holds(value):
                raise bad_indicator(self.code, name, value, allowed.words)
        for name in ("previous", "minimum", "maximum"):
            amount = getattr(self, name)
            if amount is None and name != "minimum":
                continue
            if not numbers.is_amount(amount):
                words = "a whole number of minor units, 0 or more"
                raise bad_indicator(self.code, name, amount, words)


def bad_formula(field: str, value: object, words: str) -> FormulaError:
    """The refusal of a parameter, or of a part of the document."""
    given = numbers.shown(value)
    message = f"{field} must be {words}; it is {given}."
    return FormulaError("BAD_FORMULA", message, field=field, value=given)


def bad_indicator(hub: str, indicator: str, value: object, words: str) -> FormulaError:
    """The refusal of a hub's value."""
    given = numbers.shown(value)
    message = f"{indicator} of {hub} must be {words}; it is {given}. {_PROXY}"
    return FormulaError("BAD_INDICATOR", message, hub=hub, indicator=indicator, value=given)


def absent(code: str, hub: str, indicator: str) -> FormulaError:
    """The refusal of a value that is not there: MISSING or WITHHELD, which is not zero."""
    how = "missing" if code == "MISSING" else "withheld"
    message = f"{indicator} of {hub} is {how}. Nothing is put in its place: use a documented proxy."
    return FormulaError(code, message, hub=hub, indicator=indicator)


def in_order(hubs: Sequence[Hub]) -> tuple[Hub, ...]:
    """The hubs by code, so that the order they come in changes nothing; refuses a code twice."""
    ordered = tuple(sorted(hubs, key=lambda hub: hub.code))
    if not ordered:
        raise FormulaError("ZERO_WEIGHTS", "There are no hubs to share among.")
    for hub, following in pairwise(ordered):
        if hub.code == following.code:
            raise bad_indicator(hub.code, "code", hub.code, "used by one hub only")
    return ordered
