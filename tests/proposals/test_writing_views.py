"""The pages after the form: looking at it, handing in, taking back; every refusal says what to do."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from proposals import actions
from proposals.models import Proposal
from tests.hubs.reading import browser, messages, words
from tests.proposals.makers import make_proposal
from tests.proposals.seeing import at, page
from tests.proposals.writing_form import new, sent
from texts.models import SourceText

pytestmark = pytest.mark.usefixtures("a_day_in_june")


@pytest.fixture
def ada(ada):
    ada.writes = "da"
    ada.save()
    return ada


def test_it_is_looked_at_before_it_is_handed_in(client, ada, round_):
    client.force_login(ada)
    response = client.post(new(round_), sent(look="1"), follow=True)
    proposal = Proposal.objects.get()
    assert response.request["PATH_INFO"] == at("submit_proposal", proposal)
    found = page(response)
    assert words(found.select_one(".panel h2")) == "Brønd"
    assert [words(cell) for cell in found.select("tbody tr > *")] == [
        "Pump", "Denmark", "$400.50",
    ]  # fmt: skip
    assert proposal.status == "DRAFT"
    done = client.post(at("submit_proposal", proposal), follow=True)
    assert messages(page(done)) == ["Your proposal is handed in. Everyone can read it now."]
    assert done.request["PATH_INFO"] == at("detail", proposal)
    assert Proposal.objects.get().status == "SUBMITTED"


def test_what_is_missing_is_listed_and_there_is_no_button(client, ada, lane):
    proposal = make_proposal(lane, ada, "DRAFT", title="", country="", lines=())
    client.force_login(ada)
    found = page(client.get(at("submit_proposal", proposal)))
    assert [words(part) for part in found.select("main .message li")] == [
        "A title", "The country where the work is done", "At least one line of what you ask for",
    ]  # fmt: skip
    assert not found.select("main form button")
    told = page(client.post(at("submit_proposal", proposal), follow=True))
    assert messages(told) == ["It is not complete yet. What is missing is listed below."]


TOO_MUCH = (
    "You ask for more money than this kind of funding has. Ask for less, or choose another kind."
)
TOO_HIGH = "The smallest sum that still works is more than you ask for. Lower it, or ask for more."


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"lines": [("MONEY", 1_000_001)]}, TOO_MUCH), ({"minimum_minor": 40_001}, TOO_HIGH)],
)
def test_what_cannot_be_handed_in_says_what_to_do(client, ada, lane, fields, sentence):
    proposal = make_proposal(lane, ada, "DRAFT", **fields)
    client.force_login(ada)
    response = client.post(at("submit_proposal", proposal), follow=True)
    assert messages(page(response)) == [sentence]
    assert response.request["PATH_INFO"] == at("submit_proposal", proposal)
    assert page(response).select(f'main a[href="{at("edit_proposal", proposal)}"]')


@pytest.mark.parametrize(
    ("name", "deed", "refusal", "place", "sentence"),
    [
        ("submit_proposal", "submit_proposal", actions.NotEditable, "detail",
         "Nothing was changed: it has been handed in already."),
        ("edit_proposal", "edit_proposal", actions.NotEditable, "detail",
         "Nothing was changed: it has been handed in already."),
        ("submit_proposal", "submit_proposal", actions.NotOpen, "detail",
         "The round takes no proposals now. What you wrote is kept as it was."),
        ("submit_proposal", "submit_proposal", actions.Discarded, "mine",
         "You discarded this draft."),
        ("discard_draft", "discard_draft", actions.NotADraft, "detail",
         "Nothing was changed: it was handed in. You can withdraw it instead."),
    ],
)  # fmt: skip
def test_who_comes_too_late_is_told_and_led_on(
    client, ada, lane, monkeypatch, name, deed, refusal, place, sentence
):
    proposal = make_proposal(lane, ada, "DRAFT")

    def refuse(**told):
        raise refusal

    monkeypatch.setattr(actions, deed, refuse)
    client.force_login(ada)
    response = client.post(at(name, proposal), sent(), follow=True)
    assert messages(page(response)) == [sentence]
    places = {"detail": at("detail", proposal), "mine": reverse("proposals:mine")}
    assert response.request["PATH_INFO"] == places[place]


def test_a_withdrawal_that_comes_too_late_changes_nothing(client, ada, lane, monkeypatch):
    proposal = make_proposal(lane, ada)

    def refuse(**told):
        raise actions.NotWithdrawable

    monkeypatch.setattr(actions, "withdraw_proposal", refuse)
    client.force_login(ada)
    response = client.post(at("withdraw_proposal", proposal), follow=True)
    assert messages(page(response)) == ["Nothing was changed: it cannot be withdrawn now."]


def test_a_proposal_is_withdrawn_after_a_question(client, ada, lane):
    proposal = make_proposal(lane, ada)
    client.force_login(ada)
    asked = page(client.get(at("withdraw_proposal", proposal)))
    assert "this cannot be undone" in words(asked)
    assert Proposal.objects.get().status == "SUBMITTED"
    response = client.post(at("withdraw_proposal", proposal), follow=True)
    assert messages(page(response)) == ["Your proposal is withdrawn."]
    assert words(page(response).select_one("main .chip")) == "Withdrawn"


def test_a_draft_is_discarded_after_a_question(client, ada, lane):
    proposal = make_proposal(lane, ada, "DRAFT")
    client.force_login(ada)
    assert "is deleted" in words(page(client.get(at("discard_draft", proposal))))
    response = client.post(at("discard_draft", proposal), follow=True)
    assert messages(page(response)) == ["Your draft is discarded."]
    assert not SourceText.objects.exists()
    assert client.get(at("detail", proposal)).status_code == 404


def test_a_reader_finds_what_they_may_do_and_nothing_else(ada, tor, lane):
    def links(person, status):
        proposal = make_proposal(lane, ada, status)
        found = page(browser(person).get(at("detail", proposal)))
        start = at("detail", proposal)
        return {
            str(link["href"]).removeprefix(start).split("/")[0]
            for link in found.select("main a")
            if str(link["href"]).startswith(start) and "?" not in str(link["href"])
        }

    assert links(ada, "DRAFT") == {"edit", "submit", "discard"}
    assert links(ada, "RETURNED") == {"edit", "submit", "withdraw"}
    assert links(ada, "SUBMITTED") == {"withdraw"}
    assert links(ada, "FUNDED") == set()
    assert links(tor, "SUBMITTED") == {"translate"}


def test_after_submission_a_draft_says_that_it_came_too_late(client, ada, round_, lane):
    proposal = make_proposal(lane, ada, "DRAFT")
    with time_machine.travel(round_.review_at + timedelta(days=1), tick=False):
        client.force_login(ada)
        found = page(client.get(at("detail", proposal)))
        assert "The round takes no proposals any more." in words(found)
        assert client.get(at("submit_proposal", proposal)).status_code == 403
        assert not page(client.get(at("edit_proposal", proposal))).select("button[name=look]")
