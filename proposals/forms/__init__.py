"""What people type about proposals."""

from proposals.forms.reading import ListForm
from proposals.forms.writing import ProposalEntry, TranslationForm

__all__ = ["ListForm", "ProposalEntry", "TranslationForm"]
