"""What people hand in about elections, and what is wrong with it in the reader's language."""

from voting.forms.freezing import FreezeForm
from voting.forms.importing import (
    FAULTS,
    MAX_BYTES,
    RANKING_POINTS,
    ImportForm,
    currency_decimals,
    fault_sentence,
    read_election,
)

__all__ = [
    "FAULTS",
    "MAX_BYTES",
    "RANKING_POINTS",
    "FreezeForm",
    "ImportForm",
    "currency_decimals",
    "fault_sentence",
    "read_election",
]
