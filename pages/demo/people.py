"""The cast of the demo: invented people, one click each on the sign-in page while DEMO is on."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubs.models import SeatFunction


class Person(NamedTuple):
    """Someone of the demo. ``seats``: hub (None: the centre), body, function."""

    name: str
    languages: tuple[str, ...]
    country: str
    who: Promise
    seats: tuple[tuple[str | None, str, SeatFunction], ...] = ()

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@demo.invalid"


# The nine of the tour.
STORY = (
    Person("Amina", ("sw", "en"), "KE", _("member in Sub-Saharan Africa, with a vote to cast")),
    Person(
        "Lars", ("da",), "DK", _("member in Northern and Western Europe, with a draft to finish")
    ),
    Person(
        "Rana",
        ("ar",),
        "EG",
        _("chair of the committee of the Middle East and North Africa"),
        (("mena", "committee", SeatFunction.CHAIR),),
    ),
    Person(
        "Jorge",
        ("es", "pt-br"),
        "MX",
        _("treasurer in Latin America and the Caribbean"),
        (("lac", "committee", SeatFunction.TREASURER),),
    ),
    Person(
        "Camille",
        ("fr",),
        "FR",
        _("facilitator in Northern and Western Europe"),
        (("nwe", "committee", SeatFunction.FACILITATOR),),
    ),
    Person(
        "Grace",
        ("en",),
        "GH",
        _("allocation officer at the centre"),
        ((None, "allocation", SeatFunction.ALLOCATION_OFFICER),),
    ),
    Person(
        "Samuel",
        ("en", "fr"),
        "CM",
        _("allocation approver at the centre"),
        ((None, "allocation", SeatFunction.ALLOCATION_APPROVER),),
    ),
    Person(
        "Nadia",
        ("bn", "en"),
        "BD",
        _("overseer at the centre"),
        ((None, "oversight", SeatFunction.OVERSEER),),
    ),
    Person(
        "Devi",
        ("hi", "en"),
        "IN",
        _("translator in South Asia"),
        (("sa", "committee", SeatFunction.TRANSLATOR),),
    ),
)


def _seated(name: str, languages: str, country: str, hub: str, function: SeatFunction) -> Person:
    whos = {
        SeatFunction.CHAIR: _("chair of a committee"),
        SeatFunction.COMMITTEE_MEMBER: _("member of a committee"),
        SeatFunction.FACILITATOR: _("facilitator of rounds"),
        SeatFunction.TREASURER: _("treasurer of a hub"),
        SeatFunction.RETURNING_OFFICER: _("returning officer of a hub"),
    }
    seat = (hub, "committee", function)
    return Person(name, tuple(languages.split()), country, whos[function], (seat,))


# Those who hold the other seats that the story needs.
OTHERS = (
    Person(
        "Tomoko",
        ("en",),
        "JP",
        _("secretary of seats at the centre"),
        ((None, "secretariat", SeatFunction.SECRETARY),),
    ),
    _seated("Wanjiru", "sw en", "KE", "ssa", SeatFunction.CHAIR),
    _seated("Ibrahim", "ha en", "NG", "ssa", SeatFunction.COMMITTEE_MEMBER),
    _seated("Mariam", "fr", "SN", "ssa", SeatFunction.FACILITATOR),
    _seated("Kwame", "en", "GH", "ssa", SeatFunction.TREASURER),
    _seated("Thandi", "en", "ZA", "ssa", SeatFunction.RETURNING_OFFICER),
    _seated("Lucia", "es", "AR", "lac", SeatFunction.CHAIR),
    _seated("Thiago", "pt-br es", "BR", "lac", SeatFunction.COMMITTEE_MEMBER),
    _seated("Rosa", "es", "PE", "lac", SeatFunction.FACILITATOR),
    _seated("Beatriz", "es en", "CO", "lac", SeatFunction.RETURNING_OFFICER),
    _seated("Youssef", "ar fr", "MA", "mena", SeatFunction.COMMITTEE_MEMBER),
    _seated("Shirin", "fa en", "IR", "mena", SeatFunction.COMMITTEE_MEMBER),
    _seated("Huda", "ar en", "JO", "mena", SeatFunction.FACILITATOR),
    _seated("Karim", "fr ar", "DZ", "mena", SeatFunction.TREASURER),
    _seated("Salma", "ar", "TN", "mena", SeatFunction.RETURNING_OFFICER),
    _seated("Ingrid", "de", "DE", "nwe", SeatFunction.CHAIR),
    _seated("Pieter", "nl en", "NL", "nwe", SeatFunction.COMMITTEE_MEMBER),
    _seated("Elin", "sv", "SE", "nwe", SeatFunction.TREASURER),
    _seated("Mads", "da en", "DK", "nwe", SeatFunction.RETURNING_OFFICER),
)
PEOPLE = STORY + OTHERS


def person(email: str) -> Person | None:
    return next((one for one in PEOPLE if one.email == email), None)


def holder(hub: str | None, function: SeatFunction, number: int = 0) -> Person:
    """Who of the cast holds a seat: the first such, or the one after ``number`` others."""
    held = [p for p in PEOPLE for h, _body, f in p.seats if (h, f) == (hub, function)]
    return held[number]
