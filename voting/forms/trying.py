"""What rules are tried out on."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.forms import offer
from voting.models import ElectionLane
from voting.queries import SCENARIOS
from voting.scenarios import MOST_SEEDS


class TryForm(forms.Form):
    """An invented electorate, or a lane of a vote that is over: one of ``lanes``."""

    electorate = forms.ChoiceField(label=_("Whose ballots"))
    seed = forms.IntegerField(
        label=_("Number of the invented electorate"),
        min_value=1,
        max_value=MOST_SEEDS,
        initial=1,
        help_text=_("Another number invents other projects and voters of the same kind."),
    )

    def __init__(self, *args: Any, lanes: Iterable[ElectionLane], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lanes = {f"lane-{lane.pk}": lane for lane in lanes}
        invented = list(SCENARIOS.items())
        past = [
            (key, f"{lane.election.title} · {lane.get_kind_display()}")
            for key, lane in self._lanes.items()
        ]
        groups = [(gettext("Invented"), invented), (gettext("Past votes"), past)]
        offer(self, "electorate", [group for group in groups if group[1]])

    @property
    def lane(self) -> ElectionLane | None:
        """The lane that was chosen; after a successful validation."""
        return self._lanes.get(self.cleaned_data["electorate"])
