"""What holds for pages at large: their weight, their room for longer words, every component."""

import pytest
from django.utils import timezone

from audit.models import OPERATOR
from tests.browser.tab import weight
from tests.factories import PASSWORD, make_member, pb_text
from tests.proposals.makers import make_proposal
from voting.actions import import_election
from voting.forms import read_election
from voting.tasks import count_election

pytestmark = pytest.mark.browser

HEAVIEST = 100_000  # bytes on the wire
STORY = (
    "Volunteers scan the ledgers of the harbour, page by page, and name who is written there.\n\n"
)
CITY = pb_text("".join(f"{voter};{'abc'[voter % 3]}\n" for voter in range(300)))


@pytest.fixture
def counted(round_):
    election, job = import_election(
        round=round_,
        file=read_election(CITY.encode()),
        ranking_points="from-one",
        importer=OPERATOR,
        now=timezone.now(),
    )
    count_election(str(job.pk))
    return election


@pytest.fixture
def proposal(round_):
    """One that is long, and in three languages."""
    translations = {"ar": "بئر", "da": "Brønd"}
    return make_proposal(round_.lanes.get(), body=STORY * 100, translations=translations)


def test_a_first_visit_costs_less_than_100_kilobytes(browser, live_server, counted, proposal):
    for path in (
        "", "hubs/", "hubs/west/", f"elections/{counted.pk}/", "languages/",
        f"proposals/{proposal.pk}/", f"rounds/{counted.round_id}/proposals/",
    ):  # fmt: skip
        context = browser.new_context()
        assert weight(context.new_page(), f"{live_server.url}/en/{path}") < HEAVIEST, path
        context.close()


def test_every_component_in_the_style_guide(open_tab, west):
    tab = open_tab()
    tab.go("styleguide/")
    tab.look("styleguide")
    tab.fill(title="Wells", summary="Two wells.")
    tab.send()
    tab.look("styleguide-refused")
    assert tab.typed("title", "summary") == {"title": "Wells", "summary": "Two wells."}


def test_pages_of_an_account(open_tab, west):
    tab = open_tab()
    tab.go("account/login/")
    tab.fill(login=make_member("Ada").email, password=PASSWORD)
    tab.send()
    for name, path in {
        "addresses": "account/email/",
        "change-password": "account/password/change/",
        "second-factor": "account/2fa/",
        "connections": "account/3rdparty/",
        "prove-it-is-you": "account/reauthenticate/",
    }.items():
        tab.go(path)
        tab.look(name)
    tab.fill(password=PASSWORD)
    tab.send()
    tab.go("account/2fa/totp/activate/")
    tab.look("authenticator-app")


@pytest.mark.parametrize("code", ["en-xa"])
def test_words_may_be_two_fifths_longer(open_tab, pseudo_locale, counted, busy):
    tab = open_tab(busy)
    for name, path in {
        "home": "",
        "hubs": "hubs/",
        "hub": "hubs/west/",
        "plan-round": "hubs/west/rounds/plan/",
        "import": f"rounds/{counted.round_id}/import/",
        "result": f"elections/{counted.pk}/",
        "languages": "languages/",
        "profile": "profile/",
        "styleguide": "styleguide/",
    }.items():
        tab.go(path)
        tab.look(name)


@pytest.mark.parametrize("code", ["en"])
def test_a_passkey_is_added_and_taken_away(open_tab, west):
    ada = make_member("Ada")
    tab = open_tab()
    device = tab.page.context.new_cdp_session(tab.page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    options |= {"hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    tab.go("account/login/")
    tab.fill(login=ada.email, password=PASSWORD)
    tab.send()
    tab.go("account/2fa/webauthn/add/")
    tab.fill(password=PASSWORD)
    tab.send()
    tab.look("add-passkey")
    tab.fill(name="My laptop")
    with tab.page.expect_navigation():
        tab.page.locator("#mfa_webauthn_add").click()
    tab.go("account/2fa/webauthn/")
    tab.look("passkeys")
    assert "My laptop" in tab.page.locator("main").inner_text()
    tab.follow("account/2fa/webauthn/keys/")
    tab.look("edit-passkey")
