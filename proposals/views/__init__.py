"""Pages of proposals."""

from proposals.views.judging import (
    agree,
    assess,
    desk,
    determine,
    recuse,
    retract,
)
from proposals.views.reading import (
    detail,
    mine,
    proposal_list,
)
from proposals.views.writing import (
    discard_draft,
    draft_proposal,
    edit_proposal,
    propose,
    submit_proposal,
    translate_proposal,
    withdraw_proposal,
)

__all__ = [
    "agree",
    "assess",
    "desk",
    "detail",
    "determine",
    "discard_draft",
    "draft_proposal",
    "edit_proposal",
    "mine",
    "proposal_list",
    "propose",
    "recuse",
    "retract",
    "submit_proposal",
    "translate_proposal",
    "withdraw_proposal",
]
