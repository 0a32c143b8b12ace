"""Currencies as data: which exist, and how many decimals each has (JPY 0, USD 2, KWD 3). From CLDR."""

from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision


@cache
def known_currencies() -> tuple[str, ...]:
    """The currencies that are legal tender somewhere now, by code."""
    used = get_global("territory_currencies")
    return tuple(
        sorted(
            {
                code
                for entries in used.values()
                for code, _from, until, tender in entries
                if tender and not until
            }
        )
    )


def decimals_of(currency: str) -> int:
    """How many decimals amounts of a currency have; 0 where there is none."""
    return get_currency_precision(currency) if currency else 0
