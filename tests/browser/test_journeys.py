"""What people come for, from the first page to the last, in English and in Arabic."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hubs.models import SeatFunction, Term
from tests.factories import PASSWORD, make_cycle, make_member, pb_text
from voting.models import Election

pytestmark = pytest.mark.browser

BROKEN = pb_text("1;a\n2;nothing\n")
FILE = pb_text("".join(f"{voter};{'abc'[voter % 3]}\n" for voter in range(300)))


def pb(text):
    """A file as a browser hands it in."""
    return {"name": "election.pb", "mimeType": "text/plain", "buffer": text.encode()}


def test_sign_up_confirm_and_sign_in(open_tab, code, west, last_mail):
    address = f"eve-{code}@example.org"  # an address may be written to once in three minutes
    tab = open_tab()
    tab.go()
    tab.look("home-visitor")
    tab.follow("account/signup/")
    tab.look("sign-up")
    tab.fill(email=address, password1="short", name="Eve", home_country="DK")
    tab.send()
    tab.look("sign-up-refused")
    told = {"email": address, "name": "Eve", "home_country": "DK"}
    assert tab.typed(*told) == told
    tab.fill(password1=PASSWORD)
    tab.send()
    assert tab.path == "account/confirm-email/"
    tab.look("confirm-your-address")
    sent = last_mail()
    assert sent.extra_headers["Content-Language"] == code
    (link,) = re.findall(r"https?://\S+/confirm-email/\S+", sent.body)
    tab.page.goto(link)
    tab.look("confirm-address")
    tab.send()
    assert tab.path == "account/login/"
    tab.look("sign-in")
    tab.fill(login=address, password="something else")
    tab.send()
    tab.look("sign-in-refused")
    assert tab.typed("login") == {"login": address}
    tab.fill(password=PASSWORD)
    tab.send()
    assert tab.path == ""
    tab.look("home-member")
    assert "Eve" in tab.heading


def test_a_page_for_members_asks_a_visitor_to_sign_in_and_comes_back(open_tab, west, busy):
    tab = open_tab()
    tab.go("hubs/west/rounds/plan/")
    assert tab.path == f"account/login/?next=/{tab.code}/hubs/west/rounds/plan/"
    tab.fill(login=busy.email, password=PASSWORD)
    tab.send()
    assert tab.path == "hubs/west/rounds/plan/"


def test_choose_languages(open_tab, code, west):
    other = {"en": "ar", "ar": "en"}[code]
    tab = open_tab(make_member("Ada", reads=["en"]))
    tab.go("languages/")
    tab.look("languages")
    unknown = "option => option.value = 'no language'"
    tab.page.locator('[name="reads_2"] option').nth(3).evaluate(unknown)
    tab.fill(reads_1="sw", reads_2="no language", writes="sw")
    tab.send()
    tab.look("languages-refused")
    assert tab.typed("reads_1", "writes") == {"reads_1": "sw", "writes": "sw"}
    tab.fill(reads_2="kl")
    tab.page.locator(f'[name="interface_language"][value="{other}"]').check()
    tab.send()
    assert tab.page.url == f"{tab.url}/{other}/languages/"
    tab.code = other
    tab.look("languages-saved")
    tab.page.goto(tab.url)
    assert tab.page.url == f"{tab.url}/{other}/"


def test_edit_the_profile(open_tab, west):
    tab = open_tab(make_member("Ada"))
    tab.go("profile/")
    tab.look("profile")
    tab.fill(name="", home_country="DK")
    tab.send()
    tab.look("profile-refused")
    assert tab.typed("home_country") == {"home_country": "DK"}
    tab.fill(name="Ada of the North")
    tab.send()
    tab.look("profile-saved")
    tab.go()
    tab.look("home-with-a-hub")
    assert "Ada of the North" in tab.heading


def test_browse_hubs_seats_and_rounds(open_tab, west, round_, busy):
    tab = open_tab()
    tab.go()
    tab.follow("hubs/")
    tab.look("hubs")
    tab.follow("hubs/west/")
    tab.look("hub")
    assert tab.heading == {"en": west.name_en, "ar": west.name_ar}[tab.code]
    tab.follow(f"rounds/{round_.pk}/")
    tab.look("round")
    tab.page.go_back()
    tab.follow("seats/")
    tab.look("seat")
    tab.go("centre/")
    tab.look("centre")


def test_give_a_seat_and_end_the_term(open_tab, west, busy, last_mail):
    make_member("Fay")
    tab = open_tab(busy)
    tab.go("hubs/west/")
    tab.look("hub-of-its-chair")
    seat = west.bodies.get().seats.get(function=SeatFunction.TREASURER)
    tab.follow(f"seats/{seat.pk}/")
    tab.look("seat-nobody-held")
    tab.follow(f"seats/{seat.pk}/give/")
    tab.look("give-seat")
    begins = timezone.now().date() + timedelta(days=10)
    days = {"starts_on": f"{begins}", "ends_on": f"{begins + timedelta(days=700)}"}
    tab.fill(email="nobody@example.org", **days)
    tab.send()
    tab.look("give-seat-refused")
    assert tab.typed("email", *days) == {"email": "nobody@example.org", **days}
    tab.fill(email="fay@example.org")
    tab.send()
    assert tab.path == f"seats/{seat.pk}/"
    tab.look("seat-given")
    assert "Fay" in tab.page.locator("main").inner_text()
    assert last_mail().to == ["fay@example.org"]
    tab.follow(f"terms/{Term.objects.get(seat=seat).pk}/end/")
    tab.look("end-term")
    tab.send()
    tab.look("term-ended")
    tab.go(f"bodies/{seat.body_id}/seats/add/")
    tab.look("add-seat")
    tab.fill(function=SeatFunction.MENTOR)
    tab.send()
    assert tab.path.startswith("seats/")


def test_plan_a_round(open_tab, west, busy):
    cycle = make_cycle("2027")
    tab = open_tab(busy)
    tab.go("hubs/west/")
    tab.follow("hubs/west/rounds/plan/")
    tab.look("plan-round")
    days = {
        f"{name}_at": f"2027-{month:02}-01"
        for month, name in enumerate(
            ("submission", "review", "deliberation", "voting", "counting", "results", "delivery"), 1
        )
    }
    told = {"title": "Round of 2027", "cycle": str(cycle.pk), "level": "REGIONAL", **days}
    tab.fill(**told | {"review_at": "2026-12-01"})
    tab.send()
    tab.look("plan-round-refused")
    assert tab.typed(*told) == told | {"review_at": "2026-12-01"}
    tab.fill(review_at=days["review_at"])
    tab.send()
    tab.look("round-planned")
    assert tab.heading == "Round of 2027"


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_import_an_election_and_see_it_counted(open_tab, round_, busy, worker, javascript):
    tab = open_tab(busy, java_script_enabled=javascript)
    tab.go(f"rounds/{round_.pk}/")
    tab.follow(f"rounds/{round_.pk}/import/")
    tab.look("import")
    tab.fill(ranking_points="from-zero")
    tab.send()
    tab.look("import-nothing")
    tab.page.locator('[name="file"]').set_input_files(pb(BROKEN))
    tab.send()
    tab.look("import-refused")
    assert tab.typed("ranking_points") == {"ranking_points": "from-zero"}
    assert not Election.objects.exists()
    tab.page.locator('[name="file"]').set_input_files(pb(FILE))
    tab.send()
    assert tab.path == f"elections/{Election.objects.get().pk}/"
    tab.look("count-waiting")
    with worker():
        tab.page.locator("main table").first.wait_for(timeout=60_000)
    tab.look("result")
    for summary in tab.page.locator("main summary").all():
        summary.click()
    tab.look("result-with-other-rules")


def test_a_page_that_is_not_there_and_one_that_is_not_for_you(open_tab, west):
    tab = open_tab(make_member("Ada"))
    tab.go("nowhere/", status=404)
    tab.look("not-found")
    tab.go("hubs/west/rounds/plan/", status=403)
    tab.look("not-allowed")
