"""What people type about pools and the formula."""

import csv
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from allocation.models import (
    LOWEST_FLOOR,
    FormulaVersion,
    Indicator,
    IndicatorStatus,
    Parameter,
)
from allocation.queries import FIGURES_HEADER, FIRST_PARAMETERS, Figure, regional_hubs
from hubs.currencies import decimals_of, known_currencies
from hubs.models import Cycle, Hub, ResourceKind

MOST = 10**15  # no amount of minor units is larger
FLOOR_BELOW_HALF = _(
    "At least half of every pool is for the Global South: this is the movement’s own rule, and neither this page nor the database takes less. Type 50 or more."
)
PERCENTS = ("down", "up", "pace", "max_share")
DECIMALS = (
    "sigma", "gamma", "income_reference", "income_band", "theta", "eta", "funding_reference",
    "funding_band",
)  # fmt: skip
WHOLE = ("step", "minimum")
SMALLEST_UNIT = _("In the smallest unit of the pool: cents, minutes or credits.")


def percent_field(**options: Any) -> forms.DecimalField:
    """A share, typed in percent with up to two decimals."""
    return forms.DecimalField(max_digits=7, decimal_places=2, **options)


def exponent_field(name: Parameter) -> forms.DecimalField:
    return forms.DecimalField(
        label=name.label,
        min_value=0,
        max_value=100,
        max_digits=8,
        decimal_places=4,
        help_text=_("An exponent: 0 takes it out, 1 counts it in full."),
    )


def above_zero_field(name: Parameter, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=name.label,
        min_value=Decimal("0.000001"),
        max_digits=18,
        decimal_places=6,
        **options,
    )


def band_field(name: Parameter) -> forms.DecimalField:
    return forms.DecimalField(label=name.label, min_value=1, max_digits=12, decimal_places=4)


class FormulaForm(forms.Form):
    """A version of the formula; shares are typed in percent."""

    south_floor = percent_field(
        label=_("Floor for the Global South, in percent"),
        max_value=100,
        help_text=_("At least 50."),
    )
    readers = percent_field(
        label=_("Potential readers as a part of size, in percent"), min_value=0, max_value=100
    )
    community = percent_field(
        label=_("Active community as a part of size, in percent"), min_value=0, max_value=100
    )
    sigma = exponent_field(Parameter.SIGMA)
    gamma = exponent_field(Parameter.GAMMA)
    income_reference = above_zero_field(Parameter.INCOME_REFERENCE)
    income_band = band_field(Parameter.INCOME_BAND)
    theta = exponent_field(Parameter.THETA)
    eta = exponent_field(Parameter.ETA)
    funding_reference = above_zero_field(Parameter.FUNDING_REFERENCE)
    funding_band = band_field(Parameter.FUNDING_BAND)
    bands = forms.BooleanField(label=Parameter.BANDS.label, required=False)
    down = percent_field(label=_("Largest fall in a year, in percent"), min_value=0, max_value=100)
    up = percent_field(label=_("Largest rise in a year, in percent"), min_value=0)
    step = forms.IntegerField(
        label=Parameter.STEP.label, min_value=0, max_value=MOST, help_text=SMALLEST_UNIT
    )
    pace = percent_field(
        label=_("How far to go towards the target this year, in percent"),
        min_value=Decimal("0.01"),
        max_value=100,
    )
    max_share = percent_field(
        label=_("Largest share of one hub, in percent"), min_value=Decimal("0.01"), max_value=100
    )
    minimum = forms.IntegerField(
        label=Parameter.MINIMUM.label, min_value=0, max_value=MOST, help_text=SMALLEST_UNIT
    )

    def clean_south_floor(self) -> Decimal:
        floor: Decimal = self.cleaned_data["south_floor"] / 100
        if floor < LOWEST_FLOOR:
            raise forms.ValidationError(FLOOR_BELOW_HALF, code="floor_below_half")
        return floor

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        parts = [cleaned.get(name) for name in ("readers", "community")]
        if None not in parts and sum(part for part in parts if part is not None) != 100:
            self.add_error("community", _("Readers and community must add up to 100 percent."))
        return cleaned

    def parameters(self) -> dict[str, Any]:
        """The parameters of the version, as ``publish_formula`` takes them."""
        told = self.cleaned_data
        beta = {name: _text(told[name] / 100) for name in ("readers", "community")}
        return {
            "beta": beta,
            **{name: _text(told[name]) for name in DECIMALS},
            **{name: _text(told[name] / 100) for name in PERCENTS},
            **{name: told[name] for name in (*WHOLE, "bands")},
        }


def typed_from(version: FormulaVersion | None) -> dict[str, Any]:
    """What the form holds to begin with: the latest version, or what research proposes."""
    parameters: Mapping[str, Any] = version.parameters if version else FIRST_PARAMETERS
    floor = version.south_floor if version else LOWEST_FLOOR
    beta = parameters["beta"]
    return {
        "south_floor": _percent(floor),
        **{name: _percent(beta.get(name, 0)) for name in ("readers", "community")},
        **{name: _percent(parameters[name]) for name in PERCENTS},
        **{name: parameters[name] for name in (*DECIMALS, "step", "bands")},
        "minimum": parameters.get("minimum", 0),
    }


