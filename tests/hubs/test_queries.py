"""Curated text by the reader's languages, home hubs, who holds what."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from modeltranslation.utils import build_localized_fieldname

from hubs.models import Body, HubKind, Seat, SeatFunction
from hubs.queries import (
    bodies_with_seats,
    by_name,
    home_hub,
    hubs_listed,
    rounds_of,
    terms_of,
)
from members.languages import CURATED_LANGUAGES, Worded
from tests.factories import NOON, make_hub, make_member, make_round, make_seat, make_term
from texts.queries import localized

DAY = timedelta(days=1)


def named(source: str = "en", **names: str):
    """A hub with names in these languages only (``pt_br`` for pt-br)."""
    columns: dict[str, Any] = {
        build_localized_fieldname("name", code): None for code in CURATED_LANGUAGES
    }
    given = {
        build_localized_fieldname("name", code.replace("_", "-")): name
        for code, name in names.items()
    }
    return make_hub("hub", source_language=source, **(columns | given))


@pytest.mark.parametrize("language", CURATED_LANGUAGES)
def test_each_of_the_twelve_languages_has_a_column_of_its_own(db, language):
    hub = named(**{code.replace("-", "_"): f"in {code}" for code in CURATED_LANGUAGES})
    assert localized(hub, "name", (language,)) == Worded(f"in {language}", language)


@pytest.mark.parametrize("language", CURATED_LANGUAGES)
def test_a_text_that_exists_in_one_language_only_is_always_found(db, language):
    hub = named(**{language.replace("-", "_"): "alone"})
    for chain in ((), ("sw",), ("kl", "da"), ("en",)):
        assert localized(hub, "name", chain) == Worded("alone", language)


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        (("fr", "es"), "fr"),
        (("ru", "es", "fr"), "es"),  # Russian has no text: the next one the reader reads
        (("kl", "da"), "es"),  # neither has: the language it was written in, not English
        ((), "es"),
        (("kl", "en"), "en"),  # English where the reader asks for it
        (("xx", "", "fr"), "fr"),
    ],
)
def test_the_readers_chain_decides_then_the_source_and_never_english_by_itself(db, chain, expected):
    hub = named("es", en="in en", es="in es", fr="in fr")
    assert localized(hub, "name", chain) == Worded(f"in {expected}", expected)


def test_an_empty_column_counts_as_no_text(db):
    hub = named("es", es="", fr="", en="in en")
    assert localized(hub, "name", ("fr",)) == Worded("in en", "en")
    assert localized(hub, "about", ("fr",)) == Worded("", "es")


def test_hubs_are_sorted_by_the_name_the_reader_sees(db):
    for slug, names in {
        "a": {"name_en": "Zebra", "name_da": "Abe"},
        "b": {"name_en": "Apple", "name_da": "Østen"},
        "c": {"name_en": "mango", "name_da": ""},
        "d": {"name_en": "Apple", "name_da": ""},
    }.items():
        make_hub(slug, **names)
    hubs = list(hubs_listed().order_by("-slug"))
    assert [hub.slug for hub in by_name(hubs, ("en",))] == ["b", "d", "c", "a"]
    assert [hub.slug for hub in by_name(hubs, ("da", "en"))] == ["a", "d", "c", "b"]


def test_the_home_hub_is_that_of_the_home_country(west):
    make_hub("north", countries="NO")
    make_hub("theme", HubKind.THEMATIC)
    homes = {"DK": west, "FR": west, "KE": None, "": None}
    assert homes == {
        country: home_hub(make_member(f"In{country}", home_country=country)) for country in homes
    }


def test_a_member_sees_the_terms_that_run_or_will_soonest_end_first(west, ada):
    spans = {"CHAIR": (-9, 9), "MENTOR": (3, 5), "TREASURER": (-9, 0), "TRUSTEE": (4, 4)}
    for function, (start, end) in spans.items():
        make_term(ada, west, function, starts_at=NOON + start * DAY, ends_at=NOON + end * DAY)
    make_term(make_member("Bo"), west, SeatFunction.DEPUTY)
    assert [term.seat.function for term in terms_of(ada, NOON)] == ["MENTOR", "CHAIR"]


def holders(seat: Any) -> list[str]:
    return [str(term.member) for term in seat.open_terms]


def test_bodies_show_who_holds_each_seat_now_and_next(west, ada, sec):
    chair = make_term(ada, west, starts_at=NOON - DAY, ends_at=NOON + DAY).seat
    for name, start, end in (("Bo", 1, 3), ("Cy", 3, 3), ("Di", -8, -1)):
        make_term_on(chair, name, start, end)
    make_seat(west, SeatFunction.MENTOR, 2)
    make_seat(west, SeatFunction.MENTOR, 1)
    [body] = bodies_with_seats(west, NOON)
    shown = [(seat.function, seat.number, holders(seat)) for seat in body.seats.all()]
    assert shown == [("CHAIR", 1, ["Ada", "Bo"]), ("MENTOR", 1, []), ("MENTOR", 2, [])]
    assert [body.slug for body in bodies_with_seats(None, NOON)] == ["secretariat"]


def make_term_on(seat: Seat, name: str, start: int, end: int):
    return seat.terms.create(
        member=make_member(name),
        starts_at=NOON + start * DAY,
        ends_at=NOON + end * DAY,
        given_at=NOON,
    )


def test_bodies_are_read_with_the_same_queries_however_many_there_are(west):
    def read() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            found = [
                name
                for body in bodies_with_seats(west, NOON)
                for seat in body.seats.all()
                for name in holders(seat)
            ]
        return len(asked), len(found)

    make_term(make_member("Bo"), west)
    few = read()
    for number in range(5):
        body = Body.objects.create(hub=west, slug=f"body-{number}")
        for function in (SeatFunction.CHAIR, SeatFunction.MENTOR):
            seat = Seat.objects.create(body=body, function=function)
            make_term_on(seat, f"{function}{number}", -1, 1)
    assert (few, read()) == ((3, 1), (3, 11))


def test_rounds_of_a_hub_come_newest_first(west):
    late, early = make_round(west, now=NOON + DAY), make_round(west)
    make_round(make_hub("north"))
    assert list(rounds_of(west)) == [late, early]
