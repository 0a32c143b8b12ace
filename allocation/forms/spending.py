"""What a treasurer types."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from allocation.models import Envelope
from allocation.queries.spending import envelopes_for
from hubs.models import Round
from hubs.templatetags.resources import resource_text
from members.templatetags.wording import apart
from proposals.forms import read_typed
from texts.queries import localized


class EnvelopeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """An envelope, named by its cycle, its resource and what is left of it."""

    chain: Sequence[str] = ()

    def label_from_instance(self, envelope: Envelope) -> str:
        pool = envelope.apportionment.pool
        left: int = envelope.left_minor  # type: ignore[attr-defined]  # annotated
        told = {
            "cycle": localized(pool.cycle, "name", self.chain).text,
            "resource": pool.get_kind_display(),
            "left": resource_text(left, pool.kind, pool.currency),
        }
        words = {name: apart(word) for name, word in told.items()}
        return _("%(cycle)s, %(resource)s: %(left)s left") % words


class FundingForm(forms.Form):
    """Which envelope a round is given a part of, and how much: in the unit people know, not in minor ones."""

    envelope = EnvelopeField(
        label=_lazy("Envelope"), queryset=Envelope.objects.none(), empty_label=None
    )
    amount = forms.CharField(
        label=_lazy("Amount"),
        max_length=40,
        help_text=_lazy("Money in its currency, staff time in hours, service credits in credits."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, round: Round, chain: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["envelope"]
        field.chain, field.queryset = chain, envelopes_for(round)  # type: ignore[attr-defined]  # it is an EnvelopeField

    def clean(self) -> dict[str, Any]:
        """``amount_minor``: what was typed, in the minor units of the envelope."""
        cleaned: dict[str, Any] = super().clean() or {}
        envelope, amount = cleaned.get("envelope"), cleaned.get("amount")
        if envelope is None or not amount:
            return cleaned
        pool = envelope.apportionment.pool
        try:
            cleaned["amount_minor"] = read_typed(amount, pool.kind, pool.decimals)
        except forms.ValidationError as error:
            self.add_error("amount", error)
        return cleaned
