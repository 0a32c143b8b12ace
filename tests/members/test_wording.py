"""How amounts, dates, names and foreign texts come out for the reader."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from members.templatetags import wording


def shown(source: str, code: str = "en", **context: object) -> str:
    with translation.override(code):
        return Template("{% load wording %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("code", "found"),
    [("en", "en"), ("pt-br", "pt_BR"), ("zh-hans", "zh_Hans"), ("en-xa", "en"), ("zz-zz", "en")],
)
def test_every_code_has_a_locale(code, found):
    assert str(wording.locale_for(code)) == found


@pytest.mark.parametrize(
    ("minor", "currency", "decimals", "expected"),
    [
        (1234567, "USD", 2, "$12,345.67"),
        (1234567, "JPY", 0, "¥1,234,567"),
        (1234567, "KWD", 3, "KWD\xa01,234.567"),
        (-50, "EUR", 2, "-€0.50"),
        (1000, "ZZZ", 2, "ZZZ\xa010.00"),
        (10**20 + 1, "USD", 2, "$1,000,000,000,000,000,000.01"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(minor, currency, decimals, expected):
    assert wording.written_amount(minor, currency, decimals, wording.locale_for("en")) == expected


def test_an_amount_is_isolated_and_in_the_readers_notation():
    assert shown('{% money 125000 "DKK" 2 %}', "da") == '<bdi class="amount">1.250,00\xa0kr.</bdi>'


def test_a_number_has_the_readers_separators_and_a_word_stays_a_word():
    assert shown("{% number n %}", "da", n=12345) == "12.345"
    assert shown("{% number n %}", n="<b>") == "&lt;b&gt;"


def test_a_moment_names_its_month_and_its_time_zone():
    at = datetime(2026, 3, 5, 11, 5, tzinfo=UTC)
    with timezone.override(ZoneInfo("Africa/Nairobi")):
        out = shown("{% moment at %}", at=at)
    assert 'datetime="2026-03-05T14:05:00+03:00"' in out
    assert "March 5, 2026" in out
    assert "(East Africa Time)" in out
    with timezone.override(UTC):
        assert "(UTC)" in shown("{% moment at %}", at=at)


def test_a_date_has_no_time_and_nothing_is_nothing():
    expected = '<time datetime="2026-03-05">5 mars 2026</time>'
    assert shown("{% moment at %}", "fr", at=date(2026, 3, 5)) == expected
    assert shown("{% moment at %}", at=None) == ""


@pytest.mark.parametrize(
    ("lang", "marked"),
    [
        ("ar", 'lang="ar" dir="rtl"'),
        ("ckb", 'lang="ckb" dir="rtl"'),
        ("pnb", 'lang="pnb" dir="rtl"'),
        ("sw", 'lang="sw" dir="ltr"'),
        ("qqx", 'lang="qqx" dir="auto"'),
        ("und", 'lang="" dir="auto"'),
        (None, 'lang="" dir="auto"'),
    ],
)
def test_a_foreign_text_carries_its_language_and_direction(lang, marked):
    out = shown("{% foreign text lang %}", text="<script>", lang=lang)
    assert out == f"<span {marked}>&lt;script&gt;</span>"


def test_names_of_languages_and_countries_never_fail():
    assert shown("{{ 'ar'|autonym }} {{ 'qqx'|autonym }}") == "العربية qqx"
    assert shown("{% country 'ke' %} {% country 'X9' %}", "fr") == "Kenya X9"


def test_an_icon_follows_the_direction_of_the_page():
    assert 'class="icon flip"' in shown("{% icon 'arrow-next' %}", "ar")
    assert 'class="icon"' in shown("{% icon 'add' %}", "ar")
    assert shown("{% icon 'diffs' %}", "ar") != shown("{% icon 'diffs' %}", "en")
    assert shown("{% icon 'bold' %}", "ar") != shown("{% icon 'bold' %}", "en")
    with pytest.raises(ValueError, match="no icon named"):
        shown("{% icon 'unicorn' %}")


def test_a_question_mark_is_mirrored_only_where_the_language_mirrors_it():
    entry = {"ltr": "p", "shouldFlip": True, "shouldFlipExceptions": ["he"]}
    assert wording.drawing_of(entry, "ar", rtl=True) == ("p", True)
    assert wording.drawing_of(entry, "he", rtl=True) == ("p", False)


def test_only_a_form_with_both_kinds_of_questions_marks_the_optional_ones():
    class Mixed(forms.Form):
        title = forms.CharField()
        note = forms.CharField(required=False)

    class Asked(forms.Form):
        title = forms.CharField()
        agreed = forms.BooleanField(required=False)

    assert wording.marks_optional(Mixed())
    assert not wording.marks_optional(Asked())
    assert "(optional)" in str(Mixed())
    assert "(optional)" not in str(Asked())


def test_a_field_with_an_error_says_so_in_words_and_points_to_it():
    class Asked(forms.Form):
        title = forms.CharField(help_text="A few words.")

    out = str(Asked({}))
    assert 'href="#id_title"' in out
    assert 'aria-invalid="true"' in out
    assert 'aria-describedby="id_title_helptext id_title_error"' in out
    assert 'id="id_title_error"' in out
