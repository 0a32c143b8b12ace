"""Makes the invented movement, once; a second call finds it and changes nothing."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import models, transaction
from modeltranslation.utils import build_localized_fieldname

from audit.models import OPERATOR
from hubs.actions import found_centre, give_term
from hubs.models import TIMETABLE_FIELDS, Body, Cycle, Hub, HubCountry, Round, RoundLevel, Seat
from members.actions import choose_languages, register_member
from members.languages import INTERFACE_LANGUAGES
from members.models import Member
from pages.demo.election import election_file
from pages.demo.hubs import CENTRE_BODIES, COMMITTEE, COUNTRIES, KINDS, NAMES
from pages.demo.people import PEOPLE, Person
from voting.actions import import_election
from voting.forms import read_election

Say = Callable[[str], None]
TERM = timedelta(days=2 * 365)
SPACING = timedelta(days=30)


@transaction.atomic
def seed(*, now: datetime, say: Say) -> bool:
    """Everything or nothing; returns whether there was anything to do."""
    if Hub.objects.exists():
        return False
    say("eight regional and three thematic hubs")
    hubs = {slug: _hub(slug) for slug in KINDS}
    say(f"{len(PEOPLE)} people and their seats")
    members = {person.name: _member(person, now) for person in PEOPLE}
    _seats(hubs, members, now)
    say("two rounds, and an invented election for a worker to count")
    rounds = _rounds(hubs, now)
    past = rounds["lac"]
    last_day = (past.counting_at - timedelta(days=1)).date()
    import_election(
        round=past,
        file=read_election(election_file(past.voting_at.date(), last_day)),
        ranking_points="from-one",
        importer=OPERATOR,
        now=now,
    )
    return True


def _worded(thing: models.Model, field: str, texts: Mapping[str, str]) -> None:
    for language, text in texts.items():
        setattr(thing, build_localized_fieldname(field, language), text)


def _hub(slug: str) -> Hub:
    hub = Hub(slug=slug, kind=KINDS[slug])
    _worded(hub, "name", NAMES[slug])
    hub.save()
    HubCountry.objects.bulk_create(
        HubCountry(hub=hub, country=code) for code in COUNTRIES.get(slug, "").split()
    )
    return hub


def _member(person: Person, now: datetime) -> Member:
    member = Member.objects.create_user(person.email)
    EmailAddress.objects.create(user=member, email=person.email, verified=True, primary=True)
    offered = [code for code in person.languages if code in INTERFACE_LANGUAGES]
    language = offered[0] if offered else "en"
    register_member(
        member=member,
        name=person.name,
        home_country=person.country,
        interface_language=language,
        now=now,
    )
    return choose_languages(
        member=member,
        interface_language=language,
        reads=person.languages,
        writes=person.languages[0],
    )


def _seats(hubs: Mapping[str, Hub], members: Mapping[str, Member], now: datetime) -> None:
    bodies: dict[tuple[str | None, str], Body] = {
        (slug, "committee"): _body(hub, "committee", COMMITTEE) for slug, hub in hubs.items()
    }
    for slug, texts in CENTRE_BODIES.items():
        bodies[(None, slug)] = _body(None, slug, texts)
    found_centre(secretary=members["Tomoko"], ends_at=now + TERM, now=now)
    for hub in hubs.values():
        for function in ("CHAIR", "FACILITATOR", "TREASURER", "RETURNING_OFFICER"):
            Seat.objects.create(body=bodies[(hub.slug, "committee")], function=function)
    for person in PEOPLE:
        for hub_slug, body_slug, function in person.seats:
            seat, _made = Seat.objects.get_or_create(
                body=bodies[(hub_slug, body_slug)], function=function
            )
            if members[person.name] != members["Tomoko"]:
                give_term(
                    seat=seat,
                    member=members[person.name],
                    starts_at=now,
                    ends_at=now + TERM,
                    giver=members["Tomoko"],
                    now=now,
                )


def _body(hub: Hub | None, slug: str, texts: Mapping[str, str]) -> Body:
    body = Body(hub=hub, slug=slug)
    _worded(body, "name", texts)
    body.save()
    return body


def _rounds(hubs: Mapping[str, Hub], now: datetime) -> dict[str, Round]:
    """Last year's round of Latin America, in delivery; this year's of Western Europe, being written for."""
    starts = {"lac": now - 12 * SPACING, "nwe": now - SPACING / 3}
    found = {}
    for slug, start in starts.items():
        year = start.year
        cycle, _made = Cycle.objects.get_or_create(
            slug=str(year),
            defaults={
                "name_en": str(year),
                "starts_on": date(year, 1, 1),
                "ends_on": date(year, 12, 31),
            },
        )
        midnight = datetime.combine(start.date(), datetime.min.time(), tzinfo=UTC)
        moments = {
            name: midnight + number * SPACING for number, name in enumerate(TIMETABLE_FIELDS)
        }
        round_ = Round(hub=hubs[slug], cycle=cycle, level=RoundLevel.REGIONAL, **moments)
        _worded(
            round_,
            "title",
            {language: f"{NAMES[slug][language]} {year}" for language in NAMES[slug]},
        )
        round_.save()
        found[slug] = round_
    return found
