"""Amounts as people type them: read in any digits and by the reader's separators, and never guessed."""

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from proposals.forms.amounts import (
    BadDecimals,
    NoAmount,
    OutOfRange,
    read_amount,
    read_units,
    written_amount,
)


@pytest.mark.parametrize(
    ("language", "decimals", "typed", "units"),
    [
        ("en", 2, "1500", 150_000),
        ("en", 2, "1,500", 150_000),
        ("en", 2, "1,500.5", 150_050),
        ("en", 2, "  1 500.50 ", 150_050),
        ("en", 2, "1'500.50", 150_050),
        ("en", 2, "12,34,567", 123_456_700),
        ("da", 2, "1.500,50", 150_050),
        ("da", 2, "1.500", 150_000),
        ("da", 2, "1500,5", 150_050),
        ("fr", 2, "1\u202f500,50", 150_050),
        ("fr", 2, "1 500,50", 150_050),
        ("es", 2, "1.500,50", 150_050),
        ("ar", 2, "١٬٥٠٠٫٥٠", 150_050),
        ("ar", 2, "۱۵۰۰٫۵", 150_050),
        ("ar", 2, "1,500.50", 150_050),
        ("ar", 2, "\u200f\u0661\u0662\u200e", 1_200),
        ("hi", 2, "१,५०,०००", 15_000_000),
        ("bn", 2, "১৫০০.৫০", 150_050),
        ("en", 0, "1,500", 1_500),
        ("da", 0, "1.500", 1_500),
        ("en", 3, "1.500", 1_500),
        ("da", 3, "1,500", 1_500),
        ("da", 3, "1.500,125", 1_500_125),
        ("ar", 3, "١٫٥", 1_500),
    ],
)
def test_an_amount_is_read_as_its_reader_writes_it(language, decimals, typed, units):
    assert read_units(typed, decimals, Locale.parse(language)) == units


@pytest.mark.parametrize(
    ("language", "decimals", "typed", "refusal"),
    [
        ("en", 2, "1,5", NoAmount),  # 1.5 or 15? It is asked, not guessed
        ("en", 2, "1.500,50", NoAmount),
        ("da", 2, "12.50", NoAmount),
        ("da", 2, "1,500.50", NoAmount),
        ("en", 2, "1.500", BadDecimals),  # a Dane's fifteen hundred is not one and a half
        ("da", 2, "1,500", BadDecimals),
        ("en", 0, "1.5", BadDecimals),
        ("en", 0, "100.00", BadDecimals),
        ("en", 3, "1.2345", BadDecimals),
        ("en", 2, "", NoAmount),
        ("en", 2, "-5", NoAmount),
        ("en", 2, "5-", NoAmount),
        ("en", 2, "1e5", NoAmount),
        ("en", 2, "²", NoAmount),
        ("en", 2, "5 USD", NoAmount),
        ("en", 2, ".5", NoAmount),
        ("en", 2, "5.", NoAmount),
        ("en", 2, "1,,500", NoAmount),
        ("en", 2, "1 50", NoAmount),
        ("en", 2, "9" * 41, NoAmount),
        ("en", 2, "0", OutOfRange),
        ("en", 2, "0.00", OutOfRange),
        ("en", 2, "10,000,000,000,000.01", OutOfRange),
    ],
)
def test_what_could_be_two_amounts_is_none(language, decimals, typed, refusal):
    with pytest.raises(NoAmount) as refused:
        read_units(typed, decimals, Locale.parse(language))
    assert type(refused.value) is refusal


@pytest.mark.parametrize(
    ("kind", "typed", "minor"),
    [
        ("MONEY", "12.5", 1_250),
        ("STAFF_TIME", "12.5", 750),
        ("STAFF_TIME", "0.01", 1),
        ("STAFF_TIME", "0.33", 20),
        ("CAPACITY", "12", 12),
        ("DATA", "1", 1),
    ],
)
def test_each_kind_has_its_own_unit(kind, typed, minor):
    assert read_amount(typed, kind, 2, Locale("en")) == minor


@pytest.mark.parametrize("kind", ["CAPACITY", "DATA"])
def test_credits_and_grants_are_whole(kind):
    with pytest.raises(BadDecimals):
        read_amount("1.5", kind, 2, Locale("en"))


@given(
    minor=st.integers(1, 10**13),
    kind=st.sampled_from(["MONEY", "STAFF_TIME", "CAPACITY", "DATA"]),
    decimals=st.sampled_from([0, 2, 3]),
    language=st.sampled_from(["en", "es", "fr", "ar", "da"]),
)
def test_what_stands_in_a_field_is_read_as_it_was_stored(minor, kind, decimals, language):
    locale = Locale.parse(language)
    shown = written_amount(minor, kind, decimals, locale)
    assert read_amount(shown, kind, decimals, locale) == minor
