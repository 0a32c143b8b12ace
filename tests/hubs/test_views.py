"""The pages of hubs and seats: the right person only, nothing typed is lost, errors say what to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from hubs.models import Body, HubKind, Seat, SeatFunction, Term
from members.actions import write_message
from members.models import Message
from tests.factories import (
    NOON,
    make_hub,
    make_member,
    make_round,
    make_seat,
)
from tests.hubs.reading import (
    browser,
    cards,
    complaints,
    messages,
    offered,
    open_to,
    page,
    queries_of,
    rows,
    typed,
    words,
)

TERM = {"email": "ada@example.org", "starts_on": "2026-07-01", "ends_on": "2027-06-30"}
HELD = (
    "First day: Someone holds this seat for part of that time."
    " Choose other days, or end that term first."
)
OWN = (
    "E-mail address of the member: You cannot give a seat to yourself."
    " Ask another chair or the secretary."
)
NOBODY = (
    "E-mail address of the member: Nobody here has confirmed this address."
    " Ask the person to sign up and confirm it, then try again."
)
ELSEWHEN = "First day: A term begins today or later, within three years."
TOO_LONG = "Last day: A term lasts three years at most and ends after it starts."


@pytest.fixture
def people(ada, rui, fay, ona, sec, root):
    return {
        "ada": ada, "rui": rui, "fay": fay, "ona": ona, "sec": sec, "root": root,
        "visitor": AnonymousUser(),
    }  # fmt: skip


@pytest.fixture
def treasury(west) -> Seat:
    return make_seat(west, SeatFunction.TREASURER)


@pytest.fixture
def tea(treasury) -> Any:
    """Tea is the treasurer, today."""
    return treasury.terms.create(
        member=make_member("Tea"),
        starts_at=timezone.now() - timedelta(days=9),
        ends_at=timezone.now() + timedelta(days=9),
        given_at=timezone.now(),
    )


@pytest.fixture(autouse=True)
def a_day_in_june():
    with time_machine.travel(NOON, tick=False):
        yield


def test_a_seat_is_given_and_the_giver_told_so(client, ada, rui, treasury):
    client.force_login(rui)
    response = client.post(reverse("hubs:give_term", args=[treasury.pk]), TERM, follow=True)
    term = Term.objects.get(seat=treasury)
    assert term.member == ada
    assert term.starts_at == datetime(2026, 7, 1, tzinfo=UTC)
    assert term.ends_at == datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC)
    assert response.request["PATH_INFO"] == reverse("hubs:seat", args=[treasury.pk])
    assert messages(page(response)) == ["The seat is given, and the member is told by mail."]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "nobody@example.org"}, NOBODY),
        ({"email": "gone@example.org"}, NOBODY),
        ({"email": "RUI@example.org"}, OWN),
        ({"email": "not an address"}, "E-mail address of the member: Enter a valid email address."),
        ({"starts_on": "2028-01-01"}, TOO_LONG),
        ({"ends_on": "2029-07-04"}, TOO_LONG),
        ({"ends_on": "2026-12-31"}, HELD),
        ({"starts_on": "2026-05-01"}, ELSEWHEN),
        ({"ends_on": "someday"}, "Last day: Enter a valid date."),
        ({"starts_on": ""}, "First day: This field is required."),
    ],
)
def test_a_seat_not_given_says_why_and_keeps_what_was_typed(
    client, ada, rui, treasury, change, sentence
):
    make_member("Gone", is_active=False)
    treasury.terms.create(
        member=make_member("Tea"),
        starts_at=datetime(2026, 8, 1, tzinfo=UTC),
        ends_at=datetime(2026, 9, 1, tzinfo=UTC),
        given_at=timezone.now(),
    )
    client.force_login(rui)
    sent = TERM | change
    found = page(client.post(reverse("hubs:give_term", args=[treasury.pk]), sent))
    assert complaints(found) == [sentence]
    assert typed(found) == sent
    assert treasury.terms.count() == 1


def test_a_seat_is_given_by_the_chair_only(people, treasury):
    address = reverse("hubs:give_term", args=[treasury.pk])
    assert open_to(people, address) == open_to(people, address, "post") == {"rui"}
    assert not treasury.terms.exists()


def test_only_who_may_give_a_seat_or_end_a_term_finds_the_way_there(people, tea):
    address = reverse("hubs:seat", args=[tea.seat_id])
    everyone = people | {"tea": tea.member}
    assert offered(everyone, address, reverse("hubs:give_term", args=[tea.seat_id])) == {"rui"}
    assert offered(everyone, address, reverse("hubs:end_term", args=[tea.pk])) == {"rui", "tea"}


def test_a_term_is_ended_by_the_chair_or_its_holder(people, tea):
    everyone = people | {"tea": tea.member}
    assert open_to(everyone, reverse("hubs:end_term", args=[tea.pk])) == {"rui", "tea"}


def test_a_term_once_ended_is_not_ended_again(client, rui, tea):
    client.force_login(rui)
    address = reverse("hubs:end_term", args=[tea.pk])
    said = [messages(page(client.post(address, follow=True))) for _ in range(2)]
    assert said == [
        ["The term has ended, and its holder is told by mail."],
        ["Nothing was changed: this term was already over."],
    ]
    assert Message.objects.count() == 1


def test_nobody_else_ends_a_term(people, tea):
    for name in people.keys() - {"rui"}:
        browser(people[name]).post(reverse("hubs:end_term", args=[tea.pk]))
    assert Term.objects.active(timezone.now()).contains(tea)


def test_a_seat_tells_its_history_newest_first(client, treasury, tea):
    now, day = timezone.now(), timedelta(days=1)
    for name, start, end in (("Old", -30, -20), ("Next", 10, 20), ("Never", 30, 30)):
        treasury.terms.create(
            member=make_member(name),
            starts_at=now + start * day,
            ends_at=now + end * day,
            given_at=now,
        )
    found = rows(page(client.get(reverse("hubs:seat", args=[treasury.pk]))))
    assert [(row[0], row[4]) for row in found] == [
        ("Never", "Over"), ("Next", "Not begun"), ("Tea", "In office"), ("Old", "Over"),
    ]  # fmt: skip


def test_a_term_ended_before_it_began_cannot_be_ended_and_is_not_announced(client, rui, treasury):
    soon = timezone.now() + timedelta(days=5)
    term = treasury.terms.create(
        member=make_member("Tea"), starts_at=soon, ends_at=soon, given_at=timezone.now()
    )
    client.force_login(rui)
    shown = page(client.get(reverse("hubs:seat", args=[treasury.pk])))
    assert not shown.select(f'a[href="{reverse("hubs:end_term", args=[term.pk])}"]')
    seats = dict(row[:2] for row in rows(page(client.get(reverse("hubs:detail", args=["west"])))))
    assert seats == {"Chair 1": "Rui", "Treasurer 1": "Nobody"}


def test_a_seat_is_added_by_the_chair_and_numbered_on(client, people, rui, treasury):
    address = reverse("hubs:add_seat", args=[treasury.body_id])
    assert open_to(people, address) == open_to(people, address, "post") == {"rui"}
    assert offered(people, reverse("hubs:detail", args=["west"]), address) == {"rui"}
    client.force_login(rui)
    response = client.post(address, {"function": "TREASURER"})
    made = Seat.objects.get(function="TREASURER", number=2)
    assert (response.status_code, response["Location"]) == (302, f"/en/seats/{made.pk}/")


def test_one_seat_and_one_mail_too_many_are_refused_in_words(client, rui, treasury, tea):
    client.force_login(rui)
    for number in range(30 - treasury.body.seats.count()):
        Seat.objects.create(body=treasury.body, function="MENTOR", number=number + 1)
    sent = client.post(reverse("hubs:add_seat", args=[treasury.body_id]), {"function": "MENTOR"})
    assert "as many seats as a body may have" in words(page(sent))
    for _mail in range(6):
        write_message(
            template="emails/hubs/term_given", recipient=tea.member, context={}, now=timezone.now()
        )
    mentor, today = Seat.objects.get(function="MENTOR", number=1), timezone.now().date()
    told = {
        "email": tea.member.email, "starts_on": str(today), "ends_on": str(today + timedelta(days=9)),
    }  # fmt: skip
    found = page(client.post(reverse("hubs:give_term", args=[mentor.pk]), told))
    assert ["too often since yesterday" in said for said in complaints(found)] == [True]
    assert typed(found)["email"] == tea.member.email
    ended = page(client.post(reverse("hubs:end_term", args=[tea.pk]), follow=True))
    assert messages(ended) == [
        "The term has ended. Tell its holder: they have had many mails today."
    ]


def test_a_hub_is_not_offered_the_seats_of_the_centre(client, rui, sec):
    def functions(person, body):
        form = page(browser(person).get(reverse("hubs:add_seat", args=[body.pk])))
        return {str(option["value"]) for option in form.select("option")}

    ours, centre = rui.terms.get().seat.body, Body.objects.get(hub=None)
    everything = {str(function) for function in SeatFunction}
    only_centre = {
        "SECRETARY", "ALLOCATION_OFFICER", "ALLOCATION_APPROVER", "OVERSEER", "MEDIATOR",
    }  # fmt: skip
    assert functions(sec, centre) == everything
    assert functions(rui, ours) == everything - only_centre
    sent = browser(rui).post(reverse("hubs:add_seat", args=[ours.pk]), {"function": "OVERSEER"})
    assert complaints(page(sent)) == [
        "Function: Select a valid choice. OVERSEER is not one of the available choices."
    ]


def test_hubs_are_listed_by_kind_and_by_the_name_the_reader_sees(client, west):
    make_hub("theme", HubKind.THEMATIC, name_en="Archives")
    make_hub("all", HubKind.GLOBAL, name_en="Everyone")
    make_hub("north", name_en="Alps", name_da="Ås")
    english, danish = (page(client.get(f"/{code}/hubs/")) for code in ("en", "da"))
    assert cards(english) == ["Alps", "West", "Archives", "Everyone"]
    assert cards(danish) == ["Vest", "Ås", "Archives", "Everyone"]
    marked = [(tag["lang"], tag["dir"], words(tag)) for tag in danish.select(".card span[lang]")]
    assert marked == [("en", "ltr", "Archives"), ("en", "ltr", "Everyone")]


def test_a_member_is_shown_the_way_home(client, west):
    client.force_login(make_member("Bo", home_country="DK"))
    shown = page(client.get(reverse("hubs:list")))
    assert [words(tag) for tag in shown.select("main p a[href='/en/hubs/west/']")] == ["West"]


def fill(west, numbers) -> None:
    """A hub a number, with a country and a round; and at West and the centre a body, held."""
    letters, now = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", timezone.now()
    for number in numbers:
        make_round(
            make_hub(f"hub-{number}", countries=f"{letters[number // 26]}{letters[number % 26]}")
        )
        make_round(west)
        for place in (west, None):
            body = Body.objects.create(hub=place, slug=f"body-{number}", name_en="Body")
            seat = Seat.objects.create(body=body, function=SeatFunction.MENTOR)
            member = make_member(f"{place}-{number}")
            ends_at = now + timedelta(days=1)
            seat.terms.create(member=member, starts_at=now, ends_at=ends_at, given_at=now)


@pytest.mark.parametrize(
    "address", ["/en/hubs/", "/en/hubs/west/", "/en/centre/", "/api/v1/hubs/", "/api/v1/rounds/"]
)
def test_a_list_asks_the_database_as_often_for_many_as_for_one(client, west, address):
    fill(west, range(1))
    few, short = queries_of(lambda: client.get(address)), len(client.get(address).content)
    fill(west, range(1, 30))
    assert queries_of(lambda: client.get(address)) == few
    assert len(client.get(address).content) > short + 29 * 100  # bytes
