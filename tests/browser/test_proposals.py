"""Writing a proposal in a real browser, with and without scripts, on a phone and a desk, from either side."""

import pytest
from django.utils import timezone

from hubs.models import SeatFunction
from hubs.phases import Phase
from proposals.models import Proposal
from tests.factories import make_member, make_round, make_term
from tests.proposals.makers import make_proposal

pytestmark = pytest.mark.browser


@pytest.fixture
def lane(west):
    lanes = {"GENERAL": 1_000_000, "READERS": 500_000}
    round_ = make_round(
        west, Phase.SUBMISSION, now=timezone.now(), lanes=lanes, title_ar="جولة 2026"
    )
    return round_.lanes.first()


def press(tab, name: str) -> None:
    with tab.page.expect_navigation():
        tab.page.locator(f'main form button[name="{name}"]').click()


def write(tab, lane) -> None:
    """From the list of a round to the page of a proposal that is handed in."""
    tab.go(f"rounds/{lane.round_id}/proposals/")
    tab.look("proposals-none")
    tab.follow(f"rounds/{lane.round_id}/propose/")
    tab.look("proposal-choose")
    tab.follow(f"rounds/{lane.round_id}/propose/GENERAL/")
    tab.look("proposal-form")
    tab.fill(language="fr", title="Puits", summary="De l’eau.", body="Nous creusons.", country="SN")
    tab.fill(**{"lines-0-amount": "400", "lines-0-purpose": "Pompe"})
    press(tab, "add_line")
    assert tab.typed("title", "lines-0-amount") == {"title": "Puits", "lines-0-amount": "400"}
    tab.fill(**{"lines-1-kind": "STAFF_TIME", "lines-1-amount": "much", "lines-1-purpose": "Aide"})
    press(tab, "save")
    tab.look("proposal-form-refused")
    assert tab.typed("lines-1-amount") == {"lines-1-amount": "much"}
    tab.fill(**{"lines-1-amount": "7"})
    press(tab, "look")
    tab.look("proposal-check")
    with tab.page.expect_navigation():
        tab.page.locator('main form button[type="submit"]').click()
    tab.look("proposal")
    assert tab.heading == "Puits"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_proposal_is_written_and_handed_in(open_tab, lane, scripts):
    ada = make_member("Ada", writes="fr", reads=["fr"], home_country="SN")
    write(open_tab(ada, java_script_enabled=scripts), lane)
    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.text.language) == ("SUBMITTED", "fr")
    lines = list(proposal.lines.order_by("position").values_list("kind", "amount_minor"))
    assert lines == [("MONEY", 40_000), ("STAFF_TIME", 420)]


def test_pages_of_proposals(open_tab, west, lane):
    tor = make_member("Tor", writes="da", reads=["ar", "da"])
    make_term(tor, west, SeatFunction.TRANSLATOR)
    lines = [("MONEY", 40_000), ("STAFF_TIME", 90), ("CAPACITY", 3), ("DATA", 1)]
    public = make_proposal(
        lane, title="Brønd", language="da", translations={"ar": "بئر"}, lines=lines
    )
    make_proposal(lane, tor, "RETURNED", title="Radio")
    draft = make_proposal(lane, tor, "DRAFT", title="", lines=())
    tab = open_tab(tor)
    for name, path in {
        "proposals": f"rounds/{lane.round_id}/proposals/",
        "proposals-nothing-fits": f"rounds/{lane.round_id}/proposals/?words=nothing",
        "proposal-read": f"proposals/{public.pk}/",
        "proposal-translate": f"proposals/{public.pk}/translate/ar/",
        "proposals-mine": "proposals/mine/",
        "proposal-draft": f"proposals/{draft.pk}/",
        "proposal-incomplete": f"proposals/{draft.pk}/submit/",
        "proposal-discard": f"proposals/{draft.pk}/discard/",
    }.items():
        tab.go(path)
        tab.look(name)
