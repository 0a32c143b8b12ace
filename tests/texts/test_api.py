"""Texts as programs get them."""

from types import SimpleNamespace

from tests.factories import make_hub
from tests.texts.makers import make_text, translate
from texts.api import WrittenField, told


class Reader(WrittenField):
    """The field, in the hands of a reader of these languages."""

    def __init__(self, *chain: str) -> None:
        super().__init__()
        self._context = {"request": SimpleNamespace(reading_chain=chain)}


def test_a_text_is_told_with_its_language_its_direction_and_where_it_comes_from(ada):
    text = make_text("ar", title="بئر", summary="بئر للقرية", body="نحفر")
    assert Reader("en").to_representation(text) == {
        "title": "بئر",
        "summary": "بئر للقرية",
        "body": "نحفر",
        "lang": "ar",
        "dir": "rtl",
        "source_lang": "ar",
        "is_translation": False,
        "is_outdated": False,
    }
    translate(text, "en", ada, revision=1)
    found = Reader("en").to_representation(text)
    assert (found["title"], found["lang"], found["dir"]) == ("Title in en", "en", "ltr")
    assert (found["source_lang"], found["is_translation"]) == ("ar", True)


def test_curated_text_is_told_in_the_reader_s_language(db):
    hub = make_hub(name_en="West", name_ar="الغرب")
    assert told(hub, "name", ("ar",)) == {"text": "الغرب", "lang": "ar", "dir": "rtl"}
    assert told(hub, "name", ("sw",)) == {"text": "West", "lang": "en", "dir": "ltr"}
    assert told(hub, "about", ("ar",)) == {"text": "", "lang": "en", "dir": "ltr"}
