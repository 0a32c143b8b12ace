"""Judges decide by quorum and keep away; each refusal, and what each act leaves behind."""

from datetime import timedelta

import pytest
from django.core import mail

from audit.models import TrailEntry
from members.actions import UnknownLanguage
from members.models import Message
from members.tasks import deliver
from proposals import actions, queries
from proposals.models import DeterminationVoice, Outcome, ProposalStatus, Recusal
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
    retract,
    seat_judge,
)
from tests.proposals.makers import make_proposal, move

HOUR = timedelta(hours=1)


@pytest.fixture
def case(db):
    return make_case()


def verbs(*, about=None):
    entries = TrailEntry.objects.about(about) if about else TrailEntry.objects.all()
    return list(entries.order_by("pk").values_list("verb", flat=True))


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
