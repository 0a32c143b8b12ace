"""What the database refuses of judging, whoever asks; each guard is tried by someone who breaks it."""

from datetime import timedelta

import pytest

from hubs.models import Body
from principles.models import Criterion
from proposals.models import (
    MOVES,
    Assessment,
    AssessmentScore,
    Determination,
    DeterminationVoice,
    Outcome,
    ProposalStatus,
    Recusal,
)
from proposals.scoring import NOT_YET
from tests.factories import NOON, make_framework, make_hub, make_seat
from tests.hubs.refusals import guards_of, refused
from tests.proposals.judging_makers import assess, end_terms, make_case, put

HOUR = timedelta(hours=1)


def recused(case, member, reason="MONEY"):
    return Recusal.objects.create(
        proposal=case.proposal, member=member, reason=reason, recused_at=NOON
    )


def assessment(case, member, **told):
    wanted = {"language": "en", "saved_at": NOON, "version_at": case.proposal.submitted_at} | told
    return Assessment.objects.create(proposal=case.proposal, assessor=member, **wanted)


def score(found, criterion, level=3, reason="Because."):
    return AssessmentScore.objects.create(
        assessment=found, criterion=criterion, level=level, reason=reason
    )


def determination(case, member, **told):
    wanted = {
        "body": case.body, "outcome": "INELIGIBLE", "reason": "So.", "language": "en",
        "proposed_at": NOON,
    }  # fmt: skip
    return Determination.objects.create(
        proposal=case.proposal, proposed_by=member, **(wanted | told)
    )


def voice(found, member):
    return DeterminationVoice.objects.create(determination=found, member=member, agreed_at=NOON)


def decide(found, **told):
    rows = Determination.objects.filter(pk=found.pk)
    return lambda: rows.update(**({"decided_at": NOON} | told))


def of_one_voice(case):
    return decide(put(case, case.jo))


def changed_once_retracted(case):
    found = determination(case, case.jo, retracted_at=NOON)
    return lambda: Determination.objects.filter(pk=found.pk).update(proposed_at=NOON + HOUR)


def another_outcome(case):
    found = put(case, case.jo)
    return lambda: Determination.objects.filter(pk=found.pk).update(outcome="SHORTLISTED")


def both_ends(case):
    found = put(case, case.jo)
    voice(found, case.kim)
    return decide(found, retracted_at=NOON)


def a_body_of_another_hub(case):
    other = make_seat(make_hub("north")).body
    return lambda: determination(case, case.jo, body=other)


def a_late_voice(case):
    found = determination(case, case.jo, retracted_at=NOON)
    return lambda: voice(found, case.kim)


def a_recused_voice(case):
    found = put(case, case.jo)
    recused(case, case.kim)
    return lambda: voice(found, case.kim)


def a_voice_changed(case):
    found = put(case, case.jo).voices.get()
    return lambda: DeterminationVoice.objects.filter(pk=found.pk).update(member=case.lea)


def a_recused_proposer(case):
    recused(case, case.jo)
    return lambda: determination(case, case.jo)


def a_recused_assessor(case):
    recused(case, case.jo)
    return lambda: assessment(case, case.jo)


def a_submitted_assessment_changed(case):
    found = assess(case, case.jo)
    return lambda: Assessment.objects.filter(pk=found.pk).update(comment="After all")


def a_score_of_a_submitted_assessment(case):
    found = assess(case, case.jo).scores.all()[0]
    return lambda: AssessmentScore.objects.filter(pk=found.pk).update(level=4)


def half_an_assessment(case):
    found = assessment(case, case.jo)
    score(found, case.criteria[0])
    return lambda: Assessment.objects.filter(pk=found.pk).update(submitted_at=NOON)


def a_criterion_of_another_framework(case):
    other = Criterion.objects.get(framework=make_framework())
    found = assessment(case, case.jo)
    return lambda: score(found, other)


def a_score_twice(case):
    found = assessment(case, case.jo)
    return lambda: [score(found, case.criteria[0]) for _ in range(2)]


def a_recusal_taken_back(case):
    found = recused(case, case.jo)
    return lambda: Recusal.objects.filter(pk=found.pk).delete()


