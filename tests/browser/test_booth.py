"""The voting booth in a real browser: its weight, its looks, its bar, and that leaving keeps the marks."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import session_of
from tests.browser.tab import weight
from tests.factories import make_member
from tests.voting.voters import open_vote
from voting.models import Ballot

pytestmark = pytest.mark.browser

HEAVIEST = 150_000  # bytes on the wire
STORY = "Volunteers scan the ledgers of the harbour, page by page, and name who is written there. "


@pytest.fixture(autouse=True)
def keys_folder(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def ada(transactional_db):
    return make_member("Ada")


@pytest.fixture
def election(round_, ada):
    texts = {"a": {"ar": "بئر للقرية"}, "d": {"ar": "جوقة"}}
    return open_vote(round_, ada, texts=texts, title="Round of 2026")


def test_thirty_items_weigh_less_than_150_kilobytes(browser, live_server, round_, ada):
    costs = {f"item-{number}": 500 for number in range(30)}
    election = open_vote(round_, ada, lanes={"GENERAL": costs}, story=STORY * 9)
    context = browser.new_context()
    context.add_cookies([session_of(ada, live_server.url)])
    address = f"{live_server.url}/en/elections/{election.pk}/vote/"
    page = context.new_page()
    assert weight(page, address) < HEAVIEST
    assert page.locator("input[name=item]").count() == 30
    context.close()


def test_a_vote_is_cast_in_the_booth(open_tab, election, ada):
    tab = open_tab(ada)
    address = f"elections/{election.pk}/vote/"
    tab.go(address)
    tab.look("vote")
    totals = tab.page.locator("#totals progress").first
    with tab.page.expect_response(lambda answer: answer.request.method == "POST"):
        tab.page.locator("#item-1").check()
    expect(totals).to_have_attribute("value", "5000")
    with tab.page.expect_response(lambda answer: answer.request.method == "POST"):
        tab.page.locator("#item-2").check()
    expect(tab.page.locator(".booth-total__over")).to_be_visible()
    tab.look("vote-over")
    tab.go(address)
    expect(tab.page.locator("#item-2")).to_be_checked()
    tab.look("vote-too-much")
    tab.page.locator("#item-2").uncheck()
    tab.page.locator('button[value="review"]').click()
    tab.page.wait_for_url("**/review/")
    tab.look("review")
    tab.page.locator('main form[action$="/cast/"] button').click()
    tab.page.wait_for_url("**/receipt/")
    tab.look("receipt")
    assert bytes(Ballot.objects.get().payload) == b"[[1,1]]"


def test_a_vote_is_cast_without_scripts(open_tab, election, ada):
    tab = open_tab(ada, java_script_enabled=False)
    tab.go(f"elections/{election.pk}/vote/")
    tab.page.locator("#item-0").check()
    tab.page.locator('button[value="review"]').click()
    tab.page.locator('main form[action$="/cast/"] button').click()
    expect(tab.page.locator(".check-code")).to_be_visible()
    assert bytes(Ballot.objects.get().payload) == b"[[0,1]]"
