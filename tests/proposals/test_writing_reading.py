"""Lists and pages of proposals: in the reader's language, marked as such, at a constant price, and light."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.urls import reverse

from hubs.phases import Phase
from proposals import actions
from proposals.models import Proposal, RequestLine
from proposals.permissions import can_draft
from proposals.queries import awaiting_author, rounds_taking_proposals
from tests.factories import NOON, make_hub, make_member, make_round
from tests.hubs.reading import cards, queries_of, rows, words
from tests.proposals.makers import make_author, make_proposal, move
from tests.proposals.seeing import page
from texts.models import SourceText, TextRendering

LISTS = ("list", "mine", "api")


@pytest.fixture(autouse=True)
def a_day_in_june():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def round_(west):
    lanes = {"GENERAL": 100_000, "READERS": 5_000}
    return make_round(west, Phase.SUBMISSION, lanes=lanes, title_da="En runde")


@pytest.fixture
def lane(round_):
    return round_.lanes.get(kind="GENERAL")


@pytest.fixture
def readers(round_):
    return round_.lanes.get(kind="READERS")


def listed(client, round_, into="en", **chosen):
    return page(client.get(f"/{into}/rounds/{round_.pk}/proposals/", chosen))


def at(proposal, into="en"):
    return f"/{into}/proposals/{proposal.pk}/"


# The list of a round


def test_a_card_says_what_it_is_in_the_readers_language_and_how_it_stands(client, lane, round_):
    make_proposal(
        lane, title="Brønd", summary="Vand.", language="da", translations={"fr": "Puits"},
        lines=[("MONEY", 30_000), ("STAFF_TIME", 90), ("MONEY", 10_050)],
    )  # fmt: skip
    card = listed(client, round_, "fr").select_one("main .card")
    titles = card.select(".card__title span")
    assert [(words(part), part["lang"], part["dir"]) for part in titles] == [("Puits", "fr", "ltr")]
    assert "dansk" in words(card.select_one(".written-badge"))
    english = listed(client, round_).select_one("main .card")
    assert words(english.select_one(".card__title")) == "Brønd"
    assert words(english.select_one(".card__note")) == "Submitted $400.50 · 1.5 hours General"
    assert english.select_one(".card__title span")["lang"] == "da"
    assert words(english.select_one(".written-badge")) == "Original: dansk"


def test_an_arabic_page_runs_from_the_right_and_a_danish_title_in_it_does_not(client, lane, round_):
    make_proposal(lane, title="Brønd", language="da")
    make_proposal(lane, title="بئر", language="ar")
    found = listed(client, round_, "ar", order="oldest")
    assert (found.html["lang"], found.html["dir"]) == ("ar", "rtl")
    assert [part["dir"] for part in found.select(".card__title span")] == ["ltr", "rtl"]
    english = listed(client, round_, order="oldest")
    assert [part["dir"] for part in english.select(".card__title span")] == ["ltr", "rtl"]


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({}, ["Well", "School", "Radio"]),
        ({"lane": "READERS"}, ["School"]),
        ({"status": "WITHDRAWN"}, ["Radio"]),
        ({"language": "da"}, ["Well"]),
        ({"language": "da", "lane": "READERS"}, []),
        ({"words": "RAD"}, ["Radio"]),
        ({"words": "brønd"}, ["Well"]),
        ({"words": "puits"}, []),
        ({"words": "100%"}, []),
        ({"order": "oldest"}, ["Radio", "School", "Well"]),
        ({"order": "most"}, ["Radio", "Well", "School"]),
        ({"order": "least"}, ["School", "Well", "Radio"]),
        ({"status": "DRAFT"}, ["Well", "School", "Radio"]),
        ({"lane": "nothing", "order": "nothing"}, ["Well", "School", "Radio"]),
    ],
)
def test_a_list_is_narrowed_and_ordered_as_the_reader_chooses(
    client, round_, lane, readers, chosen, titles
):
    day = timedelta(days=1)
    make_proposal(
        lane, title="Radio", status="WITHDRAWN", lines=[("MONEY", 900)], now=NOON - 2 * day
    )
    make_proposal(readers, title="School", lines=[("DATA", 1)], now=NOON - day)
    make_proposal(
        lane, title="Brønd", language="da", translations={"en": "Well", "fr": "Puits"},
        lines=[("MONEY", 500)],
    )  # fmt: skip
    make_proposal(lane, status="DRAFT", title="Hidden radio", language="sw")
    make_proposal(make_round(make_hub("other"), Phase.SUBMISSION).lanes.get(), title="Elsewhere")
    assert cards(listed(client, round_, **chosen)) == titles


def test_the_languages_to_choose_from_are_those_of_public_proposals(client, round_, lane):
    make_proposal(lane, language="sw")
    make_proposal(lane, status="DRAFT", language="fr")
    form = listed(client, round_).select_one("form.filters")
    codes = [option["value"] for option in form.select("[name=language] option")]
    assert codes == ["", "sw"]
    assert [o["value"] for o in form.select("[name=lane] option")] == ["", "GENERAL", "READERS"]
    assert "DRAFT" not in {option["value"] for option in form.select("[name=status] option")}


def test_a_list_says_where_it_is(client, lane, round_):
    make_proposal(lane)
    places = [words(part) for part in listed(client, round_).select(".breadcrumb li")]
    assert places == ["West", "A round", "Proposals"]


def test_an_empty_list_says_what_to_do_next(client, ada, round_, west):
    over = make_round(west, Phase.REVIEW)

    def step(round_, **chosen):
        state = listed(client, round_, **chosen).select_one(".empty-state")
        return words(state.select_one(".empty-state__title")), state.a["href"]

    assert step(round_) == ("No proposal yet", f"/en/rounds/{round_.pk}/")
    assert step(round_, words="nothing") == ("Nothing fits", f"/en/rounds/{round_.pk}/proposals/")
    client.force_login(ada)
    assert step(round_) == ("No proposal yet", f"/en/rounds/{round_.pk}/propose/")
    assert step(over) == ("No proposal yet", f"/en/rounds/{over.pk}/")


def test_a_list_comes_in_pages_that_keep_what_was_chosen(client, round_, lane):
    crowd(lane, range(31))
    first = listed(client, round_, order="oldest", lane="GENERAL")
    assert len(cards(first)) == 30
    after = first.select_one("a[rel=next]")["href"]
    assert set(after.lstrip("?").split("&")) == {"order=oldest", "lane=GENERAL", "page=2"}
    second = page(client.get(reverse("proposals:list", args=[round_.pk]) + after))
    assert cards(second) == ["Proposal 30"]
    assert "31 proposals" in words(first)


def crowd(lane, numbers, author=None):
    """Public proposals in bulk, each with two lines and a translation."""
    author = author or make_author()
    texts = [SourceText(language="en") for _ in numbers]
    SourceText.objects.bulk_create(texts)
    TextRendering.objects.bulk_create(
        TextRendering(
            text=text, language=language, revision=1, written_at=NOON,
            title=f"Proposal {number}", translator=author if language == "da" else None,
        )
        for text, number in zip(texts, numbers, strict=True)
        for language in ("en", "da")
    )  # fmt: skip
    made = Proposal.objects.bulk_create(
        Proposal(lane=lane, author=author, text=text, created_at=NOON, country="DK")
        for text in texts
    )
    RequestLine.objects.bulk_create(
        RequestLine(
            proposal=proposal, position=position, kind="MONEY", amount_minor=1, purpose="A",
            country="DK",
        )
        for proposal in made
        for position in (1, 2)
    )  # fmt: skip
    pks = [proposal.pk for proposal in made]
    Proposal.objects.filter(pk__in=pks).update(status="SUBMITTED", submitted_at=NOON)


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("language", ["en", "da"])
def test_a_list_asks_the_database_as_often_for_a_thousand_as_for_one(
    client, ada, round_, lane, what, language
):
    address = {
        "list": reverse("proposals:list", args=[round_.pk]),
        "mine": reverse("proposals:mine"),
        "api": "/api/v1/proposals/",
    }[what].replace("/en/", f"/{language}/")
    client.force_login(ada)
    asked, lengths = [], []
    for numbers in (range(1), range(1, 30), range(30, 1000)):
        crowd(lane, numbers, ada)
        asked.append(queries_of(lambda: lengths.append(len(client.get(address).content))))
    assert asked[0] == asked[1] == asked[2] <= 16
    assert lengths[1] > 3 * lengths[0] / 2


# One proposal


def test_a_page_tells_the_whole_proposal_and_never_adds_up_different_things(client, lane):
    proposal = make_proposal(
        lane, make_author("Bo"), minimum_minor=20_000,
        lines=[("MONEY", 30_000), ("STAFF_TIME", 60), ("MONEY", 10_050), ("CAPACITY", 3), ("DATA", 1)],
    )  # fmt: skip
    found = page(client.get(at(proposal)))
    assert words(found.h1) == "A well"
    assert [row[2] for row in rows(found)] == [
        "$300.00", "1 hour", "$100.50", "3 service credits", "1 access grant",
    ]  # fmt: skip
    foot = [[words(cell) for cell in row.select("th, td")] for row in found.select("tfoot tr")]
    assert foot == [
        ["Total: Money", "$400.50"],
        ["Total: Staff time", "1 hour"],
        ["Total: Capacity", "3 service credits"],
        ["Total: Data", "1 access grant"],
    ]
    facts = {words(row.dt): words(row.dd) for row in found.select("dl.facts .facts__row")}
    assert facts["Written by"] == "Bo"
    assert facts["Kind of funding"] == "General"
    assert facts["Country where the work is done"] == "Denmark"
    assert facts["Asks for"] == "$400.50 · 1 hour · 3 service credits · 1 access grant"
    assert facts["Smallest sum that still works"] == "$200.00"
    assert [words(part) for part in found.select(".written p")] == ["We dig.", "Then we drink."]
    places = [words(part) for part in found.select(".breadcrumb li")]
    assert places == ["West", "A round", "Proposals", "A well"]


def test_a_page_shows_each_language_it_is_asked_for_and_says_which_is_the_original(client, lane):
    proposal = make_proposal(
        lane, title="بئر", language="ar", translations={"en": "A well", "da": "Brønd"}
    )

    def heading(address):
        part = page(client.get(address)).select_one("h1 span")
        return words(part), part["lang"], part["dir"]

    assert heading(at(proposal)) == ("A well", "en", "ltr")
    assert heading(at(proposal, "ar")) == ("بئر", "ar", "rtl")
    assert heading(at(proposal, "fr")) == ("بئر", "ar", "rtl")
    assert heading(at(proposal) + "?in=da") == ("Brønd", "da", "ltr")
    assert heading(at(proposal) + "?in=ar") == ("بئر", "ar", "rtl")
    assert heading(at(proposal) + "?in=sw") == ("A well", "en", "ltr")
    found = page(client.get(at(proposal)))
    links = {link["href"].split("?")[1] for link in found.select(".written-languages a")}
    assert links == {"in=ar", "in=da"}
    assert "العربية" in words(found.select_one(".written-badge"))
    purpose = found.select_one("tbody th span")  # purposes are in the author's words
    assert (purpose["lang"], purpose["dir"]) == ("ar", "rtl")


def test_an_arabic_page_is_turned_round_with_its_amounts_whole(client, lane):
    proposal = make_proposal(lane, language="ar", title="بئر", lines=[("STAFF_TIME", 90)])
    found = page(client.get(at(proposal, "ar")))
    assert (found.html["lang"], found.html["dir"]) == ("ar", "rtl")
    assert [tag.name for tag in found.select("table .amount")] == ["bdi", "bdi"]
    heading = found.select_one("h1 span")
    assert (heading["lang"], heading["dir"]) == ("ar", "rtl")


def test_what_authors_write_is_text_and_never_markup(client, lane):
    hostile = '<script>alert("x")</script>'
    proposal = make_proposal(lane, make_member("Eve"), title=hostile, summary=hostile, body=hostile)
    for address in (at(proposal), reverse("proposals:list", args=[lane.round_id])):
        content = client.get(address).content.decode()
        assert hostile not in content
        assert "&lt;script&gt;" in content


def test_a_page_tells_what_happened_in_order_with_its_dates(client, lane, ada):
    proposal = make_proposal(lane, ada, "DRAFT")
    day = timedelta(days=1)
    actions.submit_proposal(proposal=proposal, now=NOON)
    proposal.refresh_from_db()
    for status in ("IN_REVIEW", "RETURNED"):  # by the committee, whose deeds are told elsewhere
        move(proposal, status, NOON)
    actions.submit_proposal(proposal=proposal, now=NOON + day)
    actions.withdraw_proposal(proposal=proposal, now=NOON + 2 * day)
    found = page(client.get(at(proposal)))
    steps = found.select("dl.facts")[-1].select(".facts__row")
    assert [(words(row.dt), row.dd.time["datetime"][:10]) for row in steps] == [
        ("Submitted", "2026-06-01"), ("Submitted", "2026-06-02"), ("Withdrawn", "2026-06-03"),
    ]  # fmt: skip


def over_the_wire(found, html: bytes) -> int:
    """What a browser loads of a page and its stylesheets, scripts and images, each compressed."""
    linked = [tag["href"] for tag in found.select("link[rel=stylesheet], link[rel=icon]")]
    linked += [tag["src"] for tag in found.select("script[src], img[src]")]
    paths = {address.removeprefix("/static/") for address in linked}
    assert {"css/proposals.css", "codex/codex.css"} <= paths
    files = [Path(str(finders.find(path))).read_bytes() for path in paths]
    return sum(len(gzip.compress(content)) for content in [html, *files])


def test_a_long_proposal_weighs_less_than_a_hundred_kilobytes_with_its_styles(client, lane):
    body = "\n\n".join(f"Paragraph {n} tells of step {n * 7919} of the work." for n in range(200))
    proposal = make_proposal(
        lane, body=body, lines=[("MONEY", 1)] * 8, translations={"ar": "بئر", "da": "Brønd"}
    )
    response = client.get(at(proposal))
    weight = over_the_wire(page(response), response.content)
    assert 20_000 < weight < 100_000


# One's own


def test_a_member_finds_their_own_drafts_first(client, ada, lane):
    for number, status in enumerate(["DRAFT", "SUBMITTED", "RETURNED", "WITHDRAWN", "DRAFT"]):
        make_proposal(
            lane, ada, status, title=f"{status} {number}", now=NOON + timedelta(days=number)
        )
    make_proposal(lane, status="DRAFT", title="Another's")
    make_proposal(lane, ada, "DRAFT", title="", now=NOON - timedelta(days=9))
    client.force_login(ada)
    assert cards(page(client.get(reverse("proposals:mine")))) == [
        "DRAFT 4", "DRAFT 0", "Draft without a title", "RETURNED 2", "WITHDRAWN 3", "SUBMITTED 1",
    ]  # fmt: skip


def test_who_has_written_nothing_is_shown_the_way(client, ada):
    client.force_login(ada)
    state = page(client.get(reverse("proposals:mine"))).select_one(".empty-state")
    assert state.a["href"] == "/en/hubs/"


def test_what_waits_for_its_author_is_what_can_still_be_handed_in(ada, west, lane):
    over, returned = (make_round(west, phase).lanes.get() for phase in (Phase.VOTING, Phase.REVIEW))
    waiting = [make_proposal(lane, ada, "DRAFT"), make_proposal(returned, ada, "RETURNED")]
    for elsewhere, status in (
        (over, "DRAFT"),
        (over, "RETURNED"),
        (returned, "DRAFT"),
        (lane, "SUBMITTED"),
    ):
        make_proposal(elsewhere, ada, status)
    make_proposal(lane, status="DRAFT")
    assert awaiting_author(ada, NOON) == waiting


def test_rounds_that_take_proposals_are_those_in_which_a_member_may_write(ada, west, round_):
    for phase in set(Phase) - {Phase.SUBMISSION}:
        make_round(west, phase)
    make_round(west, Phase.SUBMISSION, is_open=False)
    make_round(west, Phase.SUBMISSION, is_practice=True)
    assert list(rounds_taking_proposals(NOON)) == [round_]
    for moment in (round_.submission_at, round_.review_at):
        for off in (timedelta(0), timedelta(microseconds=1)):
            taken = round_ in rounds_taking_proposals(moment - off)
            assert taken == can_draft(ada, round_, now=moment - off)
