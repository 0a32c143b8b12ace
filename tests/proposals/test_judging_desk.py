"""The desk of a committee: how far each proposal is, and what waits for whom."""

import pytest
from django.utils import timezone

from proposals import queries
from tests.factories import make_member
from tests.hubs.reading import browser, page, queries_of, rows, words
from tests.proposals.judging_makers import assess, make_case, put, recuse
from tests.proposals.makers import make_proposal, move
from tests.proposals.seeing import at


@pytest.fixture
def case(db):
    return make_case(now=timezone.now())


def desk(case, member, show="all"):
    return page(browser(member).get(at("desk", case.hub) + f"?show={show}"))


def test_the_desk_says_how_far_each_proposal_is(case):
    author = make_member("Kay")
    titles = ("A draft", "A submitted one", "A closed one")
    draft, done, closed = (make_proposal(case.lane(), author, title=title) for title in titles)
    assess(case, case.jo, proposal=draft, is_submitted=False)
    assess(case, case.jo, proposal=done)
    assess(case, case.kim, proposal=done)
    put(case, case.kim, proposal=done)
    recuse(case, case.jo, proposal=closed)
    assert rows(desk(case, case.jo)) == [
        ["A well", "$400.00", "Submitted", "0", "Not begun Assess it : A well", "Decide together : A well"],
        ["A draft", "$400.00", "In review", "0", "Draft Go on : A draft", "Decide together : A draft"],
        ["A submitted one", "$400.00", "In review", "2", "Submitted",
         "It is not eligible: 1 of 2 voices Waits for your voice Decide together : A submitted one"],
        ["A closed one", "$400.00", "Submitted", "0", "Closed to you Why it is closed : A closed one", "Closed to you"],
    ]  # fmt: skip


def test_the_desk_begins_with_what_waits_for_the_reader(case):
    assess(case, case.jo)
    assert "Nothing waits for you" in words(desk(case, case.jo, "todo"))
    assert [row[0] for row in rows(desk(case, case.kim, "todo"))] == ["A well"]
    put(case, case.kim)
    assert [row[0] for row in rows(desk(case, case.jo, "todo"))] == ["A well"]
    recuse(case, case.jo)
    assert "Nothing waits for you" in words(desk(case, case.jo, "todo"))


def test_the_desk_says_when_nothing_is_in_review(case):
    move(case.again(), "WITHDRAWN", case.now)
    shown = desk(case, case.jo)
    assert "Nothing is in review now" in words(shown)
    assert shown.select('main .empty-state a[href="/en/hubs/west/"]')


def test_the_desk_says_where_no_quorum_is_left_and_what_to_do(case):
    second = make_proposal(case.lane(), make_member("Kay"), title="A school")
    recuse(case, case.kim, proposal=second)
    recuse(case, case.lea, proposal=second)
    shown = desk(case, case.jo)
    warning = shown.select_one("main .message")
    assert "1 proposal is left without a quorum" in words(warning)
    assert "give an empty seat" in words(warning)
    assert warning.select('a[href="/en/hubs/west/"]')
    assert [("No quorum" in row[5]) for row in rows(shown)] == [False, True]
    assert "No quorum: 1 member without a stake, 2 needed" in rows(shown)[1][5]
    assert "No quorum" in words(page(browser(case.jo).get(at("determine", second))))


def test_the_desk_is_in_the_reader_s_languages(case):
    make_proposal(case.lane(), title="Brønd", language="da", translations={"fr": "Un puits"})
    case.jo.reads = ["fr"]
    case.jo.save()
    marked = [
        (tag["lang"], tag["dir"], words(tag)) for tag in desk(case, case.jo).select("th [lang]")
    ]
    assert marked == [("en", "ltr", "A well"), ("fr", "ltr", "Un puits")]


def fill(case, numbers):
    for number in numbers:
        author = make_member(f"Author{number}")
        made = make_proposal(case.lane(), author, title=f"Idea {number}")
        assess(case, case.jo, proposal=made)
        assess(case, case.kim, proposal=made, is_submitted=False)
        recuse(case, case.lea, proposal=made)
        put(case, case.jo, proposal=made)


@pytest.mark.parametrize("show", ["todo", "all"])
def test_the_desk_asks_the_database_as_often_for_many_as_for_one(case, show):
    fill(case, range(1))
    address = at("desk", case.hub) + f"?show={show}"
    client = browser(case.kim)
    client.get(address)
    few, short = queries_of(lambda: client.get(address)), len(client.get(address).content)
    fill(case, range(1, 30))
    assert queries_of(lambda: client.get(address)) == few
    assert len(client.get(address).content) > 2 * short


def test_what_waits_is_asked_as_often_for_many_as_for_one(case):
    def ask():
        for proposal in queries.awaiting_assessment(case.kim, case.now):
            assert proposal.text.renderings.all()
            assert proposal.lane.round.hub.slug
        for found in queries.awaiting_voice(case.kim, case.now):
            assert found.proposal.text.renderings.all()

    fill(case, range(1))
    few = queries_of(ask)
    fill(case, range(1, 30))
    assert queries_of(ask) == few


def test_a_long_desk_comes_in_pages(case, monkeypatch):
    monkeypatch.setattr("proposals.views.judging.PAGE", 2)
    for number in range(3):
        make_proposal(case.lane(), title=f"Idea {number}")
    client = browser(case.jo)
    second = page(client.get(at("desk", case.hub) + "?show=all&page=2"))
    assert [row[0] for row in rows(second)] == ["Idea 1", "Idea 2"]
    assert "Page 2 of 2" in words(second)
