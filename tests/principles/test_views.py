"""The pages of the principles, as readers of several languages see them."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from principles.actions import TWELVE, read_preset
from principles.models import FrameworkVersion
from tests.hubs.reading import browser, page, queries_of, words
from tests.principles.makers import (
    changed,
    found,
    found_twelve,
    in_force_after,
    make_draft,
    make_preset,
)

IN_FORCE = "/en/principles/"


@pytest.fixture
def twelve(db) -> FrameworkVersion:
    return found_twelve()


def test_before_the_founding_the_page_says_who_acts_next(client, db):
    make_draft()
    shown = page(client.get(IN_FORCE))
    assert words(shown.h1) == "Principles"
    assert "No principles are in force yet" in words(shown.main)
    assert shown.select('main a[href="/en/hubs/"]')


def test_the_page_shows_every_principle_with_its_criteria_and_their_levels(client, twelve):
    shown = page(client.get(IN_FORCE))
    assert words(shown.h1) == "Twelve principles for sharing resources fairly"
    assert "In force Version 1 · in force since June 1, 2026" in words(shown.main)
    sections = shown.select("section.principle")
    assert [section["id"] for section in sections][:2] == ["equity", "participation"]
    assert len(sections) == 12
    assert words(sections[0].h2) == "1 Equity first"
    assert "Every decision about resources should repair unfairness" in words(sections[0])
    criteria = shown.select("article.criterion")
    assert len(criteria) == 14
    reach = words(criteria[0])
    assert "Does the work remove barriers for people who have had less access" in reach
    assert "Opportunity" in reach
    assert "No hub may weaken it" in reach
    assert "Weight: 12 · Asked of those who receive" in reach
    assert [[item["value"] for item in article.select("ol li")] for article in criteria] == [
        ["1", "2", "3", "4"]
    ] * 14
    assert words(criteria[0].li).startswith("No group with less access is named")
    assert {words(chip) for chip in shown.select(".criterion .cdx-info-chip--progressive")} == {
        "Opportunity", "Power", "Outcome",
    }  # fmt: skip
    links = [link["href"] for link in shown.select("main nav a")]
    assert links == [f"#{section['id']}" for section in sections]


def test_the_page_says_how_principles_change_and_links_nowhere_else_for_it(client, twelve):
    (panel,) = page(client.get(IN_FORCE)).select(".panel--quiet")
    assert "A change comes by participation" in words(panel)
    assert panel.select("a") == []


def test_a_reader_of_arabic_reads_them_from_right_to_left(client, twelve):
    with override("ar"):
        address = reverse("principles:framework_in_force")
    shown = page(client.get(address))
    assert shown.select('html[lang="ar"][dir="rtl"]')
    assert words(shown.h1) == "اثنا عشر مبدأً لتوزيع الموارد بإنصاف"
    assert shown.select("section.principle [lang], article.criterion [lang]") == []


def test_a_text_in_another_language_than_the_page_carries_its_language_and_direction(
    client, twelve
):
    shown = page(client.get(IN_FORCE, headers={"accept-language": "ar"}))
    assert shown.select('html[lang="en"]')
    marked = shown.select('section.principle [lang="ar"][dir="rtl"]')
    assert len(marked) == 12 * 2 + 14 * 5
    swahili = page(client.get(IN_FORCE, headers={"accept-language": "sw"}))
    assert swahili.select('h1 > [lang="sw"][dir="ltr"]')


def test_a_reader_of_none_of_its_languages_gets_the_one_it_was_written_in(client, db):
    preset = make_preset()
    found(changed(preset, "source_language", "ar"))
    shown = page(client.get("/da/principles/", headers={"accept-language": "da"}))
    assert shown.select('h1 > [lang="ar"][dir="rtl"]')


def test_each_public_version_keeps_its_address_and_a_draft_has_none(client, twelve):
    draft = make_draft()
    assert client.get(f"{IN_FORCE}{draft.number}/").status_code == 404
    FrameworkVersion.objects.filter(pk=twelve.pk).update(status="RETIRED")
    in_force_after(draft)
    assert words(page(client.get(IN_FORCE)).h1) == "Principles"
    old = page(client.get(f"{IN_FORCE}1/"))
    assert words(old.h1) == "Twelve principles for sharing resources fairly"
    assert "Retired" in words(old.main)
    links = [link["href"] for link in old.select(".panel--quiet a")]
    assert links == [f"{IN_FORCE}2/"]


@pytest.mark.parametrize("number", ["0", "2", str(10**30), "one"])
def test_a_version_that_never_was_is_not_found(client, twelve, number):
    assert client.get(f"{IN_FORCE}{number}/").status_code == 404


def test_whatever_looks_like_markup_is_text(client, db):
    hostile = {"en": '<script>alert("x")</script>'}
    preset = changed(make_preset(), "principles.0.text", hostile)
    found(changed(preset, "criteria.0.levels.0", hostile))
    shown = page(client.get(IN_FORCE))
    assert shown.select("main script") == []
    assert words(shown.main).count('<script>alert("x")</script>') == 2


def test_everybody_may_read_them(request, twelve):
    for name in ("ada", "sec", "root"):
        response = browser(request.getfixturevalue(name)).get(IN_FORCE)
        assert response.status_code == 200


def test_twelve_principles_ask_no_more_of_the_database_than_two(client, db):
    small = found()
    few = queries_of(lambda: client.get(IN_FORCE))
    FrameworkVersion.objects.filter(pk=small.pk).update(status="RETIRED")
    in_force_after(make_draft(dict(read_preset(TWELVE))))
    response = client.get(IN_FORCE)
    assert len(page(response).select("article.criterion")) == 14
    assert queries_of(lambda: client.get(IN_FORCE)) == few <= 5
