"""Counting rules: pure, exact functions from an instance and a profile to an outcome."""

from voting.rules.constraints import NO_CONSTRAINTS, Category, Constraints
from voting.rules.explain import explained
from voting.rules.faults import InvalidInstance, UnknownRule, UnsupportedParameter
from voting.rules.margins import Margin, margins
from voting.rules.model import BallotFormat, Instance, Parameters, Progress, Project
from voting.rules.outcome import Outcome, Phase, Step, Support
from voting.rules.profile import Ballot, Profile
from voting.rules.table import RULES, Rule, count

__all__ = [
    "NO_CONSTRAINTS",
    "RULES",
    "Ballot",
    "BallotFormat",
    "Category",
    "Constraints",
    "Instance",
    "InvalidInstance",
    "Margin",
    "Outcome",
    "Parameters",
    "Phase",
    "Profile",
    "Progress",
    "Project",
    "Rule",
    "Step",
    "Support",
    "UnknownRule",
    "UnsupportedParameter",
    "count",
    "explained",
    "margins",
]
