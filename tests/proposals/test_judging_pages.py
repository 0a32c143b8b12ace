"""The pages of a committee: who is let in, what they say, that nothing typed is lost."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from hubs.phases import Phase
from proposals import actions, queries
from proposals.models import Assessment, Determination, Recusal
from tests.factories import make_hub, make_member
from tests.hubs.reading import (
    browser,
    complaints,
    messages,
    offered,
    open_to,
    page,
    queries_of,
    rows,
    typed,
    words,
)
from tests.proposals.judging_makers import assess, end_terms, make_case, make_judge, put, seat_judge
from tests.proposals.makers import make_proposal, move


@pytest.fixture
def case(db):
    return make_case(now=timezone.now())


@pytest.fixture
def people(case, root):
    """Everyone who might try: Max has declared a stake, Author sits on the committee too."""
    author = case.proposal.author
    seat_judge(author, case.hub, 5)
    max_ = make_judge("Max", case.hub, 6)
    gone = make_judge("Gone", case.hub, 7)
    end_terms(gone, case.now)
    actions.recuse(proposal=case.proposal, member=max_, reason="MONEY", now=case.now)
    return {
        "visitor": AnonymousUser(),
        "ada": make_member("Ada"),
        "jo": case.jo,
        "author": author,
        "max": max_,
        "gone": gone,
        "far": make_judge("Far", make_hub("north")),
        "fay": make_judge("Fay", case.hub, function="FACILITATOR"),
        "root": root,
    }


def at(name, thing):
    return reverse(f"proposals:{name}", args=[getattr(thing, "slug", thing.pk)])


def recuse(case, member, proposal=None, reason="MONEY"):
    told = {"member": member, "reason": reason, "now": case.now}
    return actions.recuse(proposal=proposal or case.proposal, **told)


# Who is let in


def test_the_desk_is_for_the_members_of_the_committee(case, people):
    assert open_to(people, at("desk", case.hub)) == {"jo", "author", "max"}


@pytest.mark.parametrize("route", ["assess", "determine"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stake_closes_the_pages_of_judging(case, people, route, method):
    assert open_to(people, at(route, case.proposal), method) == {"jo"}


@pytest.mark.parametrize("route", ["agree", "retract"])
def test_a_stake_closes_the_deeds_of_judging(case, people, route):
    found = put(case, case.kim)
    for name, person in people.items():
        answer = browser(person).post(at(route, found))
        let_in = answer.status_code == 302 and answer["Location"].endswith("/determine/")
        assert let_in == (name == "jo"), name
    assert found.voices.count() == (2 if route == "agree" else 1)
    assert browser(case.jo).get(at(route, found)).status_code == 405


def test_who_has_a_stake_reads_why_the_proposal_is_closed_and_nothing_of_its_judging(case, people):
    assess(case, case.jo, reason="Kept among us")
    put(case, case.kim, reason="Also kept among us")
    address = at("recuse", case.proposal)
    assert open_to(people, address) == {"jo", "author", "max"}
    for name, said in (("author", "You wrote it."), ("max", "get money from it")):
        shown = browser(people[name]).get(address)
        assert said in words(page(shown))
        assert "closed to you" in words(page(shown).select_one("h1"))
        for address_of_max in (address, at("desk", case.hub) + "?show=all"):
            text = browser(people[name]).get(address_of_max).content.decode()
            assert "among us" not in text
            assert "Voices" not in text


def test_the_proposal_itself_stays_open_to_everyone(case, people):
    for name, person in people.items():
        assert browser(person).get(at("detail", case.proposal)).status_code == 200, name


def test_a_stake_closes_the_judging_to_programs_too(case, people):
    assess(case, case.kim)
    address = f"/api/v1/proposals/{case.proposal.pk}/assessments/"
    let_in = {
        name for name, person in people.items() if browser(person).get(address).status_code == 200
    }
    assert let_in == {"jo"}
    assert browser(case.jo).post(address).status_code == 405


def test_programs_read_the_others_after_one_s_own_too(case):
    address = f"/api/v1/proposals/{case.proposal.pk}/assessments/"
    assess(case, case.kim, 4, None, 1)
    assess(case, case.jo, is_submitted=False)
    own = browser(case.jo).get(address).json()
    assert [one["assessor"] for one in own] == ["Jo"]
    assess(case, case.jo)
    both = {one["assessor"]: one for one in browser(case.jo).get(address).json()}
    assert set(both) == {"Jo", "Kim"}
    assert both["Kim"]["scores"][:2] == [
        {"criterion": "reach", "level": 4, "reason": "Because."},
        {"criterion": "power", "level": None, "reason": "Because."},
    ]


def test_reasons_that_are_too_long_are_refused_and_kept(case):
    first = case.criteria[0].pk
    sent = {
        "language": "en", f"level_{first}": "3", f"reason_{first}": "x" * 2_001,
        "comment": "y" * 4_001,
    }  # fmt: skip
    shown = page(browser(case.jo).post(at("assess", case.proposal), sent))
    assert [said.rpartition(": ")[2] for said in complaints(shown)] == [
        "Ensure this value has at most 2000 characters (it has 2001).",
        "Ensure this value has at most 4000 characters (it has 4001).",
    ]
    kept = typed(shown)
    assert (len(kept[f"reason_{first}"]), len(kept["comment"])) == (2_001, 4_001)
    assert not Assessment.objects.exists()


def test_a_decision_with_too_long_a_reason_is_refused_and_kept(case):
    sent = {"outcome": "INELIGIBLE", "language": "en", "reason": "x" * 4_001}
    shown = page(browser(case.jo).post(at("determine", case.proposal), sent))
    [said] = complaints(shown)
    assert said.endswith("Ensure this value has at most 4000 characters (it has 4001).")
    assert "x" * 4_001 in str(shown.select_one("textarea[name=reason]"))
    assert not Determination.objects.exists()


def test_a_stake_declared_in_one_window_closes_the_form_in_another(case):
    other_window = browser(case.jo)
    other_window.get(at("assess", case.proposal))
    recuse(case, case.jo)
    sent = other_window.post(at("assess", case.proposal), {"language": "en", "save": "1"})
    assert sent.status_code == 403
    assert not Assessment.objects.exists()


def test_a_draft_proposal_has_no_judging(case):
    draft = make_proposal(case.lane(), make_member("Kay"), "DRAFT")
    for route in ("assess", "determine", "recuse"):
        assert browser(case.jo).get(at(route, draft)).status_code == 404


@pytest.mark.parametrize("phase", [Phase.SUBMISSION, Phase.VOTING, Phase.DELIVERY])
def test_judging_is_closed_to_all_outside_its_phases(db, phase):
    case = make_case(phase=phase, now=timezone.now())
    for route in ("assess", "determine"):
        assert browser(case.jo).get(at(route, case.proposal)).status_code == 403


# The desk


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
    recuse(case, case.jo, closed)
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
    recuse(case, case.kim, second)
    recuse(case, case.lea, second)
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
        recuse(case, case.lea, made)
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


# Assessing


def answers(case, *levels, reason="Because."):
    found = {"language": "en", "comment": "Look at it"}
    for criterion, level in zip(case.criteria, levels, strict=True):
        found |= {f"level_{criterion.pk}": level, f"reason_{criterion.pk}": reason}
    return found


def test_the_criteria_stand_beside_the_proposal_with_their_described_levels(case):
    shown = page(browser(case.jo).get(at("assess", case.proposal)))
    assert "We dig." in words(shown.select_one(".beside__text"))
    assert "$400.00" in words(shown.select_one(".beside__text"))
    asked = shown.select("fieldset.criterion")
    assert [words(one.legend) for one in asked] == [
        "What about reach?", "What about power?", "What about outcome?",
    ]  # fmt: skip
    assert [words(label) for label in asked[0].select(".choices label")] == [
        "1 Reach is at 1.", "2 Reach is at 2.", "3 Reach is at 3.", "4 Reach is at 4.",
        "It does not apply here",
    ]  # fmt: skip


def test_a_page_in_another_language_marks_what_is_not_in_it(case):
    shown = page(browser(case.jo).get("/da" + at("assess", case.proposal).removeprefix("/en")))
    first = shown.select("fieldset.criterion")[0]
    legend, level = first.select("legend")[0], first.select(".choices label span[lang]")[0]
    assert words(legend) == "Hvad med reach?"
    assert not legend.select("[lang]")
    assert (level["lang"], level["dir"]) == ("en", "ltr")


def test_an_unfinished_draft_is_kept_as_typed(case):
    address = at("assess", case.proposal)
    sent = answers(case, "4", "", "none", reason="") | {f"reason_{case.criteria[1].pk}": "Hm"}
    answer = browser(case.jo).post(address, sent | {"save": "1"}, follow=True)
    assert messages(page(answer)) == ["Your draft is kept. Only you see it."]
    kept = typed(page(browser(case.jo).get(address)))
    assert kept == sent
    assert case.again().status == "IN_REVIEW"
    assert typed(page(browser(case.kim).get(address)))["comment"] == ""


def test_what_is_missing_is_listed_with_links_to_its_fields_and_nothing_is_lost(case):
    first, second, third = (criterion.pk for criterion in case.criteria)
    sent = answers(case, "4", "", "none") | {f"reason_{third}": ""}
    shown = page(browser(case.jo).post(at("assess", case.proposal), sent | {"submit": "1"}))
    assert complaints(shown) == [
        "What about power?: Choose a level, or say that it does not apply here.",
        "Reason: What about outcome?: Give your reason: one sentence is enough.",
    ]
    for link in shown.select(".form-summary a"):
        assert shown.select(f"main {link['href']}"), link
    assert typed(shown) == sent
    assert messages(shown) == ["Your draft is kept, and not submitted yet."]
    kept = Assessment.objects.get()
    assert kept.submitted_at is None
    assert kept.scores.get(criterion=first).level == 4
    assert not kept.scores.filter(criterion=second, level__gt=0).exists()


def test_a_submitted_assessment_is_read_and_not_changed(case):
    address = at("assess", case.proposal)
    sent = answers(case, "4", "none", "1") | {"submit": "1"}
    answer = browser(case.jo).post(address, sent, follow=True)
    assert answer.redirect_chain == [(at("determine", case.proposal), 302)]
    shown = page(browser(case.jo).get(address))
    assert not shown.select("main form")
    assert "Level 4 of 4 Because." in words(shown.select("main .beside > section")[1])
    again = page(browser(case.jo).post(address, answers(case, "1", "1", "1") | {"save": "1"}))
    assert not again.select("main form")
    levels = Assessment.objects.get().scores.order_by("criterion__position")
    assert [score.level for score in levels] == [4, None, 1]


def test_an_earlier_answer_is_offered_for_the_version_handed_in_again(case):
    assess(case, case.jo, 1, reason="Too vague")
    put(case, case.jo, "RETURNED")
    actions.agree_determination(
        determination=Determination.objects.get(), member=case.kim, now=case.now
    )
    again = case.again()
    again.submitted_at = case.now
    move(again, "SUBMITTED", case.now)
    shown = page(browser(case.jo).get(at("assess", again)))
    assert "returned and handed in again" in words(shown.select_one("main .message"))
    assert typed(shown)[f"reason_{case.criteria[0].pk}"] == "Too vague"


@pytest.mark.parametrize("status", ["RETURNED", "DECLINED", "WITHDRAWN"])
def test_what_is_not_under_review_has_no_form(case, status):
    move(case.again(), "IN_REVIEW", case.now)
    move(case.again(), status, case.now)
    shown = page(browser(case.jo).get(at("assess", case.proposal)))
    assert "not under review now" in words(shown)
    assert not shown.select("main form")


def test_a_hostile_text_stays_text(case):
    hostile = "<script>alert(1)</script>"
    made = make_proposal(case.lane(), title=hostile, summary=hostile, body=hostile)
    assess(case, case.jo, reason=hostile, proposal=made)
    put(case, case.jo, proposal=made, reason=hostile)
    for route in ("assess", "determine", "recuse"):
        shown = browser(case.jo).get(at(route, made))
        assert hostile not in shown.content.decode()
        assert hostile in words(page(shown))


# Deciding


def decision(case, member):
    return page(browser(member).get(at("determine", case.proposal)))


def test_the_others_are_read_after_one_has_submitted_one_s_own(case):
    assess(case, case.kim, 4, 2, 1, reason="Kim says so")
    before = decision(case, case.jo)
    assert "Kim says so" not in words(before)
    assert "mean" not in words(before).lower()
    assess(case, case.jo, is_submitted=False)
    assert "Kim says so" not in words(decision(case, case.jo))
    assess(case, case.jo, 1, 1, None)
    after = decision(case, case.jo)
    assert "Kim says so" in words(after)
    assert "2 assessments, mean 1.9 of 4." in words(after)
    assert "The median is 1.9; the middle half of the assessments lies within 0.9." in words(after)
    assert rows(after) == [
        ["What about reach?", "50", "2.5", "2.5", "1.5", "2", "0"],
        ["What about power?", "30", "1.5", "1.5", "0.5", "2", "0"],
        ["What about outcome?", "20", "1", "1", "0", "1", "1"],
    ]


def test_a_decision_is_put_and_agreed_with_on_the_page(case):
    sent = {"outcome": "INELIGIBLE", "reason": "Not here.", "language": "en"}
    answer = browser(case.jo).post(at("determine", case.proposal), sent, follow=True)
    assert messages(page(answer)) == ["Your decision is put to the committee, with your voice."]
    found = Determination.objects.get()
    agree, retract = at("agree", found), at("retract", found)
    for_jo, for_kim = decision(case, case.jo), decision(case, case.kim)
    assert [form["action"] for form in for_jo.select("main form[action]")] == [retract]
    assert [form["action"] for form in for_kim.select("main form[action]")] == [agree]
    assert "1 of 2 voices" in words(for_kim)
    assert "Agreed so far: Jo" in words(for_kim)
    done = page(browser(case.kim).post(agree, follow=True))
    assert messages(done) == [
        "Your voice is counted. The decision has taken effect, and the author is told."
    ]
    assert case.again().status == "INELIGIBLE"
    late = page(browser(case.lea).post(agree, follow=True))
    assert "withdrawn, returned or decided meanwhile" in messages(late)[0]


def test_a_decision_is_taken_back_on_the_page(case):
    found = put(case, case.jo)
    refused = page(browser(case.kim).post(at("retract", found), follow=True))
    assert "only the member who put a decision" in messages(refused)[0]
    done = page(browser(case.jo).post(at("retract", found), follow=True))
    assert messages(done) == ["The decision is taken back. Another one can be put."]
    assert "taken back on" in words(done)
    assert done.select("#id_reason")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": ""}, "Reason for the author: This field is required."),
        ({"outcome": ""}, "Decision: This field is required."),
        ({"outcome": "SHORTLISTED"}, "Nobody has submitted an assessment yet. Assess the proposal first, or return it with questions."),
    ],
)  # fmt: skip
def test_a_decision_not_put_says_why_and_keeps_what_was_typed(case, change, sentence):
    sent = {"outcome": "INELIGIBLE", "reason": "Not here.", "language": "da"} | change
    shown = page(browser(case.jo).post(at("determine", case.proposal), sent))
    assert complaints(shown) == [sentence]
    assert typed(shown) == sent
    assert not Determination.objects.exists()


def test_a_decision_put_meanwhile_is_told(case):
    put(case, case.kim)
    sent = {"outcome": "INELIGIBLE", "reason": "Not here.", "language": "da"}
    shown = page(browser(case.jo).post(at("determine", case.proposal), sent))
    assert "Another decision waits for voices." in words(shown)
    assert Determination.objects.count() == 1


def test_a_decision_asks_the_database_as_often_for_many_judges_as_for_two(case):
    assess(case, case.jo)
    assess(case, case.kim)
    client, address = browser(case.jo), at("determine", case.proposal)
    client.get(address)
    few = queries_of(lambda: client.get(address))
    for number in range(10, 25):
        assess(case, make_judge(f"Judge{number}", case.hub, number))
    assert queries_of(lambda: client.get(address)) == few
    assert "17 assessments" in words(decision(case, case.jo))


# Keeping away


def test_a_stake_is_declared_on_a_page_that_says_what_follows(case):
    address = at("recuse", case.proposal)
    people = {"jo": case.jo, "kim": case.kim}
    assert offered(people, at("assess", case.proposal), address) == {"jo", "kim"}
    assert complaints(page(browser(case.jo).post(address, {"reason": ""}))) == [
        "Why you cannot judge it: This field is required."
    ]
    done = page(browser(case.jo).post(address, {"reason": "FAMILY"}, follow=True))
    assert messages(done) == ["This proposal is closed to you from now on. Thank you."]
    assert Recusal.objects.get().reason == "FAMILY"
    again = page(browser(case.jo).post(address, {"reason": "MONEY"}, follow=True))
    assert messages(again) == ["Nothing was changed: this proposal was already closed to you."]
    assert Recusal.objects.count() == 1


# For everyone


def test_a_decision_is_public_with_its_reason_in_its_language_and_no_names(case):
    recuse(case, case.lea)
    found = put(case, case.jo, reason="Uden for regionen.", language="da")
    everyone = browser(AnonymousUser())
    assert "Uden for" not in words(page(everyone.get(at("detail", case.proposal))))
    actions.agree_determination(determination=found, member=case.kim, now=case.now)
    shown = page(everyone.get(at("detail", case.proposal)))
    said = shown.select(f"section[aria-labelledby=determination-{found.pk}]")[0]
    assert "The committee has found it not eligible" in words(said)
    assert words(said.select_one("[lang=da]")) == "Uden for regionen."
    assert "2 members agreed. 1 member kept away because of a stake in it." in words(said)
    for name in ("Jo", "Kim", "Lea"):
        assert name not in words(said)


def test_the_way_to_judging_is_offered_to_those_who_may(case, people):
    assert offered(people, at("detail", case.proposal), at("assess", case.proposal)) == {"jo"}
