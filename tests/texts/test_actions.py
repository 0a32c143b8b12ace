"""Writing, editing, freezing and translating a text."""

from datetime import timedelta

import pytest

from members.actions import UnknownLanguage
from tests.factories import NOON, make_member
from tests.texts.makers import make_text, translate
from texts.actions import (
    EmptyTranslation,
    IsTheSource,
    TextFrozen,
    UnknownRevision,
    edit_text,
    freeze_text,
    thaw_text,
    write_text,
)
from texts.models import SourceText, TextRendering
from texts.queries import written

LATER = NOON + timedelta(hours=1)
PARTS = ("title", "summary", "body")


def told(text, language):
    rendering = TextRendering.objects.get(text=text, language=language)
    return {name: getattr(rendering, name) for name in PARTS}


def edit(text, **changed):
    """Edit the source, leaving as it is what is not named."""
    language = changed.pop("language", text.language)
    return edit_text(
        text=text, language=language, now=LATER, **(told(text, text.language) | changed)
    )


def test_a_text_begins_with_its_source_as_the_first_revision(db):
    text = make_text("da", title="Brønd", summary="Kort", body="Langt")
    source = TextRendering.objects.get()
    assert (text.language, text.revision, text.frozen_at) == ("da", 1, None)
    assert (source.language, source.revision, source.translator) == ("da", 1, None)
    assert (source.title, source.summary, source.body) == ("Brønd", "Kort", "Langt")
    assert source.written_at == NOON


def test_what_is_edited_is_a_new_revision_and_what_is_not_is_none(db):
    text = make_text()
    assert edit(text).revision == 1
    assert TextRendering.objects.get().written_at == NOON
    for number, part in enumerate(PARTS, start=2):
        text = edit(text, **{part: f"ny {part}"})
        assert text.revision == number
        source = TextRendering.objects.get()
        assert getattr(source, part) == f"ny {part}"
        assert (source.revision, source.written_at) == (number, LATER)


def test_a_translation_is_of_an_older_version_once_the_source_was_edited(ada):
    text = make_text()
    translate(text, "en", ada)
    assert not written(text, ("en",)).is_outdated
    text = edit(text, title="Dybere brønd")
    assert written(text, ("en",)).is_outdated
    assert not written(text, ("da",)).is_outdated
    translate(text, "en", ada, title="Deeper well")
    assert written(text, ("en",)).title == "Deeper well"
    assert not written(text, ("en",)).is_outdated


def test_a_translation_of_what_was_there_before_the_edit_says_so(ada):
    text = edit(make_text(), title="Dybere brønd")
    translate(text, "en", ada, revision=1)
    assert written(text, ("en",)).is_outdated


@pytest.mark.parametrize("revision", [-1, 0, 2])
def test_nobody_translates_a_revision_that_never_was(ada, revision):
    text = make_text()
    with pytest.raises(UnknownRevision):
        translate(text, "en", ada, revision=revision)
    assert TextRendering.objects.count() == 1


def test_the_wrong_language_is_put_right_and_a_translation_into_it_gives_way(ada):
    text = make_text("da")
    translate(text, "no", ada)
    translate(text, "en", ada)
    text = edit(text, language="no", title="Brønn")
    assert (text.language, text.revision) == ("no", 2)
    assert set(text.renderings.values_list("language", "revision")) == {("no", 2), ("en", 1)}
    found = written(text, ("no",))
    assert (found.title, found.is_translation, found.translator) == ("Brønn", False, "")
    assert written(text, ("en",)).is_outdated


def test_a_frozen_text_is_translated_but_not_edited_until_it_is_thawed(ada):
    text = freeze_text(text=make_text(), now=NOON)
    assert text.frozen_at == NOON
    assert freeze_text(text=text, now=LATER).frozen_at == NOON
    for changed in ({"title": "Andet"}, {"language": "no"}, {}):
        with pytest.raises(TextFrozen):
            edit(text, **changed)
    translate(text, "en", ada)
    assert written(text, ("en",)).title == "Title in en"
    assert written(text, ("da",)).title == "Brønd"
    text = edit(thaw_text(text=text), title="Andet")
    assert (text.frozen_at, text.revision) == (None, 2)
    assert written(text, ("da",)).title == "Andet"


def test_nobody_translates_a_text_into_its_own_language(ada):
    text = make_text("da")
    with pytest.raises(IsTheSource):
        translate(text, "da", ada)
    assert told(text, "da")["title"] == "Brønd"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("left_out", ["", " \n\t"])
def test_a_translation_leaves_out_no_part_of_the_source(ada, part, left_out):
    text = make_text()
    with pytest.raises(EmptyTranslation):
        translate(text, "en", ada, **{part: left_out})
    assert TextRendering.objects.count() == 1


def test_a_translation_needs_a_title_and_no_part_that_the_source_lacks(ada):
    text = make_text(title="", summary="", body="Kun tekst")
    with pytest.raises(EmptyTranslation):
        translate(text, "en", ada, title="")
    made = translate(text, "en", ada, title=" Text ", summary="")
    assert (made.title, made.summary, made.translator) == ("Text", "", ada)


def test_a_second_translation_takes_the_place_of_the_first_and_names_who_made_it(ada):
    text = make_text()
    translate(text, "en", ada)
    translate(text, "en", make_member("Bo"), title="Better")
    found = written(text, ("en",))
    assert (found.title, found.translator) == ("Better", "Bo")
    assert text.renderings.count() == 2


@pytest.mark.parametrize("language", ["", "xx", "und", "english", "DA"])
def test_a_language_that_nobody_knows_is_refused_everywhere(ada, language):
    text = make_text()
    for deed in (
        lambda: write_text(language=language, title="", summary="", body="", now=NOON),
        lambda: edit(text, language=language),
        lambda: translate(text, language, ada),
    ):
        with pytest.raises(UnknownLanguage):
            deed()
    assert SourceText.objects.get().language == "da"
    assert TextRendering.objects.count() == 1
