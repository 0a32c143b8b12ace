"""What people type about proposals."""

from proposals.forms.judging import (
    AssessmentForm,
    DeterminationForm,
    RecusalForm,
)
from proposals.forms.reading import (
    ListForm,
)
from proposals.forms.writing import (
    ProposalEntry,
    TranslationForm,
)

__all__ = [
    "AssessmentForm",
    "DeterminationForm",
    "ListForm",
    "ProposalEntry",
    "RecusalForm",
    "TranslationForm",
]
