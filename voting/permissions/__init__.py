"""Who may freeze elections, bring them in, see them and have them counted again."""

from voting.permissions.casting import can_cast_ballot, can_enter_booth, can_open_practice
from voting.permissions.elections import (
    can_import_election,
    can_recount_election,
    can_see_election,
    can_see_results,
    can_try_rules,
)
from voting.permissions.freezing import can_freeze_election

__all__ = [
    "can_cast_ballot",
    "can_enter_booth",
    "can_freeze_election",
    "can_import_election",
    "can_open_practice",
    "can_recount_election",
    "can_see_election",
    "can_see_results",
    "can_try_rules",
]
