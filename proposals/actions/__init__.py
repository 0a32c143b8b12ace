"""What can happen to a proposal: written, judged by a committee, settled."""

from proposals.actions.assessing import (
    AlreadySubmitted,
    EarlierVersion,
    IncompleteAssessment,
    UnknownCriterion,
    save_assessment,
    submit_assessment,
)
from proposals.actions.determining import (
    AlreadyAgreed,
    DeterminationOpen,
    DeterminationOver,
    NoQuorumPossible,
    NoReason,
    NotAssessed,
    NotTheProposer,
    agree_determination,
    propose_determination,
    retract_determination,
)
from proposals.actions.judging import (
    AlreadyRecused,
    HasConflict,
    NotAJudge,
    NotInReview,
    NotShortlisted,
    NotUnderReview,
    recuse,
    settle_proposal,
)

__all__ = [
    "AlreadyAgreed",
    "AlreadyRecused",
    "AlreadySubmitted",
    "DeterminationOpen",
    "DeterminationOver",
    "EarlierVersion",
    "HasConflict",
    "IncompleteAssessment",
    "NoQuorumPossible",
    "NoReason",
    "NotAJudge",
    "NotAssessed",
    "NotInReview",
    "NotShortlisted",
    "NotTheProposer",
    "NotUnderReview",
    "UnknownCriterion",
    "agree_determination",
    "propose_determination",
    "recuse",
    "retract_determination",
    "save_assessment",
    "settle_proposal",
    "submit_assessment",
]
