"""The form of a proposal: nothing typed is lost, and what is wrong is said beside its field."""

import pytest
from django.urls import reverse

from hubs.phases import Phase
from proposals import actions
from proposals.models import Proposal
from tests.factories import make_member, make_round
from tests.hubs.reading import complaints, messages, typed, words
from tests.proposals.makers import make_proposal
from tests.proposals.seeing import at, page
from tests.proposals.writing_form import NO_LINE, line, lines_of, new, seen, sent
from texts.queries import written

pytestmark = pytest.mark.usefixtures("a_day_in_june")


@pytest.fixture
def ada(ada):
    ada.writes = "da"
    ada.save()
    return ada


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
