"""Judges assess what is before them; who may judge, and when."""

from datetime import timedelta
from typing import Any

import pytest

from audit.models import TrailEntry
from hubs.phases import Phase
from members.actions import UnknownLanguage
from proposals import actions, queries
from proposals.scoring import NOT_YET
from tests.factories import NOON, make_hub, make_member
from tests.proposals.judging_makers import (
    agree,
    assess,
    decided,
    end_terms,
    make_case,
    make_judge,
    put,
    recuse,
    seat_judge,
)
from tests.proposals.makers import move

HOUR = timedelta(hours=1)


@pytest.fixture
def case(db):
    return make_case()


def keep(case, member, scores, **told):
    wanted = {"language": "da", "comment": "", "now": NOON, "proposal": case.proposal} | told
    return actions.save_assessment(assessor=member, scores=scores, **wanted)


def verbs(*, about=None):
    entries = TrailEntry.objects.about(about) if about else TrailEntry.objects.all()
    return list(entries.order_by("pk").values_list("verb", flat=True))


# Assessing


def test_a_draft_keeps_everything_and_takes_the_proposal_up(case):
    first, second, third = (criterion.pk for criterion in case.criteria)
    typed = {first: (4, "Mange"), second: (NOT_YET, "Ikke endnu"), third: (None, "")}
    kept = keep(case, case.jo, typed, comment="Godt")
    assert {s.criterion_id: (s.level, s.reason) for s in kept.scores.all()} == typed
    assert (kept.language, kept.comment, kept.submitted_at) == ("da", "Godt", None)
    assert case.again().status == "IN_REVIEW"
    assert verbs() == ["take_up_proposal", "save_assessment"]


def test_a_draft_saved_again_replaces_the_one_before(case):
    first, second, _third = (criterion.pk for criterion in case.criteria)
    keep(case, case.jo, {first: (4, "Mange"), second: (2, "Få")}, comment="Godt")
    kept = keep(case, case.jo, {first: (1, "Nej")}, now=NOON + HOUR)
    assert [(s.criterion_id, s.level, s.reason) for s in kept.scores.all()] == [(first, 1, "Nej")]
    assert (kept.comment, kept.saved_at) == ("", NOON + HOUR)
    assert case.proposal.assessments.count() == 1
    assert verbs() == ["take_up_proposal", "save_assessment"]


@pytest.mark.parametrize("level", [5, -1])
def test_a_level_is_one_to_four(case, level):
    with pytest.raises(actions.UnknownCriterion):
        keep(case, case.jo, {case.criteria[0].pk: (level, "So.")})


def test_only_what_the_framework_asks_of_recipients_is_answered(case):
    other = case.round.framework.criteria.get(applies_to="ALLOCATOR")
    with pytest.raises(actions.UnknownCriterion):
        keep(case, case.jo, {other.pk: (3, "So.")})


def test_reasons_are_in_a_language(case):
    with pytest.raises(UnknownLanguage):
        keep(case, case.jo, {}, language="klingon")


def test_what_is_missing_is_told_and_the_draft_stands(case):
    first, second, third = (criterion.pk for criterion in case.criteria)
    draft = keep(case, case.jo, {first: (4, ""), second: (NOT_YET, "So."), third: (2, "So.")})
    with pytest.raises(actions.IncompleteAssessment) as refusal:
        actions.submit_assessment(assessment=draft, now=NOON)
    gaps = refusal.value.gaps
    assert (gaps.without_level, gaps.without_reason) == ((second,), (first,))
    assert not gaps.has_too_many_not_applying
    draft.refresh_from_db()
    assert draft.submitted_at is None


def test_a_third_of_the_criteria_may_not_apply_and_no_more(case):
    with pytest.raises(actions.IncompleteAssessment) as refusal:
        assess(case, case.jo, None, None, 3)
    assert refusal.value.gaps.has_too_many_not_applying
    assert assess(case, case.kim, None, 3, 3).submitted_at == NOON


def test_a_submitted_assessment_is_final(case):
    done = assess(case, case.jo)
    with pytest.raises(actions.AlreadySubmitted):
        actions.submit_assessment(assessment=done, now=NOON)
    with pytest.raises(actions.AlreadySubmitted):
        assess(case, case.jo, 1)
    assert verbs(about=done) == ["save_assessment", "submit_assessment"]