# name of the guard: what breaks the rule, given a proposal before Jo, Kim and Lea (quorum 2)
ATTEMPTS = {
    "proposals_recusal_one_per_member": lambda case: (
        lambda: [recused(case, case.jo) for _ in range(2)]
    ),
    "proposals_recusal_reason_known": lambda case: lambda: recused(case, case.jo, "BORED"),
    "Recusal.append_only": a_recusal_taken_back,
    "proposals_assessment_one_per_member": lambda case: (
        lambda: [assessment(case, case.jo) for _ in range(2)]
    ),
    "Assessment.without_conflict": a_recused_assessor,
    "Assessment.final_once_submitted": a_submitted_assessment_changed,
    "Assessment.complete_when_submitted": half_an_assessment,
    "proposals_assessment_comment_short_enough": lambda case: (
        lambda: assessment(case, case.jo, comment="x" * 4_001)
    ),
    "proposals_score_one_per_criterion": a_score_twice,
    "proposals_score_reason_short_enough": lambda case: (
        lambda: score(assessment(case, case.jo), case.criteria[0], reason="x" * 2_001)
    ),
    "proposals_score_level_known": lambda case: (
        lambda: score(assessment(case, case.jo), case.criteria[0], level=5)
    ),
    "AssessmentScore.until_submitted": a_score_of_a_submitted_assessment,
    "AssessmentScore.criterion_of_the_round": a_criterion_of_another_framework,
    "proposals_determination_one_open": lambda case: (
        lambda: [determination(case, member) for member in (case.jo, case.kim)]
    ),
    "proposals_determination_outcome_known": lambda case: (
        lambda: determination(case, case.jo, outcome="MAYBE")
    ),
    "proposals_determination_gives_a_reason": lambda case: (
        lambda: determination(case, case.jo, reason="")
    ),
    "proposals_determination_reason_short_enough": lambda case: (
        lambda: determination(case, case.jo, reason="x" * 4_001)
    ),
    "proposals_determination_decided_or_retracted": both_ends,
    "Determination.without_conflict": a_recused_proposer,
    "Determination.decided_by_enough": of_one_voice,
    "Determination.body_of_the_hub": a_body_of_another_hub,
    "Determination.final_once_ended": changed_once_retracted,
    "Determination.says_what_was_put": another_outcome,
    "proposals_voice_one_per_member": lambda case: lambda: voice(put(case, case.jo), case.jo),
    "DeterminationVoice.append_only": a_voice_changed,
    "DeterminationVoice.while_open": a_late_voice,
    "DeterminationVoice.without_conflict": a_recused_voice,
}
# where PostgreSQL's sentence does not hold the name of the guard
SENTENCES = {
    "Recusal.append_only": "append-only",
    "Assessment.without_conflict": "nobody judges a proposal they have a stake in",
    "Assessment.final_once_submitted": "final once it is submitted",
    "Assessment.complete_when_submitted": "answers every criterion",
    "AssessmentScore.until_submitted": "scores are final",
    "AssessmentScore.criterion_of_the_round": "the framework its round is bound to",
    "Determination.without_conflict": "nobody judges a proposal they have a stake in",
    "Determination.decided_by_enough": "the voices of a quorum",
    "Determination.body_of_the_hub": "a body decides in its own hub",
    "Determination.final_once_ended": "that ended does not change",
    "Determination.says_what_was_put": "does not change under it",
    "DeterminationVoice.append_only": "append-only",
    "DeterminationVoice.while_open": "nobody joins a determination that ended",
    "DeterminationVoice.without_conflict": "nobody judges a proposal they have a stake in",
}


@pytest.fixture
def case(db):
    return make_case()


@pytest.mark.parametrize("guard", ATTEMPTS)
def test_the_guard_holds(guard, case):
    break_it = ATTEMPTS[guard](case)
    with refused(SENTENCES.get(guard, guard)):
        break_it()


def test_no_guard_is_without_someone_who_tries_to_break_it():
    kinds = (Recusal, Assessment, AssessmentScore, Determination, DeterminationVoice)
    assert set(ATTEMPTS) == guards_of(*kinds)


def test_an_author_neither_assesses_nor_decides_nor_agrees(case):
    author = case.proposal.author
    found = put(case, case.jo)
    for judge in (assessment, determination):
        with refused("nobody judges a proposal they have a stake in"):
            judge(case, author)
    with refused("nobody judges a proposal they have a stake in"):
        voice(found, author)


@pytest.mark.parametrize(("level", "reason"), [(NOT_YET, "So."), (3, "")])
def test_a_submitted_assessment_has_a_level_and_a_reason_everywhere(case, level, reason):
    found = assessment(case, case.jo)
    for criterion in case.criteria[1:]:
        score(found, criterion, None)
    last = score(found, case.criteria[0], level, reason)
    with refused("answers every criterion"):
        Assessment.objects.filter(pk=found.pk).update(submitted_at=NOON)
    AssessmentScore.objects.filter(pk=last.pk).update(level=3, reason="So.")
    assert Assessment.objects.filter(pk=found.pk).update(submitted_at=NOON) == 1


def test_the_voices_of_a_quorum_are_of_those_who_sit_on_the_body_and_have_no_stake(case):
    found = put(case, case.jo)
    voice(found, case.kim)
    voice(found, case.lea)
    recused(case, case.kim)
    end_terms(case.lea, NOON)
    with refused("the voices of a quorum"):
        decide(found)()
    # Lea's term had not ended by then.
    assert decide(found, decided_at=NOON - 2 * HOUR)() == 1


@pytest.mark.parametrize("quorum", [2, 3])
def test_a_quorum_is_what_the_body_says(case, quorum):
    Body.objects.filter(pk=case.body.pk).update(quorum=quorum)
    found = put(case, case.jo)
    voice(found, case.kim)
    if quorum == 2:
        assert decide(found)() == 1
        return
    with refused("the voices of a quorum"):
        decide(found)()


def test_a_version_handed_in_again_may_be_assessed_again(case):
    assess(case, case.jo)
    again = assessment(case, case.jo, version_at=NOON + HOUR)
    assert again.submitted_at is None
    assert case.proposal.assessments.count() == 2


def test_every_outcome_is_a_status_that_a_proposal_in_review_moves_to():
    assert set(Outcome.values) == MOVES[ProposalStatus.IN_REVIEW] - {ProposalStatus.WITHDRAWN}
