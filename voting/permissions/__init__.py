"""Who may see elections and results, bring them in, and have them counted again."""

from voting.permissions.elections import (
    can_import_election,
    can_recount_election,
    can_see_election,
    can_see_results,
)

__all__ = [
    "can_import_election",
    "can_recount_election",
    "can_see_election",
    "can_see_results",
]
