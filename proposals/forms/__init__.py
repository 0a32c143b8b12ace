"""What people type about proposals."""

from proposals.forms.judging import AssessmentForm, DeterminationForm, RecusalForm

__all__ = ["AssessmentForm", "DeterminationForm", "RecusalForm"]
