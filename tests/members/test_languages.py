"""Languages as data: who reads what beside their own, what languages call themselves."""

import pytest

from members.languages import (
    CURATED_LANGUAGES,
    INTERFACE_LANGUAGES,
    autonym,
    chain,
    direction,
    is_language,
    known_languages,
    languages_of,
)
from members.models import Member
from members.queries import closest_interface_language, interface_language_of, reading_chain

CHAINS = [
    (["kl"], ("kl", "da")),
    (["da-DK", "en-US"], ("da-dk", "da", "en-us", "en")),
    (["pt-PT"], ("pt-pt", "pt-br", "pt")),
    (["zh-CN"], ("zh-cn", "zh-hans", "zh")),
    (["zh-Hans-HK"], ("zh-hans-hk", "zh-hans", "zh")),
    (["zh-Hant-HK"], ("zh-hant-hk", "zh-hant")),
    (["zh-TW"], ("zh-tw", "zh-hant")),
    (["wo", "fr", "wo"], ("wo", "fr")),
    (["sw"], ("sw",)),
    (["a-" * 18 + "b", "sw"], ("sw",)),
    ([], ()),
]


@pytest.mark.parametrize(("preferred", "expected"), CHAINS)
def test_a_reader_is_offered_their_languages_and_the_ones_they_surely_read(preferred, expected):
    assert chain(preferred) == expected


def test_english_is_read_only_by_who_lists_it():
    listing = [code for code in known_languages() if "en" in chain([code])]
    assert listing == ["en"]


def test_who_reads_traditional_chinese_is_never_taken_to_read_simplified():
    traditional = ["zh-hant", "zh-hant-hk", "zh-hant-tw", "zh-tw", "zh-hk", "zh-mo"]
    assert {code for code in traditional if {"zh", "zh-hans"} & set(chain([code]))} == set()


@pytest.mark.parametrize(
    ("preferred", "expected"),
    [
        (["kl"], "da"),
        (["mg", "da"], "fr"),
        (["sw"], ""),
        (["sw", "arz"], "ar"),
        (["pt-br"], ""),
        (["en-GB"], "en"),
        ([""], ""),
    ],
)
def test_the_interface_comes_in_the_closest_language_offered(preferred, expected):
    assert closest_interface_language(preferred) == expected


@pytest.mark.parametrize(
    ("reads", "listed", "interface", "expected"),
    [
        (["kl"], ["fr"], "en", ("kl", "da", "en")),
        ([], ["fr"], "en", ("fr", "en")),
        ([], [], "da", ("da",)),
        (["sw", "en"], [], "en", ("sw", "en")),
    ],
)
def test_a_members_own_list_comes_before_the_browsers(reads, listed, interface, expected):
    assert reading_chain(Member(reads=reads), listed, interface) == expected


def test_only_a_language_that_is_offered_is_anyones_interface():
    assert interface_language_of(Member(interface_language="da")) == "da"
    assert interface_language_of(Member(interface_language="sw")) == ""
    assert interface_language_of(None) == ""


@pytest.mark.parametrize(
    ("code", "name", "written"),
    [
        ("ar", "العربية", "rtl"),
        ("ckb", "کوردیی ناوەندی", "rtl"),
        ("azb", "تۆرکجه", "rtl"),
        ("ur", "اردو", "rtl"),
        ("da", "dansk", "ltr"),
        ("zh-hant", "中文 (繁體)", "ltr"),
        ("dag", "Dagbanli", "ltr"),
        ("und", "und", "auto"),
        ("qqx", "qqx", "auto"),
    ],
)
def test_a_language_has_its_own_name_and_direction(code, name, written):
    assert (autonym(code), direction(code)) == (name, written)


def test_every_language_to_choose_has_a_name_of_its_own_and_a_direction():
    names = {code: autonym(code) for code in known_languages()}
    assert [code for code, name in names.items() if name in ("", code)] == []
    assert {direction(code) for code in names} == {"ltr", "rtl"}
    assert list(names) == sorted(names)


@pytest.mark.parametrize("code", ["", "und", "root", "xx", "zh-tw", "en-xa", "da "])
def test_what_nobody_writes_in_is_no_language_to_choose(code):
    assert not is_language(code)


def test_what_the_site_is_offered_in_can_be_chosen():
    assert [
        code for code in (*INTERFACE_LANGUAGES, *CURATED_LANGUAGES) if not is_language(code)
    ] == []


@pytest.mark.parametrize(
    ("country", "first"), [("GL", ("kl", "da")), ("BD", ("bn",)), ("XX", ()), ("", ())]
)
def test_a_countrys_languages_come_most_spoken_first(country, first):
    assert languages_of(country)[: len(first) or 1] == first
