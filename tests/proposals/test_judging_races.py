"""Two acts at the same moment: one of them gets the named refusal, and nothing is decided twice.

Each claim has a control with the row locks taken away.
"""

import pytest
from django.db.models import QuerySet

from members.models import Message
from proposals import actions
from proposals.models import Assessment, DeterminationVoice, Recusal
from tests.hubs.races import at_once, ends, meanwhile
from tests.proposals.judging_makers import assess, make_case, put

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)


@pytest.fixture
def case():
    return make_case()


def agree(case, found, member):
    return lambda: actions.agree_determination(determination=found, member=member, now=case.now)


def agree_both(case):
    """Kim and Lea agree at once; either voice makes the quorum of two."""
    found = put(case, case.jo)
    deeds = (agree(case, found, case.kim), agree(case, found, case.lea))
    with at_once(*deeds, table="proposals_determinationvoice", waiting=2) as begun:
        pass
    return ends(begun)


def test_of_two_voices_that_make_a_quorum_one_decides_and_the_other_is_told(case):
    assert agree_both(case) == ["NotUnderReview", "done"]
    assert case.again().status == "INELIGIBLE"
    assert (DeterminationVoice.objects.count(), Message.objects.count()) == (2, 1)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_both_voices_decide_and_the_second_runs_into_the_guard(case):
    # Each sees a quorum with its own voice: the guard of the determination is what is left.
    assert agree_both(case) == ["InternalError", "done"]


def withdraw(case):
    return lambda: actions.withdraw_proposal(proposal=case.proposal, now=case.now)


def test_an_author_who_withdraws_first_is_not_overruled(case):
    found = put(case, case.jo)
    assert meanwhile(withdraw(case), agree(case, found, case.kim)) == ["NotUnderReview"]
    assert case.again().status == "WITHDRAWN"
    found.refresh_from_db()
    assert (found.decided_at, Message.objects.count()) == (None, 0)


def test_a_decision_taken_first_is_not_withdrawn(case):
    found = put(case, case.jo)
    assert meanwhile(agree(case, found, case.kim), withdraw(case)) == ["NotWithdrawable"]
    assert case.again().status == "INELIGIBLE"


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_it_is_the_database_that_refuses_a_decision_about_what_is_withdrawn(case):
    found = put(case, case.jo)
    assert meanwhile(withdraw(case), agree(case, found, case.kim)) == ["InternalError"]
    assert case.again().status == "WITHDRAWN"
    found.refresh_from_db()
    assert found.decided_at is None


def submit_twice(case):
    draft = assess(case, case.jo, is_submitted=False)

    def submit():
        return actions.submit_assessment(assessment=draft, now=case.now)

    with at_once(submit, submit, table="proposals_assessment", waiting=2) as begun:
        pass
    return ends(begun)


def test_an_assessment_submitted_twice_at_once_is_submitted_once(case):
    assert submit_twice(case) == ["AlreadySubmitted", "done"]


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_second_runs_into_the_guard(case):
    assert submit_twice(case) == ["InternalError", "done"]


def save_both(case):
    def save():
        return assess(case, case.jo, is_submitted=False)

    with at_once(save, save, table="proposals_assessment", waiting=2) as begun:
        pass
    return ends(begun)


def test_a_draft_begun_twice_at_once_is_one_draft(case):
    assert save_both(case) == ["done", "done"]
    assert Assessment.objects.count() == 1


def put_both(case):
    deeds = [lambda member=member: put(case, member) for member in (case.jo, case.kim)]
    with at_once(*deeds, table="proposals_determination", waiting=2) as begun:
        pass
    return ends(begun)


def test_of_two_decisions_put_at_once_one_waits_for_voices(case):
    assert put_both(case) == ["DeterminationOpen", "done"]


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_second_decision_runs_into_the_constraint(case):
    assert put_both(case) == ["IntegrityError", "done"]


def recuse(case, member):
    return lambda: actions.recuse(
        proposal=case.proposal, member=member, reason="MONEY", now=case.now
    )


def test_a_stake_declared_while_one_agrees_closes_the_proposal_first(case):
    found = put(case, case.jo)
    assert meanwhile(recuse(case, case.kim), agree(case, found, case.kim)) == ["HasConflict"]
    assert (Recusal.objects.count(), DeterminationVoice.objects.count()) == (1, 1)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_a_voice_slips_past_the_stake(case):
    found = put(case, case.jo)
    assert meanwhile(recuse(case, case.kim), agree(case, found, case.kim)) == ["done"]
