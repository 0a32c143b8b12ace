"""What people type about seats and rounds."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubs.models import (
    CENTRE_ONLY,
    TIMETABLE_FIELDS,
    Body,
    Cycle,
    Hub,
    HubKind,
    Round,
    RoundLevel,
    SeatFunction,
)
from hubs.phases import Timetable, TimetableOutOfOrder
from members.languages import CURATED_LANGUAGES, autonym
from members.models import Member

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TermForm(forms.Form):
    """Who gets a seat, and for how long."""

    email = forms.EmailField(label=_("E-mail address of the member"))
    starts_on = forms.DateField(label=_("First day"), widget=DAY)
    ends_on = forms.DateField(label=_("Last day"), widget=DAY, help_text=_("Three years at most."))

    def clean_email(self) -> str:
        member = Member.objects.filter(
            is_active=True,
            emailaddress__verified=True,
            emailaddress__email__iexact=self.cleaned_data["email"],
        ).first()
        if member is None:
            raise forms.ValidationError(
                _(
                    "Nobody here has confirmed this address. Ask the person to sign up and confirm it, then try again."
                )
            )
        self.member = member
        return member.email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("starts_on") and cleaned.get("ends_on"):
            cleaned["starts_at"] = datetime.combine(cleaned["starts_on"], time(0), tzinfo=UTC)
            cleaned["ends_at"] = datetime.combine(cleaned["ends_on"], time(23, 59, 59), tzinfo=UTC)
        return cleaned


class SeatForm(forms.Form):
    """One more seat on a body."""

    function = forms.ChoiceField(label=_("Function"))

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [f for f in SeatFunction if body.hub_id is None or f not in CENTRE_ONLY]
        self.fields["function"].choices = [(f.value, f.label) for f in offered]  # type: ignore[attr-defined]


LEVELS: dict[str, tuple[RoundLevel, ...]] = {
    HubKind.REGIONAL: (RoundLevel.REGIONAL, RoundLevel.LOCAL),
    HubKind.THEMATIC: (RoundLevel.THEMATIC, RoundLevel.LOCAL),
    HubKind.GLOBAL: (RoundLevel.GLOBAL,),
}


class RoundForm(forms.Form):
    """A round with its timetable: the day on which each phase begins."""

    title = forms.CharField(label=_("Title"), max_length=120)
    language = forms.ChoiceField(
        label=_("Language of the title"),
        choices=[(code, autonym(code)) for code in CURATED_LANGUAGES],
    )
    cycle: "forms.ModelChoiceField[Cycle]" = forms.ModelChoiceField(
        label=_("Cycle"), queryset=Cycle.objects.order_by("-starts_on")
    )
    level = forms.ChoiceField(
        label=pgettext_lazy("of a round", "Level"), choices=RoundLevel.choices
    )

    def __init__(self, *args: Any, hub: Hub, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (level.value, level.label) for level in LEVELS[hub.kind]
        ]
        for name in TIMETABLE_FIELDS:
            label = str(Round._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            self.fields[name] = forms.DateField(label=label[:1].upper() + label[1:], widget=DAY)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        days = [cleaned.get(name) for name in TIMETABLE_FIELDS]
        if all(days):
            moments = [datetime.combine(day, time(0), tzinfo=UTC) for day in days if day]
            try:
                cleaned["timetable"] = Timetable(*moments)
            except TimetableOutOfOrder:
                self.add_error(
                    None,
                    _("A phase cannot begin before the one it follows. Put the days in order."),
                )
        return cleaned
