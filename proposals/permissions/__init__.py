"""Who may do what to proposals."""

from proposals.permissions.judging import (
    can_agree,
    can_assess,
    can_determine,
    can_recuse,
    can_retract,
    can_see_desk,
)

__all__ = [
    "can_agree",
    "can_assess",
    "can_determine",
    "can_recuse",
    "can_retract",
    "can_see_desk",
]
