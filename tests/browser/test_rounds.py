"""The map of the hubs, and a round planned, changed and opened in a real browser."""

import pytest
from django.utils import timezone

from hubs.actions import set_budgets
from hubs.models import Round
from hubs.phases import Phase
from pages.demo.hubs import COUNTRIES, NAMES
from tests.browser.tab import weight
from tests.factories import make_framework, make_hub, make_round

pytestmark = pytest.mark.browser
HEAVIEST = 100_000  # bytes on the wire, as of every page


@pytest.fixture
def movement(west):
    """The hub West, and the eight of the demo but for its countries."""
    west.countries.all().delete()
    for slug, countries in COUNTRIES.items():
        make_hub(slug, countries=countries, name_en=NAMES[slug]["en"], name_ar=NAMES[slug]["ar"])


def test_the_map_of_the_hubs(open_tab, movement):
    tab = open_tab()
    tab.go("hubs/")
    tab.look("map")
    hub = tab.page.locator("svg [data-hub=ssa]").bounding_box()
    number = tab.page.locator("svg text").all()[-1].bounding_box()
    assert hub is not None
    assert number is not None
    assert hub["width"] > number["width"] > 0
    tab.page.locator(".map__legend a").last.click()
    assert tab.path in {f"hubs/{slug}/" for slug in COUNTRIES}


def test_a_first_visit_to_the_map_is_not_heavy(browser, live_server, movement):
    context = browser.new_context()
    assert weight(context.new_page(), f"{live_server.url}/en/hubs/") < HEAVIEST
    context.close()


def test_a_round_is_planned_changed_and_opened(open_tab, busy, west):
    make_framework()
    make_round(west, Phase.PREPARATION, now=timezone.now(), is_open=False, title_en="Spring")
    tab = open_tab(busy)
    tab.go("hubs/west/")
    tab.look("hub-with-plans")
    round_ = Round.objects.get()
    tab.go(f"rounds/{round_.pk}/edit/")
    tab.look("edit-round")
    tab.fill(lane_general_share="60", lane_experiment_share="a lot", currency="DKK")
    tab.send()
    tab.look("edit-round-refused")
    assert tab.typed("lane_experiment_share") == {"lane_experiment_share": "a lot"}
    tab.fill(lane_experiment_share="40", currency="USD")
    tab.send()
    assert tab.path == f"rounds/{round_.pk}/"
    assert [lane.share_bp for lane in round_.lanes.order_by("-share_bp")] == [6_000, 4_000]
    round_.lanes.get(kind="GENERAL").budgets.all().delete()
    round_.lanes.get(kind="EXPERIMENT").budgets.all().delete()
    tab.go(f"rounds/{round_.pk}/open/")
    tab.look("open-round-not-yet")
    set_budgets(round=round_, kind="MONEY", amount_minor=10_000, now=timezone.now())
    tab.go(f"rounds/{round_.pk}/open/")
    tab.look("open-round")
    tab.send()
    assert tab.path == f"rounds/{round_.pk}/"
    round_.refresh_from_db()
    assert round_.opened_at is not None
