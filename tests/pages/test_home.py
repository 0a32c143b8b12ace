"""Home tells each person what they can do now, and everybody what is under way and was decided."""

from datetime import timedelta

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import trans_real

from hubs.models import Round, SeatFunction
from hubs.phases import Phase
from pages.queries import SHOWN, open_rounds, recent_elections
from tests.factories import NOON, make_hub, make_member, make_round, make_term, pb_file
from tests.hubs.reading import browser, cards, page, queries_of, words
from tests.pages.makers import DAY, settled, voted_on
from tests.proposals.makers import make_proposal
from tests.voting.makers import bring_in, counted
from tests.voting.voters import open_vote

ARABIC_PLURAL = (
    "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5"
)


def task_cards(shown: BeautifulSoup) -> list[str]:
    return [words(title) for title in shown.select("main h1 + .grid .card__title")]


def test_home_shows_a_member_tasks_seats_and_the_way_home(west):
    member = settled("Lars", reads=["da"])
    make_term(member, west, SeatFunction.FACILITATOR)
    ended = timezone.now() + 9 * DAY
    make_term(member, west, SeatFunction.CHAIR, starts_at=ended, ends_at=ended)
    shown = page(browser(member).get("/en/"))
    assert words(shown.h1) == "What you can do now, Lars"
    assert task_cards(shown) == ["Plan a round", "Start a practice round"]
    assert [words(link) for link in shown.select("main a[href^='/en/seats/']")] == ["Facilitator"]
    assert [words(link) for link in shown.select("main p a[href='/en/hubs/west/']")] == ["Vest"]


def test_a_task_says_what_it_is_about_in_its_language_for_whom_and_until_when(west):
    member, now = settled("Lars"), timezone.now()
    lane = make_round(west, Phase.SUBMISSION, now=now).lanes.get()
    make_proposal(lane, member, "DRAFT", title="بئر", language="ar")
    (card,) = page(browser(member).get("/en/")).select("main h1 + .grid .card")
    assert words(card) == "Finish your draft بئر It is not handed in yet. West 14 days left"
    (title,), (time,) = card.select("[lang=ar]"), card.select("time")
    assert (title["dir"], title.text) == ("rtl", "بئر")
    assert time["datetime"] == lane.round.review_at.isoformat()


def test_a_vote_stands_before_what_has_no_end(west, keys_folder):
    member = settled()
    make_term(member, west, SeatFunction.RETURNING_OFFICER)
    election = open_vote(make_round(west), member)
    shown = page(browser(member).get("/en/"))
    assert task_cards(shown) == ["Vote", "Bring in an election held elsewhere"]
    assert shown.select(".card a")[0]["href"] == reverse("voting:vote", args=[election.pk])


def test_who_has_nothing_to_do_is_shown_around(db):
    shown = page(browser(settled()).get("/en/"))
    assert words(shown.select_one(".empty-state a")) == "Look around the hubs"


def test_a_visitor_is_asked_to_join(client, db):
    shown = page(client.get("/en/"))
    assert [link["href"] for link in shown.select("main .actions a")] == [
        reverse("account_signup"), reverse("hubs:list"),
    ]  # fmt: skip
    assert "No election has been counted yet." in words(shown.main)


def test_rounds_with_a_vote_come_first_then_those_that_will_have_one(west):
    phases = [Phase.RESULTS, Phase.SUBMISSION, Phase.VOTING, Phase.REVIEW, Phase.DELIVERY]
    made = {phase: make_round(west, phase) for phase in phases}
    make_round(west, Phase.VOTING, is_practice=True)
    make_round(west, Phase.SUBMISSION, is_open=False)
    order = [Phase.VOTING, Phase.REVIEW, Phase.SUBMISSION, Phase.RESULTS]
    assert list(open_rounds(NOON)) == [made[phase] for phase in order]


def test_home_lists_rounds_with_their_phase(client, west):
    make_round(west, Phase.REVIEW, now=timezone.now(), title_en="Autumn")
    shown = page(client.get("/en/"))
    assert words(shown.select_one("main .card")) == "West Review Autumn"


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


