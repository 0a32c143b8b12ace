"""A practice round as a facilitator asks for it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from voting.actions.practice import MINUTES, VOTERS


class PracticeForm(forms.Form):
    """How long people vote, and how many invented voters vote with them."""

    minutes = forms.IntegerField(
        label=_("Minutes of voting"),
        min_value=MINUTES[0],
        max_value=MINUTES[1],
        initial=5,
        help_text=_("From 3 to 15. Voting begins at once; the clock ends it."),
    )
    voters = forms.IntegerField(
        label=_("Invented voters"),
        min_value=VOTERS[0],
        max_value=VOTERS[1],
        initial=60,
        help_text=_("From 20 to 200. They vote within the first minute."),
    )