def _percent(share: Decimal | str) -> str:
    return _text(Decimal(share) * 100)


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _currencies() -> list[tuple[str, str]]:
    return [("", "–"), *((code, code) for code in known_currencies())]


class PoolForm(forms.Form):
    """What a cycle has to share of one kind, typed in whole units."""

    cycle: "forms.ModelChoiceField[Cycle]" = forms.ModelChoiceField(
        label=_("Cycle"), queryset=Cycle.objects.order_by("-starts_on")
    )
    kind = forms.ChoiceField(
        label=_("Resource"),
        choices=[(kind.value, kind.label) for kind in ResourceKind if kind != ResourceKind.DATA],
        help_text=_(
            "Data is not here: giving access to one takes nothing from another, so it is counted and never divided."
        ),
    )
    currency = forms.ChoiceField(
        label=_("Currency, for money"), choices=_currencies, required=False
    )
    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=18,
        decimal_places=4,
        help_text=_("Money in its currency, staff time in hours, capacity in credits."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        kind, amount = cleaned.get("kind"), cleaned.get("amount")
        if kind and amount is not None:
            minor = amount * self._units(kind, cleaned.get("currency") or "")
            if minor != minor.to_integral_value():
                self.add_error("amount", _("This has more decimals than the unit. Round it."))
            elif minor > MOST:
                self.add_error("amount", _("This is more than can be stored."))
            cleaned["amount_minor"] = int(minor)
        return cleaned

    @staticmethod
    def _units(kind: str, currency: str) -> int:
        """How many of the smallest unit one typed unit is."""
        if kind == ResourceKind.STAFF_TIME:
            return 60
        return int(10 ** decimals_of(currency)) if kind == ResourceKind.MONEY else 1


MOST_BYTES = 2**20
LONGEST_SOURCE = 200


class IndicatorsForm(forms.Form):
    """A set of figures, as a table in a file; refused whole where a line cannot be read."""

    cycle: "forms.ModelChoiceField[Cycle]" = forms.ModelChoiceField(
        label=_("Cycle"), queryset=Cycle.objects.order_by("-starts_on")
    )
    file = forms.FileField(
        label=_("Table (CSV)"),
        help_text=_(
            "In UTF-8, with the columns hub, indicator, value, status, source and observed_on. Download the latest set to see how it is written."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> list[Figure]:
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than one megabyte."))
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The text is not UTF-8.")) from error
        table = csv.DictReader(_lines(text))
        try:
            if set(table.fieldnames or ()) != set(FIGURES_HEADER):
                raise forms.ValidationError(
                    _("The first line must name the columns: %(columns)s."),
                    params={"columns": ", ".join(FIGURES_HEADER)},
                )
            hubs = {hub.slug: hub for hub in regional_hubs()}
            return [_figure(line, hubs, number) for number, line in enumerate(table, start=2)]
        except csv.Error as error:
            raise forms.ValidationError(_("The file cannot be read as a table.")) from error


def _lines(text: str) -> list[str]:
    """The lines as a spreadsheet ends them. A sign that is no text, as NUL, is in no figure."""
    lines = re.split(r"\r\n|\r|\n", text)
    for number, line in enumerate(lines, start=1):
        if any(unicodedata.category(sign) == "Cc" and sign != "\t" for sign in line):
            raise forms.ValidationError(
                _(
                    "Line %(line)s holds a control character, which is no text. Delete it, or save the table anew as CSV in UTF-8."
                ),
                params={"line": number},
            )
    return lines


def _figure(line: Mapping[str, str | None], hubs: Mapping[str, Hub], number: int) -> Figure:
    told = {column: (line.get(column) or "").strip() for column in FIGURES_HEADER}
    indicator, status, source = told["indicator"], told["status"], told["source"]
    read: dict[str, Any] = {
        "hub": hubs.get(told["hub"]),
        "indicator": indicator if indicator in Indicator.values else None,
        "value": _decimal(told["value"]),
        "status": status if status in IndicatorStatus.values else None,
        "source": source if 0 < len(source) <= LONGEST_SOURCE else None,
        "observed_on": _date(told["observed_on"]),
    }
    for column, value in read.items():
        if value is None:
            raise forms.ValidationError(
                _("Line %(line)s: “%(value)s” cannot stand in the column “%(column)s”."),
                params={"line": number, "value": told[column][:80], "column": column},
            )
    return Figure(**read)


def _decimal(text: str) -> Decimal | None:
    """A number as the database keeps figures: not negative, at most 18 digits and 6 decimals."""
    field = forms.DecimalField(min_value=0, max_digits=24, decimal_places=6)
    try:
        value: Decimal = field.clean(text)
    except forms.ValidationError:
        return None
    return value


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class VersionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # stubs differ at run time
    """Versions by their number."""

    def label_from_instance(self, obj: Any) -> str:
        return str(_("Version %(number)s") % {"number": obj.number})


class ApportionForm(forms.Form):
    """Which version of the formula to try out, or to run."""

    formula = VersionChoice(
        label=_("Version of the formula"),
        queryset=FormulaVersion.objects.order_by("-number"),
        to_field_name="number",
        empty_label=None,
    )