def test_the_result_of_a_practice_round_is_no_news(west):
    practice = make_round(west, is_practice=True)
    voted_on(practice, make_proposal(practice.lanes.get(), status="SHORTLISTED"))
    assert list(recent_elections(NOON)) == []


def test_home_asks_no_more_of_the_database_for_many_rounds(client, west):
    asked = []
    for numbers in (range(1), range(1, 10)):
        for number in numbers:
            hub = make_hub(f"hub{number}")
            make_round(hub, Phase.REVIEW, now=timezone.now())
            counted(make_round(hub))
        client.get("/en/")
        asked.append(queries_of(lambda: client.get("/en/")))
    assert asked[0] == asked[1]
    assert Round.objects.count() == 20


# The links of every page


def test_every_page_leads_to_what_everyone_can_see_and_a_member_to_their_proposals(client, db):
    everyones = [
        reverse(name)
        for name in (
            "hubs:list", "principles:framework_in_force", "allocation:pools",
            "oversight:distribution",
        )
    ]  # fmt: skip
    for person, own in ((None, []), (make_member(), [reverse("proposals:mine")])):
        shown = page((browser(person) if person else client).get("/en/styleguide/"))
        assert [link["href"] for link in shown.select(".site-nav a")] == everyones + own


# How much time is left


def left(**time: int) -> str:
    """What the tag says when this much is left."""
    shown = Template("{% load deadlines %}{% time_left until now %}").render(
        Context({"until": NOON + timedelta(**time), "now": NOON})
    )
    return words(BeautifulSoup(shown, "html.parser"))


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ({"days": 1_200}, "1,200 days left"),
        ({"days": 2}, "2 days left"),
        ({"hours": 47, "minutes": 59}, "1 day left"),
        ({"days": 1}, "1 day left"),
        ({"hours": 23, "minutes": 59}, "23 hours left"),
        ({"hours": 1}, "1 hour left"),
        ({"minutes": 59}, "Less than an hour left"),
        ({"seconds": -9}, "Less than an hour left"),
    ],
)
def test_the_time_left_is_said_in_whole_days_then_hours(time, said):
    assert left(**time) == said


def test_the_time_left_carries_the_exact_moment():
    shown = Template("{% load deadlines %}{% time_left until now %}").render(
        Context({"until": NOON + DAY, "now": NOON})
    )
    (time,) = BeautifulSoup(shown, "html.parser").select("time")
    assert (time["datetime"], time["title"]) == (
        "2026-06-02T12:00:00+00:00", "June 2, 2026, 12:00\u202fPM (UTC)",
    )  # fmt: skip


@pytest.fixture
def arabic(settings, tmp_path):
    """A catalogue in which the six forms of Arabic are told apart."""
    catalogue = Catalog(locale="ar")
    catalogue.mime_headers = [("Plural-Forms", f"nplurals=6; plural={ARABIC_PLURAL};")]
    for unit in ("day", "hour"):
        message = (f"%(n)s {unit} left", f"%(n)s {unit}s left")
        catalogue.add(message, tuple(f"{form} {unit} %(n)s" for form in range(6)))
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    settings.LOCALE_PATHS = [tmp_path]
    trans_real._translations.pop("ar", None)  # type: ignore[attr-defined]  # private
    with translation.override("ar"):
        yield
    trans_real._translations.pop("ar", None)  # type: ignore[attr-defined]  # private


@pytest.mark.parametrize(("days", "form"), [(1, 1), (2, 2), (3, 3), (10, 3), (11, 4), (100, 5)])
def test_arabic_has_a_form_for_each_number_of_days(arabic, days, form):
    assert left(days=days) == f"{form} day {days}"


@pytest.mark.parametrize(("hours", "form"), [(1, 1), (2, 2), (7, 3), (23, 4)])
def test_arabic_has_a_form_for_each_number_of_hours(arabic, hours, form):
    assert left(hours=hours) == f"{form} hour {hours}"