def test_what_is_handed_in_again_is_assessed_anew(case):
    assess(case, case.jo, 1)
    late = assess(case, case.lea, is_submitted=False)
    decided(case, "RETURNED")
    again = case.again()
    again.submitted_at = NOON + HOUR
    move(again, "SUBMITTED", NOON + HOUR)
    assert not queries.counted_assessments(again).exists()
    assert list(queries.awaiting_assessment(case.jo, NOON)) == [again]
    with pytest.raises(actions.EarlierVersion):
        actions.submit_assessment(assessment=late, now=NOON)
    assess(case, case.jo, 4)
    assert [a.version_at for a in queries.counted_assessments(again)] == [NOON + HOUR]


# Who, and when


def deeds(case, member):
    """Every way a judge has to a proposal, with a decision of Kim's open."""
    open_: Any = queries.open_determination(case.proposal)
    return {
        "save": lambda: keep(case, member, {}),
        "propose": lambda: put(case, member),
        "agree": lambda: agree(case, open_, member),
    }


@pytest.mark.parametrize("deed", ["save", "propose", "agree"])
@pytest.mark.parametrize("person", ["stranger", "other hub", "facilitator", "term over"])
def test_only_who_sits_on_the_committee_judges(case, deed, person):
    put(case, case.kim)
    member = {
        "stranger": lambda: make_member("Stray"),
        "other hub": lambda: make_judge("Far", make_hub("north")),
        "facilitator": lambda: make_judge("Fay", case.hub, function="FACILITATOR"),
        "term over": lambda: case.jo,
    }[person]()
    if person == "term over":
        end_terms(case.jo, NOON)
    with pytest.raises(actions.NotAJudge):
        deeds(case, member)[deed]()


@pytest.mark.parametrize("function", ["CHAIR", "DEPUTY"])
def test_the_chair_and_the_deputy_are_judges_too(case, function):
    member = make_judge("Rui", case.hub, function=function)
    assert assess(case, member).submitted_at == NOON


@pytest.mark.parametrize("deed", ["save", "propose", "agree"])
@pytest.mark.parametrize("stake", ["author", "recused"])
def test_nobody_judges_what_they_have_a_stake_in(case, deed, stake):
    put(case, case.kim)
    member = case.jo if stake == "recused" else case.proposal.author
    if stake == "author":
        seat_judge(member, case.hub, 9)
    else:
        recuse(case, member)
    with pytest.raises(actions.HasConflict):
        deeds(case, member)[deed]()


def test_a_draft_of_someone_who_kept_away_meanwhile_is_not_submitted(case):
    draft = assess(case, case.jo, is_submitted=False)
    recuse(case, case.jo)
    with pytest.raises(actions.HasConflict):
        actions.submit_assessment(assessment=draft, now=NOON)
    draft.refresh_from_db()
    assert draft.scores.count() == 3


@pytest.mark.parametrize("deed", ["save", "propose", "agree"])
@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.REVIEW, Phase.DELIBERATION}))
def test_judging_happens_in_review_and_deliberation_only(db, deed, phase):
    case = make_case(phase=phase)
    within = case.round.deliberation_at - HOUR
    put(case, case.kim, now=within)
    with pytest.raises(actions.NotInReview):
        deeds(case, case.jo)[deed]()


def test_judging_goes_on_in_deliberation(db):
    case = make_case(phase=Phase.DELIBERATION)
    assess(case, case.jo)
    assert decided(case, "SHORTLISTED").decided_at == NOON


@pytest.mark.parametrize("deed", ["save", "propose", "agree"])
@pytest.mark.parametrize("status", ["RETURNED", "SHORTLISTED", "DECLINED", "WITHDRAWN", "FUNDED"])
def test_only_what_is_under_review_is_judged(case, deed, status):
    put(case, case.kim)
    if status == "FUNDED":
        move(case.again(), "SHORTLISTED")
    move(case.again(), status)
    with pytest.raises(actions.NotUnderReview):
        deeds(case, case.jo)[deed]()
