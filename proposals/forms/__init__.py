"""What people type about proposals."""

from proposals.forms.judging import AssessmentForm, DeterminationForm, RecusalForm
from proposals.forms.reading import ListForm
from proposals.forms.writing import ProposalEntry, TranslationForm, read_typed

__all__ = [
    "AssessmentForm",
    "DeterminationForm",
    "ListForm",
    "ProposalEntry",
    "RecusalForm",
    "TranslationForm",
    "read_typed",
]
