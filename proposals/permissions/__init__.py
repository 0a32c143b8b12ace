"""Who may write, see and judge proposals."""

from proposals.permissions.judging import (
    can_agree,
    can_assess,
    can_determine,
    can_recuse,
    can_retract,
    can_see_desk,
)
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
    "can_agree",
    "can_assess",
    "can_determine",
    "can_discard",
    "can_draft",
    "can_edit",
    "can_recuse",
    "can_retract",
    "can_see_desk",
    "can_see_proposal",
    "can_submit",
    "can_translate",
    "can_withdraw",
]
