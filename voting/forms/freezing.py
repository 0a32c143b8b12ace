"""What the returning officer decides about an election before it is frozen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms import language_choices, not_turning, offer, visible
from voting.forms.rules import RuleForm
from voting.models import BallotFormat

CASTABLE = (BallotFormat.APPROVAL, BallotFormat.KNAPSACK)  # what people can vote with here
MOST_CHOICES = 1_000
PAPER_CHANGED = _("What goes on the ballot has changed since you looked. Check it again below.")

DECIDES = _("This rule decides. The others are counted beside it, to compare.")


class FreezeForm(RuleForm):
    """The title, the form of the ballots and the rule; all else follows from the round.

    ``paper_hash`` is that of the paper as it is now; the page sends back, as ``seen``, that of the
    paper which was looked at: what was not seen is not frozen.
    """

    template_name = "voting/partials/freeze_form.html"
    is_explained = True
    field_order = (
        "title", "language", "ballot_format", "max_choices", "rule", *RuleForm.ADVANCED, "is_checked",
    )  # fmt: skip

    title = forms.CharField(
        label=_("Title of the election"), max_length=300, validators=[not_turning, visible]
    )
    language = forms.ChoiceField(label=_("Language of the title"))
    ballot_format = forms.ChoiceField(
        label=_("Ballot format"),
        choices=[(found.value, found.label) for found in CASTABLE],
        widget=forms.RadioSelect,
        initial=BallotFormat.APPROVAL,
    )
    max_choices = forms.IntegerField(
        label=_("Most items one may choose"),
        required=False,
        min_value=1,
        max_value=MOST_CHOICES,
        help_text=_("Over all lanes together. Leave it empty for no limit."),
    )
    is_checked = forms.BooleanField(
        label=_("I have checked the items, the costs and the texts below."),
    )

    def __init__(self, *args: Any, paper_hash: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paper_hash = paper_hash
        offer(self, "language", language_choices())
        self.fields["rule"].help_text = DECIDES

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.data.get("seen") != self.paper_hash:
            raise forms.ValidationError(PAPER_CHANGED)
        return cleaned
