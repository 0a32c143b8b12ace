"""How a reader narrows a list of proposals."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubs.models import LaneKind, Round
from members.forms import offer
from members.languages import autonym
from proposals.models import PUBLIC, ProposalStatus
from proposals.queries import languages_written

ALL = [("", pgettext_lazy("choice in a filter", "All"))]


class ListForm(forms.Form):
    """What of a list is shown; a choice that does not exist narrows nothing."""

    words = forms.CharField(label=_("Words in the title"), required=False, max_length=80)
    lane = forms.ChoiceField(label=_("Kind of funding"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)
    language = forms.ChoiceField(label=_("Language it was written in"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("newest", _("Newest first")),
            ("oldest", _("Oldest first")),
            ("most", _("Most money first")),
            ("least", _("Least money first")),
        ],
    )

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lanes = [(lane.kind, LaneKind(lane.kind).label) for lane in round_.lanes.order_by("pk")]
        found: dict[str, list[tuple[str, Any]]] = {
            "lane": lanes,
            "status": [
                (status.value, status.label) for status in ProposalStatus if status in PUBLIC
            ],
            "language": [(code, autonym(code)) for code in languages_written(round_)],
        }
        for name, choices in found.items():
            offer(self, name, [*ALL, *choices])
        self.is_valid()

    @property
    def chosen(self) -> dict[str, str]:
        """What ``proposals.queries.listed`` is asked."""
        found = {name: text for name, text in self.cleaned_data.items() if text}
        return {"order": "newest"} | found

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen.keys() - {"order"})
