"""What waits for judges, what they think together, and what everyone reads of it."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db.models import ProtectedError

from proposals import actions, queries
from proposals.models import Proposal
from tests.factories import NOON, make_member
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
)
from tests.proposals.makers import make_proposal

HOUR = timedelta(hours=1)


@pytest.fixture
def case(db):
    return make_case()


def keep(case, member, scores, **told):
    wanted = {"language": "da", "comment": "", "now": NOON, "proposal": case.proposal} | told
    return actions.save_assessment(assessor=member, scores=scores, **wanted)


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
