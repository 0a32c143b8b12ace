"""A text by the reader's languages: exactly, by parents, else as it was written."""

import pytest

from members.languages import chain
from members.models import Member
from tests.factories import make_member
from tests.hubs.reading import queries_of
from tests.texts.makers import make_text, translate
from texts.models import SourceText, TextRendering
from texts.queries import languages_of, renderings_prefetch, written


def read(source, others, reads):
    """The language a reader of these languages gets a text in that exists in those."""
    text, ada = make_text(source), make_member("Ada")
    for language in others:
        translate(text, language, ada)
    return written(text, chain(reads)).language


@pytest.mark.parametrize(
    ("source", "others", "reads", "expected"),
    [
        ("da", ["en", "fr"], ["fr"], "fr"),
        ("da", ["en", "fr"], ["fr", "en"], "fr"),
        ("da", ["en"], ["sw", "en"], "en"),
        ("da", ["en"], ["da", "en"], "da"),
        ("sw", ["da", "en"], ["kl"], "da"),
        ("sw", ["pt-br"], ["pt-pt"], "pt-br"),
        ("sw", ["es"], ["es-mx"], "es"),
        ("sw", ["zh-hans"], ["zh-hant"], "sw"),
        ("sw", ["en"], ["fr"], "sw"),
        ("sw", ["en"], [], "sw"),
        ("sw", ["en", "fr"], ["ar", "en"], "en"),
    ],
)
def test_a_reader_gets_the_first_of_their_languages_else_the_original_and_never_english_unasked(
    db, source, others, reads, expected
):
    assert read(source, others, reads) == expected


def test_a_rendering_without_a_title_is_passed_over(ada):
    text = make_text("sw")
    translate(text, "fr", ada)
    TextRendering.objects.filter(language="fr").update(title="")
    assert written(text, ("fr",)).language == "sw"
    assert languages_of(text) == ("sw",)


def test_what_is_read_says_what_it_is(ada):
    text = make_text("ar", title="بئر", summary="بئر للقرية", body="نحفر")
    translate(text, "en", ada, title="Well")
    found = written(text, ("en",))
    assert (found.title, found.summary, found.body) == ("Well", "Summary in en", "Body in en")
    assert (found.language, found.source_language) == ("en", "ar")
    assert (found.is_translation, found.is_outdated, found.translator) == (True, False, "Ada")
    original = written(text, ())
    assert (original.title, original.language, original.source_language) == ("بئر", "ar", "ar")
    assert (original.is_translation, original.is_outdated, original.translator) == (
        False,
        False,
        "",
    )


def test_a_translator_who_gave_no_name_or_left_is_not_named(ada):
    text = make_text()
    translate(text, "en", make_member("", email="secret.person@example.org"))
    assert written(text, ("en",)).translator == ""
    translate(text, "fr", ada)
    Member.objects.filter(pk=ada.pk).delete()
    found = written(text, ("fr",))
    assert (found.title, found.translator) == ("Title in fr", "")


def test_the_languages_of_a_text_begin_with_its_own(ada):
    text = make_text("sw")
    for language in ("fr", "ar", "en"):
        translate(text, language, ada)
    assert languages_of(text) == ("sw", "ar", "en", "fr")


def test_a_list_asks_the_database_as_often_for_thirty_texts_as_for_one(ada):
    def titles():
        texts = SourceText.objects.prefetch_related(renderings_prefetch(""))
        return [(written(text, ("en", "fr")), languages_of(text)) for text in texts]

    def add(number):
        text = make_text("da", title=f"Brønd {number}")
        for language in ("en", "sw"):
            translate(text, language, ada)

    add(0)
    one = queries_of(titles)
    for number in range(1, 30):
        add(number)
    assert len(titles()) == 30
    assert {found.translator for found, _languages in titles()} == {"Ada"}
    assert queries_of(titles) == one == 2


def test_one_text_alone_is_one_query(ada):
    text = make_text()
    translate(text, "en", ada)
    assert queries_of(lambda: written(text, ("en",))) == 1
