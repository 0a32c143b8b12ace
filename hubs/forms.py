"""What people type about seats and rounds."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modeltranslation.utils import build_localized_fieldname

from hubs.actions import LanePlan
from hubs.models import (
    CENTRE_ONLY,
    TIMETABLE_FIELDS,
    WHOLE_BP,
    Body,
    Cycle,
    Hub,
    HubKind,
    LaneKind,
    LaneMethod,
    Round,
    RoundLevel,
    SeatFunction,
)
from hubs.phases import Timetable, TimetableOutOfOrder
from hubs.queries import currency_choices, lanes_of
from members.forms import not_turning, offer, visible
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
        offer(self, "function", [(f.value, f.label) for f in offered])


LEVELS: dict[str, tuple[RoundLevel, ...]] = {
    HubKind.REGIONAL: (RoundLevel.REGIONAL, RoundLevel.LOCAL),
    HubKind.THEMATIC: (RoundLevel.THEMATIC, RoundLevel.LOCAL),
    HubKind.GLOBAL: (RoundLevel.GLOBAL,),
}


PERCENT_BP = WHOLE_BP // 100
LANES = {
    LaneKind.GENERAL: _("Projects of any kind."),
    LaneKind.EXPERIMENT: _("Small sums, decided within days by a panel."),
    LaneKind.CAPACITY: _("Training, people and tools, so that a group can do more."),
    LaneKind.PARTNER: _("Groups that have not received anything yet."),
    LaneKind.READERS: _("Work for people who read, or who could."),
}


class LaneWidget(forms.MultiWidget):
    """A share in percent and who decides, beside each other."""

    template_name = "hubs/widgets/lane.html"

    def __init__(self, methods: Sequence[tuple[str, Any]]) -> None:
        percent = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__({"share": percent, "method": forms.Select(choices=methods)})

    def decompress(self, value: LanePlan | None) -> list[Any]:
        if value is None:
            return [None, None]
        return [(Decimal(value.share_bp) / PERCENT_BP).normalize(), value.method]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        share, method = context["widget"]["subwidgets"]
        share["label"], method["label"] = _("Share in percent"), _("Who decides")
        return context


class LaneField(forms.MultiValueField):
    """One kind of funding with its share of the round; an empty share is no lane."""

    def __init__(self, kind: LaneKind) -> None:
        self.kind = kind
        panel_only = kind == LaneKind.EXPERIMENT
        methods = [
            (m.value, m.label) for m in LaneMethod if m == LaneMethod.PANEL or not panel_only
        ]
        share = forms.DecimalField(
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            localize=True,
            required=False,
        )
        super().__init__(
            (share, forms.ChoiceField(choices=methods)),
            widget=LaneWidget(methods),
            label=kind.label,
            help_text=LANES[kind],
            required=False,
            require_all_fields=False,
            localize=True,
        )

    def compress(self, data_list: list[Any]) -> LanePlan | None:
        share, method = data_list or (None, "")
        return LanePlan(self.kind, method, int(share * PERCENT_BP)) if share else None


class RoundForm(forms.Form):
    """A round with its lanes, and its timetable: the day on which each phase begins."""

    title = forms.CharField(label=_("Title"), max_length=120, validators=[not_turning, visible])
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
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        help_text=_("All amounts of the round are in this currency."),
    )

    def __init__(self, *args: Any, hub: Hub, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        no_money = ("", _("No money: staff time, capacity or data only"))
        offer(self, "currency", [no_money, *currency_choices()])
        for kind in LaneKind:
            self.fields[lane_name(kind)] = LaneField(kind)
        offer(self, "level", [(level.value, level.label) for level in LEVELS[hub.kind]])
        for name in TIMETABLE_FIELDS:
            label = str(Round._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            self.fields[name] = forms.DateField(label=label[:1].upper() + label[1:], widget=DAY)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        planned = [cleaned.get(lane_name(kind)) for kind in LaneKind]
        cleaned["lanes"] = [lane for lane in planned if lane is not None]
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

    def chosen(self) -> dict[str, Any]:
        """What the actions on rounds ask for by these names."""
        names = ("cycle", "title", "language", "level", "currency", "timetable", "lanes")
        return {name: self.cleaned_data[name] for name in names}


def lane_name(kind: str) -> str:
    return f"lane_{kind.lower()}"


def as_planned(round_: Round) -> dict[str, Any]:
    """What the form holds at first when the plan of a round is changed."""
    language = round_.source_language
    lanes = {
        lane_name(lane.kind): LanePlan(lane.kind, lane.method, lane.share_bp)
        for lane in lanes_of(round_)
    }
    days = {name: getattr(round_, name).astimezone(UTC).date() for name in TIMETABLE_FIELDS}
    return {
        "title": getattr(round_, build_localized_fieldname("title", language)),
        "language": language,
        "cycle": round_.cycle_id,
        "level": round_.level,
        "currency": round_.currency,
        **lanes,
        **days,
    }
