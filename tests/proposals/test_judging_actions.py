"""Judges assess, decide by quorum and keep away; each refusal, and what each act leaves behind."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.core import mail
from django.db.models import ProtectedError

from audit.models import TrailEntry
from hubs.phases import Phase
from members.actions import UnknownLanguage
from members.models import Message
from members.tasks import deliver
from proposals import actions, queries
from proposals.models import DeterminationVoice, Outcome, Proposal, ProposalStatus, Recusal
from proposals.scoring import NOT_YET
from tests.factories import NOON, make_hub, make_member
from tests.proposals.judging_makers import (
    assess,
    end_terms,
    make_case,
    make_judge,
    put,
    seat_judge,
)
from tests.proposals.makers import make_proposal, move

HOUR = timedelta(hours=1)


@pytest.fixture
def case(db):
    return make_case()


def keep(case, member, scores, **told):
    wanted = {"language": "da", "comment": "", "now": NOON, "proposal": case.proposal} | told
    return actions.save_assessment(assessor=member, scores=scores, **wanted)


def agree(case, determination, member):
    return actions.agree_determination(determination=determination, member=member, now=case.now)


def retract(case, determination, member):
    return actions.retract_determination(determination=determination, member=member, now=case.now)


def recuse(case, member, reason="MONEY"):
    return actions.recuse(proposal=case.proposal, member=member, reason=reason, now=case.now)


def verbs(*, about=None):
    entries = TrailEntry.objects.about(about) if about else TrailEntry.objects.all()
    return list(entries.order_by("pk").values_list("verb", flat=True))


def decided(case, outcome, **told):
    """A decision of Jo and Kim, in effect."""
    return agree(case, put(case, case.jo, outcome, **told), case.kim)


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
    open_ = queries.open_determination(case.proposal)
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


# Deciding


def test_a_decision_is_put_with_the_voice_of_who_puts_it(case):
    found = put(case, case.jo)
    assert [voice.member for voice in queries.counting_voices(found, NOON)] == [case.jo]
    assert (found.decided_at, case.again().status) == (None, "IN_REVIEW")
    assert verbs() == ["take_up_proposal", "propose_determination"]


@pytest.mark.parametrize("outcome", Outcome.values)
def test_with_the_voice_of_a_quorum_a_decision_takes_effect_at_once(case, outcome):
    assess(case, case.lea)
    found = decided(case, outcome)
    proposal = case.again()
    assert found.decided_at == NOON
    assert proposal.status == outcome
    assert proposal.decided_at == (None if outcome == "RETURNED" else NOON)
    is_thawed = proposal.text.frozen_at is None
    assert is_thawed == (outcome == "RETURNED")
    assert verbs(about=proposal) == ["take_up_proposal", "decide_proposal"]
    assert [m.template for m in Message.objects.all()] == [f"emails/proposals/{outcome.lower()}"]


def test_a_decision_needs_as_many_voices_as_the_body_says(db):
    case = make_case(quorum=3)
    found = decided(case, "INELIGIBLE")
    assert (found.decided_at, case.again().status) == (None, "IN_REVIEW")
    assert agree(case, found, case.lea).decided_at == NOON


@pytest.mark.parametrize("outcome", ["SHORTLISTED", "DECLINED"])
def test_nothing_is_shortlisted_or_declined_unread(case, outcome):
    with pytest.raises(actions.NotAssessed):
        put(case, case.jo, outcome)
    assess(case, case.jo, is_submitted=False)
    with pytest.raises(actions.NotAssessed):
        put(case, case.jo, outcome)
    assess(case, case.lea)
    recuse(case, case.lea)
    with pytest.raises(actions.NotAssessed):
        put(case, case.jo, outcome)
    assess(case, case.jo)
    assert put(case, case.jo, outcome).outcome == outcome


def test_one_decision_waits_at_a_time(case):
    found = put(case, case.jo)
    with pytest.raises(actions.DeterminationOpen):
        put(case, case.kim)
    retract(case, found, case.jo)
    assert put(case, case.kim).retracted_at is None


def test_no_decision_is_put_where_no_quorum_is_left(case):
    recuse(case, case.kim)
    recuse(case, case.lea)
    with pytest.raises(actions.NoQuorumPossible):
        put(case, case.jo)
    make_judge("Max", case.hub, 4)
    assert put(case, case.jo).proposed_by == case.jo


def test_a_body_decides_in_its_own_hub(case):
    north = make_hub("north")
    other = make_judge("Far", north).terms.get().seat.body
    seat_judge(case.jo, north, 2)
    with pytest.raises(actions.NotAJudge):
        put(case, case.jo, body=other)


def test_a_decision_has_a_reason_in_a_language(case):
    with pytest.raises(actions.NoReason):
        put(case, case.jo, reason="  ")
    with pytest.raises(UnknownLanguage):
        put(case, case.jo, language="klingon")


def test_nobody_agrees_twice(case):
    found = put(case, case.jo)
    with pytest.raises(actions.AlreadyAgreed):
        agree(case, found, case.jo)


def test_nobody_joins_or_takes_back_what_ended(case):
    found = decided(case, "INELIGIBLE")
    with pytest.raises(actions.NotUnderReview):
        agree(case, found, case.lea)
    with pytest.raises(actions.DeterminationOver):
        retract(case, found, case.jo)
    assert DeterminationVoice.objects.count() == 2


def test_what_was_taken_back_gets_no_voice(case):
    found = retract(case, put(case, case.jo), case.jo)
    with pytest.raises(actions.DeterminationOver):
        agree(case, found, case.kim)
    assert case.again().status == "IN_REVIEW"


@pytest.mark.parametrize("lost", ["term", "stake"])
def test_a_voice_lost_meanwhile_does_not_count(case, lost):
    found = put(case, case.jo)
    set_quorum(case, 3)
    assert agree(case, found, case.kim).decided_at is None
    if lost == "term":
        end_terms(case.kim, NOON)
    else:
        recuse(case, case.kim)
    max_ = make_judge("Max", case.hub, 4)
    assert agree(case, found, case.lea).decided_at is None
    assert agree(case, found, max_).decided_at == NOON


def set_quorum(case, quorum):
    case.body.quorum = quorum
    case.body.save()


def test_only_who_put_a_decision_takes_it_back(case):
    found = put(case, case.jo)
    with pytest.raises(actions.NotTheProposer):
        retract(case, found, case.kim)
    assert retract(case, found, case.jo).retracted_at == NOON
    with pytest.raises(actions.DeterminationOver):
        retract(case, found, case.jo)


def test_a_decision_left_behind_is_cleared_by_another_judge(case):
    found = put(case, case.jo)
    end_terms(case.jo, NOON)
    recuse(case, case.lea)
    with pytest.raises(actions.NotTheProposer):
        retract(case, found, case.lea)
    with pytest.raises(actions.NotTheProposer):
        retract(case, found, make_member("Stray"))
    assert retract(case, found, case.kim).retracted_at == NOON


# Keeping away


def test_who_keeps_away_no_longer_counts_and_nothing_is_lost(case):
    done = assess(case, case.jo)
    found = recuse(case, case.jo, "FAMILY")
    assert not queries.counted_assessments(case.again()).exists()
    assert queries.judged(case.again()).overall is None
    done.refresh_from_db()
    assert done.scores.count() == 3
    entry = TrailEntry.objects.about(found).get()
    assert (entry.verb, entry.reason_code, entry.actor_id) == ("recuse", "FAMILY", case.jo.pk)


def test_what_someone_put_before_they_kept_away_is_taken_back_and_recorded(case):
    found = put(case, case.jo)
    recuse(case, case.jo)
    found.refresh_from_db()
    assert found.retracted_at == NOON
    last = TrailEntry.objects.about(found).latest("pk")
    assert (last.verb, last.reason_code) == ("retract_determination", "RECUSED")
    assert put(case, case.kim).decided_at is None


def test_a_stake_is_declared_once_by_a_judge_and_not_of_what_is_decided(case):
    recuse(case, case.jo)
    with pytest.raises(actions.AlreadyRecused):
        recuse(case, case.jo)
    with pytest.raises(actions.NotAJudge):
        recuse(case, make_member("Stray"))
    seat_judge(case.proposal.author, case.hub, 9)
    with pytest.raises(actions.AlreadyRecused):
        recuse(case, case.proposal.author)
    move(case.again(), "WITHDRAWN")
    with pytest.raises(actions.NotUnderReview):
        recuse(case, case.kim)
    assert Recusal.objects.count() == 1


def test_a_stake_may_be_declared_of_what_was_returned(case):
    decided(case, "RETURNED")
    assert recuse(case, case.lea).reason == "MONEY"


# Settling


@pytest.mark.parametrize(("is_funded", "status"), [(True, "FUNDED"), (False, "NOT_FUNDED")])
def test_what_was_shortlisted_is_funded_or_not(case, is_funded, status):
    proposal = make_proposal(case.lane(), status=ProposalStatus.SHORTLISTED)
    later = NOON + HOUR
    done = actions.settle_proposal(proposal=proposal, is_funded=is_funded, now=later)
    assert (done.status, done.decided_at) == (status, proposal.decided_at)
    assert verbs(about=proposal) == ["settle_proposal"]


@pytest.mark.parametrize("status", sorted(set(ProposalStatus) - {ProposalStatus.SHORTLISTED}))
def test_nothing_else_is_settled(case, status):
    proposal = make_proposal(case.lane(), status=status)
    with pytest.raises(actions.NotShortlisted):
        actions.settle_proposal(proposal=proposal, is_funded=True, now=NOON)


# Mail


@pytest.mark.parametrize("outcome", Outcome.values)
def test_the_author_is_told_in_their_own_language(case, outcome):
    author = case.proposal.author
    author.interface_language = "da"
    author.save()
    assess(case, case.lea)
    decided(case, outcome, reason="<Kun> vandet & jorden.")
    message = Message.objects.get()
    assert (message.recipient, message.context["title"]) == (author, "A well")
    deliver(message)
    sent = mail.outbox[-1]
    assert sent.extra_headers["Content-Language"] == "da"
    assert sent.to == [author.email]
    assert "A well" in sent.body
    assert "<Kun> vandet & jorden." in sent.body
    assert sent.body.rstrip().endswith(f"/proposals/{case.proposal.pk}/")


# Reading


def test_what_waits_for_a_member_is_what_they_have_not_assessed_in_rounds_in_review(case):
    second = make_proposal(case.lane(), title="A school")
    make_proposal(case.lane(), make_member("Kay"), "DRAFT")
    make_proposal(case.lane(), status="DECLINED")
    make_proposal(case.lane(), case.jo, title="My own")
    assert list(queries.awaiting_assessment(case.jo, NOON)) == [case.proposal, second]
    assess(case, case.jo)
    actions.recuse(proposal=second, member=case.jo, reason="MONEY", now=NOON)
    assert list(queries.awaiting_assessment(case.jo, NOON)) == []
    assert queries.awaiting_assessment(case.kim, NOON).count() == 3
    for nobody in (make_member("Stray"), case.proposal.author):
        assert not queries.awaiting_assessment(nobody, NOON).exists()
    end_terms(case.kim, NOON)
    assert not queries.awaiting_assessment(case.kim, NOON).exists()


def test_nothing_waits_outside_review_and_deliberation(case):
    begin, end = case.round.review_at, case.round.voting_at
    tick = timedelta(microseconds=1)
    for moment, waits in ((begin - tick, 0), (begin, 1), (end - tick, 1), (end, 0)):
        assert queries.awaiting_assessment(case.jo, moment).count() == waits


def test_nothing_waits_in_a_round_that_nobody_has_opened(db):
    case = make_case(is_open=False)
    assert not queries.awaiting_assessment(case.jo, NOON).exists()
    assert not queries.is_judging(case.round, NOON)


def test_a_decision_waits_for_the_voices_of_the_others(case):
    found = put(case, case.jo)
    assert list(queries.awaiting_voice(case.jo, NOON)) == []
    assert list(queries.awaiting_voice(case.kim, NOON)) == [found]
    recuse(case, case.kim)
    assert list(queries.awaiting_voice(case.kim, NOON)) == []
    agree(case, found, case.lea)
    make_judge("Max", case.hub, 4)
    assert not queries.awaiting_voice(case.lea, NOON).exists()


def test_the_shortlist_of_a_round_is_of_its_lanes_with_a_vote(case):
    short = make_proposal(case.lane(), status="SHORTLISTED")
    make_proposal(case.lane(), status="FUNDED")
    assert list(queries.shortlisted(case.round)) == [short]
    assert [line.amount_minor for line in queries.shortlisted(case.round)[0].lines.all()] == [
        40_000
    ]


def test_what_the_judges_think_is_put_together_exactly(case):
    assess(case, case.jo, 4, 2, 1)
    assess(case, case.kim, 1, 1, None)
    found = queries.judged(case.again())
    assert [worth for _a, _s, worth in found.assessments] == [Fraction(14, 5), 1]
    assert found.overall
    assert (found.overall.count, found.overall.mean) == (2, Fraction(19, 10))
    by_code = {c.code: (s.mean, s.count, without) for c, s, without in found.criteria if s}
    assert by_code == {
        "reach": (Fraction(5, 2), 2, 0),
        "power": (Fraction(3, 2), 2, 0),
        "outcome": (1, 1, 1),
    }


def test_a_decision_is_public_with_its_voices_and_who_kept_away_as_numbers(case):
    recuse(case, case.lea)
    put_back = retract(case, put(case, case.jo), case.jo)
    done = decided(case, "INELIGIBLE")
    found = queries.determinations_of(case.again())
    assert [(d.pk, vars(d)["agreed"], vars(d)["kept_away"]) for d in found] == [(done.pk, 2, 1)]
    assert put_back not in found


def test_a_proposal_that_was_judged_is_not_deleted(case):
    assess(case, case.jo)
    with pytest.raises(ProtectedError):
        Proposal.objects.get(pk=case.proposal.pk).delete()
