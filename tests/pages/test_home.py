"""Home tells each person what they can do now, and everybody what was decided."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from hubs.models import SeatFunction
from pages.queries import SHOWN, recent_elections, tasks_of_seat, to_do
from tests.factories import NOON, make_member, make_seat, make_term, pb_file
from tests.hubs.reading import browser, cards, page, words
from tests.voting.makers import bring_in, counted

DAY = timedelta(days=1)
TASKS = {
    "CHAIR": "Fill the seats of your hub",
    "FACILITATOR": "Plan a round",
    "RETURNING_OFFICER": "Bring in an election held elsewhere",
    "SECRETARY": "Fill the seats of the centre",
}


def settled(name: str = "Bo"):
    """A member who has told everything about themselves."""
    return make_member(name, home_country="DK", reads=["da"])


def asked_of(member, now=NOON) -> list[tuple[str, str]]:
    return [(str(task.what), task.url) for task in to_do(member, now)]


def test_a_new_member_is_asked_for_a_country_and_languages(ada):
    assert asked_of(ada) == [
        ("Say which country is home", reverse("members:profile")),
        ("Choose the languages you read", reverse("members:languages")),
    ]
    ada.home_country = "DK"
    assert asked_of(ada) == [("Choose the languages you read", reverse("members:languages"))]
    ada.reads = ["da"]
    assert asked_of(ada) == []


@pytest.mark.parametrize("function", SeatFunction)
def test_a_seat_brings_its_task_and_its_place(west, function):
    hub = None if function == SeatFunction.SECRETARY else west
    member = settled()
    make_term(member, hub, function)
    place = reverse("hubs:detail", args=["west"]) if hub else reverse("hubs:centre")
    assert asked_of(member) == ([(TASKS[function], place)] if function in TASKS else [])
    seat = make_seat(hub, function, 2)
    assert [task.url for task in tasks_of_seat(seat)] == [place] * (function in TASKS)


def test_a_task_lasts_as_long_as_the_term(west):
    member = settled()
    make_term(member, west, SeatFunction.CHAIR, starts_at=NOON, ends_at=NOON + DAY)
    second = timedelta(seconds=1)
    moments = [NOON - second, NOON, NOON + DAY - second, NOON + DAY]
    assert [len(to_do(member, now)) for now in moments] == [0, 1, 1, 0]


def test_who_holds_two_seats_has_two_tasks_the_one_that_ends_first_first(west):
    member = settled()
    make_term(member, west, SeatFunction.FACILITATOR, ends_at=NOON + 2 * DAY)
    make_term(member, west, SeatFunction.CHAIR, ends_at=NOON + DAY)
    assert [what for what, _url in asked_of(member)] == [TASKS["CHAIR"], TASKS["FACILITATOR"]]


def test_home_shows_a_member_tasks_seats_and_the_way_home(west):
    member = settled("Lars")
    make_term(member, west, SeatFunction.FACILITATOR)
    ended = timezone.now() + 9 * DAY
    make_term(member, west, SeatFunction.CHAIR, starts_at=ended, ends_at=ended)
    shown = page(browser(member).get("/en/"))
    assert words(shown.h1) == "What you can do now, Lars"
    assert cards(shown) == ["Plan a round"]
    assert [words(link) for link in shown.select("main a[href^='/en/seats/']")] == ["Facilitator"]
    assert [words(link) for link in shown.select("main p a[href='/en/hubs/west/']")] == ["Vest"]


def test_who_has_nothing_to_do_is_shown_around(db):
    shown = page(browser(settled()).get("/en/"))
    assert words(shown.select_one(".empty-state a")) == "Look around the hubs"


def test_a_visitor_is_asked_to_join(client, db):
    shown = page(client.get("/en/"))
    assert [link["href"] for link in shown.select("main .actions a")] == [
        reverse("account_signup"), reverse("hubs:list"),
    ]  # fmt: skip
    assert "No election has been counted yet." in words(shown.main)


def test_the_elections_that_closed_last_come_first(client, round_):
    for day in range(1, SHOWN + 3):
        date = f"2025-01-{day:02}"
        counted(round_, pb_file(description=f"Day {day}", date_begin=date, date_end=date))
    latest = [f"Day {day}" for day in range(SHOWN + 2, 2, -1)]
    assert [election.title for election in recent_elections(NOON)] == latest
    assert cards(page(client.get("/en/"))) == latest


def test_a_counted_election_is_listed_from_its_close_on(round_):
    bring_in(round_)  # without a count there is nothing to read
    election = counted(round_)
    moments = [election.closes_at - timedelta(seconds=1), election.closes_at]
    assert [list(recent_elections(now)) for now in moments] == [[], [election]]
