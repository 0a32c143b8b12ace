"""What the database refuses, whoever asks."""

import pytest
from django.apps import apps
from django.db import connection

from tests.factories import NOON
from tests.hubs.refusals import guards_of, refused
from tests.texts.makers import make_text, translate
from texts.actions import freeze_text
from texts.models import SourceText, TextRendering


def in_danish_again(text, ada):
    told = {"text": text, "revision": 1, "written_at": NOON}
    return lambda: TextRendering.objects.create(language="da", **told)


def frozen(text):
    return freeze_text(text=text, now=NOON)


# name of the guard: what breaks the rule, given a Danish text and Ada
ATTEMPTS = {
    "texts_source_names_a_language": lambda text, ada: (
        lambda: SourceText.objects.filter(pk=text.pk).update(language="")
    ),
    "texts_source_counts_from_one": lambda text, ada: (
        lambda: SourceText.objects.filter(pk=text.pk).update(revision=0)
    ),
    "SourceText.stays_while_frozen": lambda text, ada: (
        lambda: SourceText.objects.filter(pk=frozen(text).pk).update(language="en")
    ),
    "texts_one_per_language": in_danish_again,
    "texts_rendering_names_a_language": lambda text, ada: (
        lambda: TextRendering.objects.filter(text=text).update(language="")
    ),
    "texts_rendering_summary_short_enough": lambda text, ada: (
        lambda: TextRendering.objects.filter(text=text).update(summary="x" * 2_001)
    ),
    "texts_rendering_body_short_enough": lambda text, ada: (
        lambda: TextRendering.objects.filter(text=text).update(body="x" * 40_001)
    ),
    "TextRendering.source_until_frozen": lambda text, ada: (
        lambda: frozen(text).renderings.update(title="Noget andet")
    ),
}
# where PostgreSQL's sentence does not hold the name of the guard
SENTENCES = {
    "SourceText.stays_while_frozen": "a frozen text keeps its language and its revision",
    "TextRendering.source_until_frozen": "the source is frozen",
}


@pytest.mark.parametrize("guard", ATTEMPTS)
def test_the_guard_holds(guard, ada):
    break_it = ATTEMPTS[guard](make_text("da"), ada)
    with refused(SENTENCES.get(guard, guard)):
        break_it()


def test_no_guard_is_without_someone_who_tries_to_break_it():
    assert set(ATTEMPTS) == guards_of(*apps.get_app_config("texts").get_models())


@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE texts_textrendering SET title = 'x' WHERE language = 'da'",
        "UPDATE texts_textrendering SET language = 'no' WHERE language = 'da'",
        "DELETE FROM texts_textrendering WHERE language = 'da'",
        "UPDATE texts_sourcetext SET revision = revision + 1",
        "UPDATE texts_sourcetext SET language = 'en', frozen_at = NULL",
    ],
)
def test_a_frozen_source_is_refused_in_plain_sql_too(ada, sentence):
    text = make_text("da")
    translate(text, "en", ada)
    frozen(text)
    with refused("frozen"), connection.cursor() as cursor:
        cursor.execute(sentence)


def test_the_translations_of_a_frozen_text_may_change_and_go(ada):
    text = frozen(make_text("da"))
    translate(text, "en", ada)
    english = text.renderings.filter(language="en")
    assert english.update(title="Other") == 1
    assert english.delete()[0] == 1
    assert text.renderings.get().language == "da"


def test_a_text_with_its_words_can_be_deleted_until_it_is_frozen(ada):
    text = make_text("da")
    translate(text, "en", ada)
    frozen_one = frozen(make_text("fr"))
    text.delete()
    with refused("the source is frozen"):
        frozen_one.delete()
    assert TextRendering.objects.get().language == "fr"
