"""Amounts as people type them: any digits, the reader's separators, the decimals of the unit."""

import re
import unicodedata
from decimal import Decimal

from babel import Locale

from hubs.models import ResourceKind

LONGEST = 40  # characters; more is no amount
LARGEST = 10**15  # what the database takes
MINUTES = 60
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"))  # turn text round
SPACES = " \u00a0\u202f\u2009'\u2019"  # people of every language group digits by these


class NoAmount(ValueError):
    """It cannot be read as one amount and no other."""


class BadDecimals(NoAmount):
    """It has more decimals than its unit."""


class OutOfRange(NoAmount):
    """It is nothing, or more than there is."""


def read_units(typed: str, decimals: int, locale: Locale) -> int:
    """An amount of 10**-decimals of a unit. Nothing is guessed: ``1,5`` is no amount in English.

    Refuses NoAmount, BadDecimals and OutOfRange.
    """
    text = _plain(typed)
    points, groups = _signs(locale)
    whole = rf"\d+|\d{{1,3}}(?:[{groups}]\d{{2,3}})*[{groups}]\d{{3}}"
    found = re.fullmatch(rf"({whole})(?:[{points}](\d+))?", text)
    if found is None:
        raise NoAmount(typed)
    digits, fraction = re.sub(r"\D", "", found[1]), found[2] or ""
    if len(fraction) > decimals:
        raise BadDecimals(typed)
    units = int(digits + fraction.ljust(decimals, "0"))
    if not 0 < units <= LARGEST:
        raise OutOfRange(typed)
    return units


def written_units(units: int, decimals: int, locale: Locale) -> str:
    """The amount as it stands in a field, so that ``read_units`` reads the same again."""
    shown = f"{Decimal(units).scaleb(-decimals):.{decimals}f}"
    return shown.replace(".", locale.number_symbols["latn"]["decimal"])


def decimals_typed(kind: str, currency_decimals: int) -> int:
    """How many decimals people may type: money those of its currency, hours two, the rest none."""
    return {ResourceKind.MONEY.value: currency_decimals, ResourceKind.STAFF_TIME.value: 2}.get(
        kind, 0
    )


def read_amount(typed: str, kind: str, currency_decimals: int, locale: Locale) -> int:
    """What the database keeps of an amount of one kind: hours become whole minutes."""
    units = read_units(typed, decimals_typed(kind, currency_decimals), locale)
    if kind != ResourceKind.STAFF_TIME:
        return units
    return max(1, round(units * MINUTES / 100))


def written_amount(minor: int, kind: str, currency_decimals: int, locale: Locale) -> str:
    """The reverse of ``read_amount``: two decimals of an hour tell every minute apart."""
    units = round(minor * 100 / MINUTES) if kind == ResourceKind.STAFF_TIME else minor
    return written_units(units, decimals_typed(kind, currency_decimals), locale)


def _plain(typed: str) -> str:
    """Without the marks that turn text round, and with every script's digits as plain ones."""
    text = typed.strip().translate(MARKS).strip()
    if len(text) > LONGEST:
        raise NoAmount(typed[:LONGEST])
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _signs(locale: Locale) -> tuple[str, str]:
    """What stands before decimals and between groups, each as the inside of a character class."""
    symbols = locale.number_symbols["latn"]
    points = {symbols["decimal"], "٫"}
    groups = {symbols["group"], "٬", *SPACES} - points
    return re.escape("".join(sorted(points))), re.escape("".join(sorted(groups)))
