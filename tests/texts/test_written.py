"""A text on a page: its language and direction, where it comes from, and nothing it could run."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from tests.factories import NOON
from tests.hubs.reading import words
from tests.texts.makers import HOSTILE, make_text, translate
from texts.actions import edit_text
from texts.templatetags.written import paragraphs


def shown(source, text, reads=("en",), address="/", page_language="en"):
    """A piece of a template, as a reader of these languages sees it."""
    request: Any = RequestFactory().get(address)
    request.reading_chain = reads
    context = Context({"request": request, "text": text, "LANGUAGE_CODE": page_language})
    with translation.override(page_language):
        rendered = Template("{% load written %}{% written text as w %}" + source).render(context)
    return BeautifulSoup(rendered, "html.parser")


BADGE = '{% written_badge w "/t/1/" %}'


def test_an_original_in_the_language_of_the_page_needs_no_badge(db):
    assert words(shown(BADGE, make_text("en"))) == ""


def test_an_original_in_another_language_says_which(db):
    badge = shown(BADGE, make_text("da"))
    assert words(badge) == "Original: dansk"
    assert badge.select_one("span[lang=da][dir=ltr]").get_text() == "dansk"


def test_a_translation_says_from_what_and_by_whom_and_leads_to_the_original(ada):
    text = make_text("ar")
    translate(text, "en", ada)
    badge = shown(BADGE, text)
    assert words(badge) == "Translation from العربية by Ada . Read the original"
    assert badge.select_one("span[lang=ar][dir=rtl]").get_text() == "العربية"
    assert badge.select_one("a")["href"] == "/t/1/?in=ar"
    assert not shown("{% written_badge w %}", text).select("a")


def test_a_translation_of_an_older_version_says_so(ada):
    text = make_text("da")
    translate(text, "en", ada)
    text = edit_text(text=text, language="da", title="Ny", summary="", body="", now=NOON)
    assert "by Ada , of an older version." in words(shown(BADGE, text))
    ada.delete()
    assert "Translation from dansk , of an older version." in words(shown(BADGE, text))


def test_nobody_is_named_where_nobody_gave_a_name(ada):
    text = make_text("da")
    translate(text, "en", ada)
    ada.delete()
    assert words(shown(BADGE, text)) == "Translation from dansk . Read the original"


def test_the_page_shows_the_language_that_its_address_asks_for_where_there_is_one(ada):
    text = make_text("da")
    translate(text, "en", ada)
    for address, expected in (("/", "en"), ("/?in=da", "da"), ("/?in=sw", "en"), ("/?in=", "en")):
        assert words(shown("{{ w.language }}", text, address=address)) == expected


def test_a_text_links_to_the_languages_it_exists_in(ada):
    text = make_text("da")
    bar = '{% written_languages text w "/t/1/" %}'
    assert words(shown(bar, text)) == ""
    translate(text, "ar", ada)
    found = shown(bar, text, reads=("ar",))
    assert [link["href"] for link in found.select("a")] == ["/t/1/?in=da"]
    assert words(found.select_one("[aria-current]")) == "العربية"


@pytest.mark.parametrize(("language", "side"), [("ar", "rtl"), ("ur", "rtl"), ("da", "ltr")])
def test_a_body_carries_its_language_and_direction(db, language, side):
    body = shown("{% written_body w %}", make_text(language, body="a\n\nb"), reads=())
    assert body.div["lang"] == language
    assert body.div["dir"] == side
    assert [words(part) for part in body.select("p")] == ["a", "b"]


def test_whatever_looks_like_markup_is_shown_as_it_was_typed(ada):
    text = make_text("da", title=HOSTILE, summary=HOSTILE, body=HOSTILE)
    translate(text, "sw", ada)
    page = shown(
        "{% foreign w.title w.language %}{% foreign w.summary w.language %}{% written_body w %}"
        + BADGE,
        text,
    )
    assert not page.select("script, b")
    assert page.get_text().count('<script>alert("x")</script>') == 3


def test_a_translator_s_name_is_no_markup_either(ada):
    ada.name = "<script>x</script>"
    ada.save()
    text = make_text("da")
    translate(text, "en", ada)
    badge = shown(BADGE, text)
    assert not badge.select("script")
    assert "by <script>x</script>" in words(badge)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ""),
        ("  \n\n ", ""),
        ("a", "<p>a</p>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("a\r\nb\r\n\r\nc", "<p>a<br>b</p>\n<p>c</p>"),
        ("a\n \n\n\nb\n", "<p>a</p>\n<p>b</p>"),
        ("a & <b>", "<p>a &amp; &lt;b&gt;</p>"),
    ],
)
def test_paragraphs_begin_after_a_blank_line(typed, expected):
    assert paragraphs(typed) == expected


def test_paragraphs_trust_nothing_that_calls_itself_safe():
    rendered = Template("{% load written %}{{ text|safe|paragraphs }}").render(
        Context({"text": "<b>"})
    )
    assert rendered == "<p>&lt;b&gt;</p>"
