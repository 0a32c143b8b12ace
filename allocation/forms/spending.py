"""What a treasurer types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from allocation.models import Envelope
from allocation.queries.spending import envelopes_left
from hubs.currencies import decimals_of
from hubs.models import Round


class FundingForm(forms.Form):
    """Which envelope a round is given a part of, and how much of it in whole units of its resource."""

    envelope: "forms.ModelChoiceField[Envelope]" = forms.ModelChoiceField(
        label=_("Envelope"), queryset=Envelope.objects.none(), empty_label=None
    )
    amount = forms.DecimalField(label=_("Amount"), min_value=0, localize=True)

    def __init__(self, *args: Any, round: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.round = round
        self.fields["envelope"].queryset = envelopes_left(round.hub)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Minor units: an amount finer than its currency has is refused, never rounded."""
        cleaned: dict[str, Any] = super().clean() or {}
        envelope, amount = cleaned.get("envelope"), cleaned.get("amount")
        if envelope is None or amount is None:
            return cleaned
        decimals = decimals_of(envelope.apportionment.pool.currency)
        minor = amount.scaleb(decimals)
        if minor != minor.to_integral_value():
            self.add_error("amount", _("This has more decimals than the currency has."))
        elif minor <= 0:
            self.add_error("amount", _("Write an amount above zero."))
        else:
            cleaned["amount_minor"] = int(minor)
        return cleaned
