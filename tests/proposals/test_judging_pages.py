"""The pages of judging: who is let in, and what everyone else reads."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from hubs.phases import Phase
from proposals import actions
from proposals.models import Assessment, Determination, Recusal
from tests.factories import make_hub, make_member
from tests.hubs.reading import browser, complaints, messages, offered, open_to, page, typed, words
from tests.proposals.judging_makers import (
    assess,
    end_terms,
    make_case,
    make_judge,
    put,
    recuse,
    seat_judge,
)
from tests.proposals.makers import make_proposal
from tests.proposals.seeing import at


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
