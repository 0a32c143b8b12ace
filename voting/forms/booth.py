"""A ballot as it is handed in from a page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from voting.ballots import MARKED
from voting.canonical import Choices

LONGEST_POSITION = 6  # digits; more is no item of any ballot


class MarksField(forms.Field):
    """The positions of the items that are marked; one that is marked twice is kept twice."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: object) -> Choices:
        marks = value if isinstance(value, list) else []
        if not all(
            isinstance(mark, str)
            and mark.isascii()
            and mark.isdigit()
            and len(mark) <= LONGEST_POSITION
            for mark in marks
        ):
            raise forms.ValidationError(
                _("What arrived is not a list of items. Choose again on this page."),
                code="NOT_ITS_FORMAT",
            )
        return tuple(sorted((int(mark), MARKED) for mark in marks))


class BallotForm(forms.Form):
    """The items marked on the paper."""

    item = MarksField(required=False)

    def known(self, positions: frozenset[int]) -> frozenset[int]:
        """What was marked of these, whatever else is wrong: to show it again."""
        marks = self.data.getlist("item") if hasattr(self.data, "getlist") else []
        return frozenset(p for p in positions if str(p) in marks)


class CastForm(BallotForm):
    """The same with the key of this press of the button."""

    cast_key = forms.UUIDField()
