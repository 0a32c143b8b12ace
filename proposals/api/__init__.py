"""Proposals for programs, and what their judges have said, for those judges."""

from proposals.api.judging import AssessmentViewSet
from proposals.api.writing import ProposalViewSet

__all__ = ["AssessmentViewSet", "ProposalViewSet"]
