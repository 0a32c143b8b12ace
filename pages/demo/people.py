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


PEOPLE = (
    Person("Amina", ("sw", "en"), "KE", _("member in Sub-Saharan Africa")),
    Person("Lars", ("da",), "DK", _("member in Northern and Western Europe")),
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
        "Beatriz",
        ("es", "en"),
        "CO",
        _("returning officer in Latin America and the Caribbean"),
        (("lac", "committee", SeatFunction.RETURNING_OFFICER),),
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
    Person(
        "Tomoko",
        ("en",),
        "JP",
        _("secretary of seats at the centre"),
        ((None, "secretariat", SeatFunction.SECRETARY),),
    ),
)


def person(email: str) -> Person | None:
    return next((one for one in PEOPLE if one.email == email), None)
