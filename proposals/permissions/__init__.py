"""Who may do what to proposals."""

from proposals.permissions.writing import (
    can_discard,
    can_draft,
    can_edit,
    can_see_proposal,
    can_submit,
    can_translate,
    can_withdraw,
)

__all__ = [
    "can_discard",
    "can_draft",
    "can_edit",
    "can_see_proposal",
    "can_submit",
    "can_translate",
    "can_withdraw",
]
