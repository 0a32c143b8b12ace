"""The page on which a proposal is translated, with its source beside it."""

import pytest

from hubs.models import SeatFunction
from tests.factories import make_hub, make_member, make_term
from tests.hubs.reading import complaints, messages, typed, words
from tests.proposals.makers import make_proposal
from tests.proposals.seeing import at, page
from texts.queries import written

pytestmark = pytest.mark.usefixtures("a_day_in_june")


def test_a_translator_begins_with_the_source_beside_it(client, tor, lane):
    proposal = make_proposal(lane)
    client.force_login(tor)
    found = page(client.get(at("translate_proposal", proposal, "ar")))
    told = typed(found)
    assert told == {
        "title": "A well", "summary": "Water for a village.",
        "body": "We dig.\n\nThen we drink.",
    }  # fmt: skip
    field = found.select_one("[name=title]")
    assert (field["lang"], field["dir"]) == ("ar", "rtl")
    assert words(found.select_one(".beside section h3")) == "A well"
    sent = {"revision": "1", "title": "بئر", "summary": "ماء.", "body": "نحفر."}
    done = client.post(at("translate_proposal", proposal, "ar"), sent, follow=True)
    assert messages(page(done)) == ["The translation is saved."]
    heading = page(client.get(at("detail", proposal).replace("/en/", "/ar/"))).select_one("h1 span")
    assert (words(heading), heading["lang"], heading["dir"]) == ("بئر", "ar", "rtl")


def test_a_translation_that_lacks_a_part_is_kept_and_sent_back(client, tor, lane):
    proposal = make_proposal(lane)
    client.force_login(tor)
    sent = {"revision": "1", "title": "Brønd", "summary": "", "body": "Vi graver."}
    found = page(client.post(at("translate_proposal", proposal, "da"), sent))
    assert complaints(found) == ["Summary: This field is required."]
    assert typed(found)["title"] == "Brønd"
    late = sent | {"revision": "9", "summary": "Vand."}
    found = page(client.post(at("translate_proposal", proposal, "da"), late))
    assert complaints(found) == ["Load this page again and compare with the original."]


def test_a_translation_of_somebody_else_stays_and_what_was_typed_is_kept(client, tor, lane):
    sent = {"revision": "1", "title": "Hul", "summary": "Vand.", "body": "Vi graver."}
    ann = make_member("Ann")
    make_term(ann, make_hub("north"), SeatFunction.TRANSLATOR)
    for member, proposal, said in (
        (ann, make_proposal(lane, translations={"da": "Brønd"}), "Somebody else wrote"),
        (tor, make_proposal(lane, tor, translations={"da": "Brønd"}), "You cannot change it"),
    ):
        client.force_login(member)
        found = page(client.post(at("translate_proposal", proposal, "da"), sent))
        [complaint] = complaints(found)
        assert said in complaint
        assert typed(found)["title"] == "Hul"
        assert written(proposal.text, ["da"]).title == "Brønd"


@pytest.mark.parametrize("language", ["en", "nothing", "und"])
def test_there_is_nothing_to_translate_into_the_language_it_is_in_or_none(
    client, tor, lane, language
):
    client.force_login(tor)
    assert client.get(at("translate_proposal", make_proposal(lane), language)).status_code == 404
