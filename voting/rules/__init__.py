"""Counting rules: pure, exact functions from an instance and a profile to an outcome."""

from voting.rules.margins import Margin, margins
from voting.rules.model import (
    Ballot,
    BallotFormat,
    Instance,
    InvalidInstance,
    Parameters,
    Profile,
    Progress,
    Project,
    UnknownRule,
    UnsupportedParameter,
)
from voting.rules.outcome import Outcome, Step, Support
from voting.rules.table import RULES, Rule, count

__all__ = [
    "RULES",
    "Ballot",
    "BallotFormat",
    "Instance",
    "InvalidInstance",
    "Margin",
    "Outcome",
    "Parameters",
    "Profile",
    "Progress",
    "Project",
    "Rule",
    "Step",
    "Support",
    "UnknownRule",
    "UnsupportedParameter",
    "count",
    "margins",
]
