"""The forms of judging: nothing typed is lost, and a decision not put says why."""

import pytest
from django.utils import timezone

from proposals import actions
from proposals.models import Assessment, Determination
from tests.hubs.reading import browser, complaints, messages, page, queries_of, rows, typed, words
from tests.proposals.judging_makers import assess, make_case, make_judge, put
from tests.proposals.makers import make_proposal, move
from tests.proposals.seeing import at


@pytest.fixture
def case(db):
    return make_case(now=timezone.now())


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
