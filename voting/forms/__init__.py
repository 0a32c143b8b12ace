"""What is handed in: election files, ballots, practice rounds."""

from voting.forms.booth import BallotForm, CastForm
from voting.forms.freezing import PAPER_CHANGED, FreezeForm
from voting.forms.importing import (
    FAULTS,
    MAX_BYTES,
    RANKING_POINTS,
    ImportForm,
    currency_decimals,
    fault_sentence,
    read_election,
)
from voting.forms.practice import PracticeForm
from voting.forms.rules import RuleForm
from voting.forms.trying import TryForm

__all__ = [
    "FAULTS",
    "MAX_BYTES",
    "PAPER_CHANGED",
    "RANKING_POINTS",
    "BallotForm",
    "CastForm",
    "FreezeForm",
    "ImportForm",
    "PracticeForm",
    "RuleForm",
    "TryForm",
    "currency_decimals",
    "fault_sentence",
    "read_election",
]
