"""Proposals with what they ask for, how they were assessed, and what a body determined."""

from proposals.models.assessments import (
    MAX_COMMENT,
    MAX_REASON,
    Assessment,
    AssessmentScore,
    Recusal,
    RecusalReason,
)
from proposals.models.determinations import (
    JUDGES,
    MAX_GROUNDS,
    Determination,
    DeterminationVoice,
    Outcome,
)
from proposals.models.proposals import (
    EDITABLE,
    MOVES,
    PUBLIC,
    UNDER_REVIEW,
    WITHDRAWABLE,
    Proposal,
    ProposalStatus,
    RequestLine,
)

__all__ = [
    "EDITABLE",
    "JUDGES",
    "MAX_COMMENT",
    "MAX_GROUNDS",
    "MAX_REASON",
    "MOVES",
    "PUBLIC",
    "UNDER_REVIEW",
    "WITHDRAWABLE",
    "Assessment",
    "AssessmentScore",
    "Determination",
    "DeterminationVoice",
    "Outcome",
    "Proposal",
    "ProposalStatus",
    "Recusal",
    "RecusalReason",
    "RequestLine",
]
