"""Pabulib's `.pb` files, read strictly and written so that they read back the same.

Format: pabulib.org/format; Faliszewski et al., 2023, "Participatory Budgeting: Data, Tools, and
Analysis".
"""

from voting.rules.pabulib.ballots import Ballots
from voting.rules.pabulib.composing import Unwritable, compose
from voting.rules.pabulib.election import Election
from voting.rules.pabulib.faults import MESSAGES, PabulibError, PabulibWarning
from voting.rules.pabulib.projects import FileProject
from voting.rules.pabulib.reading import read
from voting.rules.pabulib.voters import Voters
from voting.rules.pabulib.writing import write

__all__ = [
    "MESSAGES",
    "Ballots",
    "Election",
    "FileProject",
    "PabulibError",
    "PabulibWarning",
    "Unwritable",
    "Voters",
    "compose",
    "read",
    "write",
]
