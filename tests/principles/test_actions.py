"""Loading a version of the principles, and founding the movement on the first."""

import json
from typing import Any

import pytest
from modeltranslation.utils import build_localized_fieldname

from audit.models import OPERATOR, TrailEntry
from members.languages import CURATED_LANGUAGES
from principles.actions import (
    AlreadyFounded,
    BadPreset,
    LacksDimension,
    NotADraft,
    WeightsNotHundred,
    adopt_framework,
    load_framework,
    read_preset,
)
from principles.models import Criterion, Dimension, FrameworkVersion, Principle
from principles.queries import active_framework, criteria_for_recipients
from tests.factories import NOON
from tests.principles.makers import changed, found, found_twelve, make_draft, make_preset
from texts.queries import localized

SHIPPED = ("en", "es", "fr", "ar", "da", "sw")
TEXTS: dict[type[Any], tuple[str, ...]] = {
    FrameworkVersion: ("title", "about"),
    Principle: ("title", "text"),
    Criterion: ("question", "level_1", "level_2", "level_3", "level_4"),
}

# What is shipped


@pytest.fixture
def twelve(db) -> FrameworkVersion:
    return found_twelve()


def test_the_shipped_principles_are_twelve_with_fourteen_criteria(twelve):
    assert (twelve.number, twelve.status, twelve.active_at) == (1, "ACTIVE", NOON)
    assert twelve.principles.count() == 12
    assert twelve.criteria.count() == 14
    assert set(twelve.criteria.values_list("dimension", flat=True)) == set(Dimension.values)
    assert not twelve.principles.filter(criteria__isnull=True).exists()
    assert [row.position for row in twelve.principles.order_by("position")] == list(range(1, 13))


def test_what_the_shipped_principles_ask_of_recipients_weighs_a_hundred(twelve):
    asked = criteria_for_recipients(twelve)
    assert sum(criterion.weight for criterion in asked) == 100
    assert {criterion.applies_to for criterion in asked} == {"RECIPIENT", "BOTH"}


@pytest.mark.parametrize("language", CURATED_LANGUAGES)
def test_the_shipped_principles_are_whole_in_six_languages_and_absent_in_the_others(
    twelve, language
):
    columns = [
        getattr(row, build_localized_fieldname(field, language)) or ""
        for model, fields in TEXTS.items()
        for row in model.objects.all()
        for field in fields
    ]
    assert len(columns) == 2 + 12 * 2 + 14 * 5
    assert {bool(text) for text in columns} == {language in SHIPPED}
    assert all(text == text.strip() for text in columns)


def test_no_shipped_text_is_a_copy_of_the_english_one(twelve):
    copied = [
        (row, field, language)
        for model, fields in TEXTS.items()
        for row in model.objects.all()
        for field in fields
        for language in SHIPPED[1:]
        if localized(row, field, (language,)).text == localized(row, field, ("en",)).text
    ]
    assert copied == []


# Loading


def test_a_preset_becomes_a_draft_with_everything_it_holds(db):
    draft = make_draft()
    assert (draft.number, draft.status, draft.active_at) == (1, "DRAFT", None)
    assert localized(draft, "title", ("en",)).text == "Principles"
    equity, access = draft.principles.order_by("position")
    assert [(row.position, row.code) for row in (equity, access)] == [(1, "equity"), (2, "access")]
    assert localized(equity, "text", ("ar",)) == ("نص Text of equity", "ar")
    first = equity.criteria.get(code="c1")
    assert (first.position, first.weight, first.dimension) == (1, 50, "OPPORTUNITY")
    assert (first.applies_to, first.is_floor) == ("RECIPIENT", True)
    assert localized(first, "question", ("ar",)).text == "نص Question 1?"
    levels = [localized(first, f"level_{level}", ("en",)).text for level in (1, 2, 3, 4)]
    assert levels == [f"Level {level} of 1" for level in (1, 2, 3, 4)]
    assert not equity.criteria.get(code="c2").is_floor
    assert active_framework().first() is None


def test_a_preset_may_be_written_in_another_language_first(db):
    preset = json.loads(json.dumps(make_preset()).replace('"en"', '"sw"'))
    draft = make_draft(preset)
    assert draft.source_language == "sw"
    assert {row.source_language for row in draft.criteria.all()} == {"sw"}
    assert localized(draft, "title", ("en", "fr")).language == "sw"


def test_the_next_version_has_the_next_number(db):
    assert [make_draft().number for _time in range(3)] == [1, 2, 3]


def test_loading_and_adopting_leave_a_trace_without_words(db):
    version = found()
    loaded, adopted = TrailEntry.objects.about(version).order_by("pk")
    assert (loaded.verb, loaded.role, loaded.after["number"]) == ("load_framework", "OPERATOR", 1)
    assert (loaded.after["preset"], len(loaded.after["sha256"])) == ("small", 64)
    assert (adopted.verb, adopted.before) == ("adopt_framework", {"status": "DRAFT"})
    assert adopted.after == {"status": "ACTIVE", "number": 1}


