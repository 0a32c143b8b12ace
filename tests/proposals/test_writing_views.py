"""The pages on which proposals are written: nothing typed is lost, and every refusal says what to do."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from hubs.models import SeatFunction
from hubs.phases import Phase
from proposals import actions
from proposals.models import Proposal
from tests.factories import NOON, make_hub, make_member, make_round, make_term
from tests.hubs.reading import browser, complaints, messages, typed, words
from tests.proposals.makers import make_proposal
from tests.proposals.seeing import page
from texts.models import SourceText
from texts.queries import written


@pytest.fixture(autouse=True)
def a_day_in_june():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def round_(west):
    return make_round(west, Phase.SUBMISSION, lanes={"GENERAL": 1_000_000, "READERS": 5_000})


@pytest.fixture
def lane(round_):
    return round_.lanes.get(kind="GENERAL")


@pytest.fixture
def ada(ada):
    ada.writes = "da"
    ada.save()
    return ada


def line(number: int = 0, **told: str) -> dict[str, str]:
    given = {"kind": "MONEY", "amount": "400.50", "purpose": "Pump", "country": "DK"} | told
    return {f"lines-{number}-{name}": value for name, value in given.items()}


NO_LINE = {"kind": "MONEY", "amount": "", "purpose": "", "country": ""}


def sent(lines: int = 1, **told: str) -> dict[str, str]:
    """What a browser sends of a form with one line and, as ``lines`` says, empty ones."""
    words = {
        "lane": "GENERAL", "language": "da", "title": "Brønd", "summary": "Vand til byen.",
        "body": "Vi graver.", "country": "DK", "minimum": "300",
        "lines-TOTAL_FORMS": str(lines), "lines-INITIAL_FORMS": "0",
        "lines-MIN_NUM_FORMS": "0", "lines-MAX_NUM_FORMS": "8",
    }  # fmt: skip
    empty = {name: text for n in range(1, lines) for name, text in line(n, **NO_LINE).items()}
    return words | line() | empty | told


def seen(found: dict[str, str]) -> dict[str, str]:
    """Without what counts the lines."""
    return {name: text for name, text in found.items() if "_FORMS" not in name}


def new(round_, kind="GENERAL"):
    return reverse("proposals:draft_proposal", args=[round_.pk, kind])


def at(name, proposal, *parts):
    return reverse(f"proposals:{name}", args=[proposal.pk, *parts])


def lines_of(proposal) -> list[tuple[Any, ...]]:
    found = proposal.lines.order_by("position")
    return list(found.values_list("kind", "amount_minor", "purpose", "country"))


# Choosing the kind of funding


def test_a_member_chooses_the_kind_of_funding_and_sees_what_there_is(client, ada, round_):
    client.force_login(ada)
    found = page(client.get(reverse("proposals:propose", args=[round_.pk])))
    told = {words(card.h2): words(card.select_one(".card__note")) for card in found.select(".card")}
    assert told == {
        "General": "$10,000.00 to share", "Readers and new audiences": "$50.00 to share",
    }  # fmt: skip
    assert [link["href"] for link in found.select("main .card a")] == [
        new(round_), new(round_, "READERS"),
    ]  # fmt: skip


def test_where_there_is_one_kind_nothing_is_chosen(client, ada, west):
    round_ = make_round(west, Phase.SUBMISSION)
    client.force_login(ada)
    response = client.get(reverse("proposals:propose", args=[round_.pk]))
    assert response["Location"] == new(round_)
    form = page(client.get(new(round_)))
    assert form.select_one("input[type=hidden][name=lane]")["value"] == "GENERAL"
    assert client.get(new(round_, "READERS")).status_code == 404


# The form


def test_the_form_asks_for_the_language_and_begins_with_the_one_the_member_writes(
    client, ada, round_
):
    client.force_login(ada)
    found = page(client.get(new(round_, "READERS")))
    told = typed(found)
    assert (told["language"], told["lane"]) == ("da", "READERS")
    for name in ("title", "summary", "body", "lines-0-purpose"):
        field = found.select_one(f"[name={name}]")
        assert (field["lang"], field["dir"]) == ("da", "ltr")
    assert len(found.select("fieldset.request-line")) == 1


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("ckb", "rtl"), ("sw", "ltr"), ("zz<", "ltr")]
)
def test_what_is_typed_is_marked_with_its_language(client, ada, round_, language, direction):
    client.force_login(ada)
    found = page(client.post(new(round_), sent(language=language, add_line="1")))
    field = found.select_one("[name=title]")
    assert (field["lang"], field["dir"]) == ("da" if language == "zz<" else language, direction)


def test_someone_who_set_no_writing_language_begins_with_that_of_the_page(client, round_):
    client.force_login(make_member("Bo"))
    assert typed(page(client.get(new(round_).replace("/en/", "/fr/"))))["language"] == "fr"


def test_a_draft_is_saved_and_only_its_author_is_told(client, ada, round_, lane):
    client.force_login(ada)
    response = client.post(new(round_), sent(save="1"), follow=True)
    proposal = Proposal.objects.get()
    found = written(proposal.text, ())
    assert (found.title, found.summary, found.body, found.language) == (
        "Brønd", "Vand til byen.", "Vi graver.", "da",
    )  # fmt: skip
    assert (proposal.status, proposal.author, proposal.lane) == ("DRAFT", ada, lane)
    assert (proposal.country, proposal.minimum_minor) == ("DK", 30_000)
    assert lines_of(proposal) == [("MONEY", 40_050, "Pump", "DK")]
    assert response.request["PATH_INFO"] == at("edit_proposal", proposal)
    assert messages(page(response)) == ["Your draft is saved. Only you can see it."]
    again = seen(typed(page(response)))
    assert again == seen(sent(2)) | {"minimum": "300.00"}


def test_an_empty_draft_can_be_saved_too(client, ada, round_):
    client.force_login(ada)
    empty = dict.fromkeys(("title", "summary", "body", "country", "minimum"), "")
    client.post(new(round_), sent(save="1") | empty | line(0, **NO_LINE))
    proposal = Proposal.objects.get()
    assert (proposal.country, proposal.minimum_minor, lines_of(proposal)) == ("", None, [])


def test_adding_a_line_keeps_everything_typed_and_saves_and_judges_nothing(client, ada, round_):
    client.force_login(ada)
    wrong = sent(title="x" * 99, minimum="much", add_line="1") | line(amount="a lot", purpose="")
    found = page(client.post(new(round_), wrong))
    given = {name: text for name, text in wrong.items() if name != "add_line"}
    assert seen(typed(found)) == seen(given) | line(1, **NO_LINE)
    assert complaints(found) == []
    assert not found.select(".cdx-field__validation-message")
    assert not Proposal.objects.exists()


def test_lines_are_added_up_to_the_eighth(client, ada, round_):
    client.force_login(ada)
    found = page(client.post(new(round_), sent(7, add_line="1")))
    assert len(found.select("fieldset.request-line")) == 8
    assert not found.select("button[name=add_line]")
    assert "These are all the lines there can be." in words(found)
    found = page(client.post(new(round_), sent(8, add_line="1")))
    assert len(found.select("fieldset.request-line")) == 8


def test_enter_in_a_field_saves_and_does_not_add_a_line(client, ada, round_):
    client.force_login(ada)
    form = page(client.get(new(round_))).select_one("main form")
    first = form.select_one("button, input[type=submit]")
    assert not first.has_attr("name")
    assert words(first) == "Save the draft"


LONG = " ".join(["word"] * 61)
WRONG = [
    ({"title": "x" * 81}, "Title: Ensure this value has at most 80 characters (it has 81)."),
    ({"summary": LONG}, "Summary: Use at most 60 words: it is what people read in a list."),
    ({"country": "XX"}, "Country where the work is done: Select a valid choice."
     " XX is not one of the available choices."),
    ({"minimum": "much"}, "Smallest sum that still works (optional):"
     " Write the amount in digits, like this: 12.00."),
    ({"language": "und"}, "The language you write this in: Select a valid choice."
     " und is not one of the available choices."),
    (line(amount="1.234"), "Amount, line 1: This unit has fewer decimals."
     " Write the amount like this: 12.00."),
    (line(amount="0"), "Amount, line 1: This amount cannot be right: write one that is more than zero."),
    (line(kind="STAFF_TIME", amount="1.234"), "Amount, line 1: This unit has fewer decimals."
     " Write the amount like this: 12.00."),
    (line(kind="CAPACITY", amount="1.5"), "Amount, line 1: This unit has fewer decimals."
     " Write the amount like this: 12."),
    (line(amount=""), "Amount, line 1: This field is required."),
    (line(purpose=""), "What for, line 1: This field is required."),
    (line(kind="GOLD"), "Kind, line 1: Select a valid choice. GOLD is not one of the available choices."),
    (line(country="") | {"country": ""}, "Country where it is spent, line 1:"
     " Choose the country where this is spent."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_what_is_valid_is_saved_and_the_rest_is_kept_and_said_beside_its_field(
    client, ada, round_, change, sentence
):
    client.force_login(ada)
    told = sent() | change
    response = client.post(new(round_), told | {"look": "1"})
    found, proposal = page(response), Proposal.objects.get()
    assert complaints(found) == [sentence]
    shown = seen(typed(found))
    lost = {name for name in change if shown.get(name) != change[name]}
    assert lost <= {"country", "language", "lines-0-kind"}  # a choice that does not exist
    beside = [words(said) for said in found.select(".cdx-field__validation-message")]
    assert beside == [sentence.split(": ", 1)[1]]
    assert found.select_one("main form")["action"] == at("edit_proposal", proposal)
    saved = written(proposal.text, ())
    assert saved.title == ("" if "title" in change else "Brønd")
    assert saved.summary == ("" if "summary" in change else "Vand til byen.")
    assert saved.language == "da"
    is_line_kept = not any(name.startswith("lines") for name in change)
    assert len(lines_of(proposal)) == is_line_kept
    assert proposal.minimum_minor == (None if "minimum" in change else 30_000)


def test_what_cannot_be_kept_leaves_what_was_saved_before(client, ada, round_, lane):
    proposal = make_proposal(lane, ada, "DRAFT", language="da", minimum_minor=7)
    client.force_login(ada)
    change = {"title": "x" * 81, "minimum": "much", "country": "XX"}
    client.post(at("edit_proposal", proposal), sent() | change)
    proposal.refresh_from_db()
    assert written(proposal.text, ()).title == "A well"
    assert written(proposal.text, ()).summary == "Vand til byen."
    assert (proposal.minimum_minor, proposal.country) == (7, "DK")


def test_a_line_is_spent_where_the_work_is_unless_told_and_an_empty_one_is_dropped(
    client, ada, round_
):
    client.force_login(ada)
    told = sent(3) | line(0, **NO_LINE | {"country": "SE"}) | line(2, country="")
    client.post(new(round_), told)
    assert lines_of(Proposal.objects.get()) == [("MONEY", 40_050, "Pump", "DK")]


@pytest.mark.parametrize(
    ("language", "currency", "amount", "minor", "shown"),
    [
        ("da", "USD", "1.234,5", 123_450, "1234,50"),
        ("ar", "USD", "١٬٢٣٤٫٥", 123_450, "1234.50"),
        ("fr", "USD", "1 234,5", 123_450, "1234,50"),
        ("en", "JPY", "1,234", 1_234, "1234"),
        ("da", "KWD", "1,234", 1_234, "1,234"),
        ("en", "KWD", "1,234.5", 1_234_500, "1234.500"),
    ],
)
def test_amounts_are_read_and_shown_as_the_reader_writes_them(
    client, ada, west, language, currency, amount, minor, shown
):
    round_ = make_round(west, Phase.SUBMISSION, currency=currency)
    client.force_login(ada)
    address = new(round_).replace("/en/", f"/{language}/")
    response = client.post(address, sent(minimum=amount) | line(amount=amount), follow=True)
    proposal = Proposal.objects.get()
    assert proposal.minimum_minor == proposal.lines.get().amount_minor == minor
    told = typed(page(response))
    assert (told["minimum"], told["lines-0-amount"]) == (shown, shown)


def test_hours_are_typed_and_minutes_are_kept(client, ada, round_):
    client.force_login(ada)
    client.post(new(round_), sent() | line(kind="STAFF_TIME", amount="7.5"))
    assert lines_of(Proposal.objects.get()) == [("STAFF_TIME", 450, "Pump", "DK")]


def test_a_round_without_a_currency_asks_for_no_money(client, ada, west):
    round_ = make_round(west, Phase.SUBMISSION, currency="")
    client.force_login(ada)
    found = page(client.get(new(round_)))
    kinds = [option["value"] for option in found.select("[name=lines-0-kind] option")]
    assert kinds == ["STAFF_TIME", "CAPACITY", "DATA"]
    assert not found.select("[name=minimum]")
    told = {name: text for name, text in sent().items() if name != "minimum"}
    client.post(new(round_), told | line(kind="DATA", amount="1"))
    assert lines_of(Proposal.objects.get()) == [("DATA", 1, "Pump", "DK")]


def test_a_round_that_closes_while_someone_types_keeps_what_was_typed(
    client, ada, round_, monkeypatch
):
    def closed(**told):
        raise actions.NotOpen

    monkeypatch.setattr(actions, "draft_proposal", closed)
    client.force_login(ada)
    found = page(client.post(new(round_), sent()))
    assert messages(found) == [
        "The round takes no proposals now. What you wrote is kept as it was."
    ]
    assert seen(typed(found)) == seen(sent())


def test_an_edit_says_that_others_see_it_where_they_do(client, ada, lane):
    draft, returned = (make_proposal(lane, ada, status) for status in ("DRAFT", "RETURNED"))
    client.force_login(ada)
    said = [
        messages(page(client.post(at("edit_proposal", proposal), sent(), follow=True)))
        for proposal in (draft, returned)
    ]
    assert said == [["Your draft is saved. Only you can see it."], ["Your changes are saved."]]


# Looking at it and handing it in


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


# Translating


@pytest.fixture
def tor(west):
    member = make_member("Tor", reads=["ar", "da"], writes="da")
    make_term(member, west, SeatFunction.TRANSLATOR)
    return member


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


@pytest.mark.parametrize("kind", ["%00", "GENERAL%00", "GOLD", "..", "%E2%80%AE", "a%20b"])
def test_a_kind_of_funding_that_is_none_is_not_found(client, ada, round_, kind):
    client.force_login(ada)
    start = reverse("proposals:propose", args=[round_.pk])
    assert client.get(f"{start}{kind}/").status_code == 404
    assert client.get(f"{start}GENERAL/").status_code == 200


TURNS = (
    "There is an invisible sign in this that turns writing round. Delete it, or type the text anew."
)
UNSEEN = "Nothing of this can be seen. Type at least one letter."


@pytest.mark.parametrize(
    ("typed_title", "said"),
    [
        ("Br\u202ednø", TURNS),
        ("\u2067بئر\u2069", TURNS),
        ("\u200b\u2060", UNSEEN),
        ("\u3164", UNSEEN),
    ],
)
def test_a_title_that_cannot_be_read_as_it_stands_is_refused_and_kept(
    client, ada, round_, typed_title, said
):
    client.force_login(ada)
    told = line(purpose=f"Pump{typed_title}" if said == TURNS else typed_title)
    found = page(client.post(new(round_), sent(title=typed_title) | told))
    assert complaints(found) == [f"Title: {said}", f"What for, line 1: {said}"]
    assert typed(found)["title"] == typed_title
    stored = Proposal.objects.get()
    assert (written(stored.text, ()).title, stored.lines.count()) == ("", 0)


@pytest.mark.parametrize(
    "title", ["بئر للقرية", "井", "Ёлка é", "می\u200cخواهم", "👩\u200d🚒", "1"]
)
def test_a_title_of_any_script_is_welcome(client, ada, round_, title):
    client.force_login(ada)
    client.post(new(round_), sent(title=title))
    assert written(Proposal.objects.get().text, ()).title == title


def test_one_proposal_too_many_is_refused_and_kept_on_the_page(client, ada, round_, lane):
    for _number in range(actions.MAX_PROPOSALS):
        make_proposal(lane, ada, "DRAFT")
    client.force_login(ada)
    found = page(client.post(new(round_), sent()))
    assert "as many proposals in this round" in messages(found)[0]
    assert typed(found)["title"] == "Brønd"
    assert Proposal.objects.count() == actions.MAX_PROPOSALS


@pytest.mark.parametrize("language", ["en", "nothing", "und"])
def test_there_is_nothing_to_translate_into_the_language_it_is_in_or_none(
    client, tor, lane, language
):
    client.force_login(tor)
    assert client.get(at("translate_proposal", make_proposal(lane), language)).status_code == 404


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