BAD = {
    "format": "framework/2",
    "code": "Not A Code",
    "source_language": "de",
    "title": {"da": "no English"},
    "title.en": " ",
    "title.de": "Grundsätze",
    "title.ar": None,
    "about.en": "x\0y",
    "about": "only a text",
    "more": "than we know",
    "principles": [],
    "principles.0": "equity",
    "principles.0.text": ...,
    "principles.0.title.en": "x" * 121,
    "principles.0.code": "a" * 41,
    "principles.1.code": "equity",
    "criteria": {},
    "criteria.0.code": "c2",
    "criteria.0.principle": "nowhere",
    "criteria.0.weight": 0,
    "criteria.1.weight": 101,
    "criteria.2.weight": True,
    "criteria.0.dimension": "CHARITY",
    "criteria.0.applies_to": "recipient",
    "criteria.0.is_floor": "yes",
    "criteria.0.question.en": "x" * 301,
    "criteria.0.levels": [{"en": "one"}],
    "criteria.0.levels.3.en": "",
    "criteria.0.levels.3": {"ar": "نص"},
}
REASONS = {
    "more": "the preset: more is unknown",
    "title": "title: a text for each language, en among them",
    "principles.0.text": "principles[0]: text is missing",
    "principles.0.title.en": "principles[0].title.en: 120 characters at most, not 121",
    "principles.1.code": "principles[1].code: equity is there twice",
    "criteria.0.principle": "criteria[0].principle: no principle has this code",
    "criteria.2.weight": "criteria[2].weight: a whole number from 1 to 100",
    "criteria.0.levels": "criteria[0].levels: 4 of them, the lowest first",
    "criteria.0.levels.3.en": "criteria[0].levels[3].en: a text with something in it",
}


@pytest.mark.parametrize("path", BAD)
def test_a_preset_with_a_fault_is_refused_whole_and_the_place_is_named(db, path):
    with pytest.raises(BadPreset) as refusal:
        make_draft(changed(make_preset(), path, BAD[path]))
    reason = str(refusal.value)
    assert REASONS.get(path, reason) == reason
    assert reason.startswith(path.split(".")[0]) or path == "more"
    assert not FrameworkVersion.objects.exists()
    assert not TrailEntry.objects.exists()


@pytest.mark.parametrize("content", ["", "{", "[1]", '"text"', "null", "{}"])
def test_a_file_that_is_no_preset_is_refused(db, tmp_path, content):
    path = tmp_path / "preset.json"
    path.write_text(content)
    with pytest.raises(BadPreset):
        load_framework(preset=read_preset(path), loader=OPERATOR, now=NOON)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(BadPreset, match=r"nothing\.json cannot be read"):
        read_preset(tmp_path / "nothing.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadPreset, match=r"binary\.json cannot be read"):
        read_preset(tmp_path / "binary.json")


# Founding


def test_the_founding_happens_once(db):
    first = found()
    second = make_draft()
    for version in (first, second):
        with pytest.raises(AlreadyFounded):
            adopt_framework(framework=version, adopter=OPERATOR, now=NOON)
    assert active_framework().first() == first
    second.refresh_from_db()
    assert second.status == "DRAFT"


def test_whoever_was_founded_and_retired_is_not_founded_again(db):
    first, second = found(), make_draft()
    FrameworkVersion.objects.filter(pk=first.pk).update(status="RETIRED")
    with pytest.raises(AlreadyFounded):
        adopt_framework(framework=second, adopter=OPERATOR, now=NOON)
    assert active_framework().first() is None


def test_a_version_that_is_being_discussed_is_not_founded(db):
    draft = make_draft()
    FrameworkVersion.objects.filter(pk=draft.pk).update(status="CONSULTATION")
    with pytest.raises(NotADraft):
        adopt_framework(framework=draft, adopter=OPERATOR, now=NOON)


@pytest.mark.parametrize(
    ("dimensions", "missing"),
    [
        (("POWER", "POWER", "POWER"), ["OPPORTUNITY", "OUTCOME"]),
        (("OPPORTUNITY", "POWER", "POWER"), ["OUTCOME"]),
        (("OPPORTUNITY", "OUTCOME", "OUTCOME"), ["POWER"]),
    ],
)
def test_a_version_without_a_dimension_of_equity_stays_a_draft(db, dimensions, missing):
    with pytest.raises(LacksDimension) as refusal:
        found(make_preset(dimensions=dimensions))
    assert refusal.value.missing == missing
    assert active_framework().first() is None


@pytest.mark.parametrize("weights", [(50, 30, 19), (50, 30, 21), (1, 1, 1), (100, 100, 100)])
def test_what_is_asked_of_recipients_weighs_a_hundred_together(db, weights):
    with pytest.raises(WeightsNotHundred) as refusal:
        found(make_preset(weights))
    assert refusal.value.total == sum(weights)
    assert active_framework().first() is None


def test_what_is_asked_of_allocators_alone_does_not_count_and_what_is_asked_of_both_does(db):
    preset = changed(make_preset((60, 40, 7)), "criteria.1.applies_to", "BOTH")
    with pytest.raises(WeightsNotHundred):
        found(preset)
    version = found(changed(preset, "criteria.2.applies_to", "ALLOCATOR"))
    assert [row.code for row in criteria_for_recipients(version)] == ["c1", "c2"]
