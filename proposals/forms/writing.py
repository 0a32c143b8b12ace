"""What people type about a proposal: its words, where the work is, and what it asks for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hubs.models import LaneKind, ResourceKind, Round
from members.countries import country_choices
from members.forms import language_choices, not_turning, offer, visible
from members.languages import direction, is_language
from members.models import Member
from members.templatetags.wording import reader_locale
from proposals.actions import MAX_LINES, Line
from proposals.forms.amounts import (
    BadDecimals,
    NoAmount,
    OutOfRange,
    decimals_typed,
    read_amount,
    written_amount,
    written_units,
)
from proposals.forms.selects import LongSelect
from proposals.models import Proposal
from texts.queries import written

MAX_TITLE, MAX_SUMMARY_WORDS, MAX_SUMMARY, MAX_BODY, MAX_PURPOSE = 80, 60, 600, 20_000, 120
COUNTRIES = lazy(country_choices, list)()
ADD_LINE = "add_line"  # the button that adds a line and saves nothing
KINDS = {
    ResourceKind.MONEY.value: _("Money"),
    ResourceKind.STAFF_TIME.value: _("Staff time, in hours"),
    ResourceKind.CAPACITY.value: _("Capacity, in service credits"),
    ResourceKind.DATA.value: _("Data, in access grants"),
}


def short_enough(summary: str) -> None:
    if len(summary.split()) > MAX_SUMMARY_WORDS:
        raise forms.ValidationError(
            _("Use at most %(most)s words: it is what people read in a list."),
            params={"most": MAX_SUMMARY_WORDS},
        )


def read_typed(typed: str, kind: str, decimals: int) -> int:
    """An amount for the database, or a sentence that says how to write it."""
    locale = reader_locale()
    example = written_units(12 * 10 ** (shown := decimals_typed(kind, decimals)), shown, locale)
    try:
        return read_amount(typed, kind, decimals, locale)
    except BadDecimals as error:
        said = _("This unit has fewer decimals. Write the amount like this: %(example)s.")
        raise forms.ValidationError(said, params={"example": example}) from error
    except OutOfRange as error:
        said = _("This amount cannot be right: write one that is more than zero.")
        raise forms.ValidationError(said) from error
    except NoAmount as error:
        said = _("Write the amount in digits, like this: %(example)s.")
        raise forms.ValidationError(said, params={"example": example}) from error


def speak(form: forms.Form, language: str, *names: str) -> None:
    """Mark fields with the language that is typed into them, and its direction."""
    for name in names:
        marks = {"lang": language, "dir": direction(language) if language else "auto"}
        form.fields[name].widget.attrs |= marks


class LineForm(forms.Form):
    """One line of a request; a line in which nothing is typed is none."""

    kind = forms.ChoiceField(label=pgettext_lazy("of a resource", "Kind"))
    amount = forms.CharField(label=_("Amount"), max_length=40)
    purpose = forms.CharField(
        label=_("What for"), max_length=MAX_PURPOSE, validators=[not_turning, visible]
    )
    country = forms.ChoiceField(
        label=_("Country where it is spent"),
        required=False,
        widget=LongSelect,
        choices=COUNTRIES,
        help_text=_("If you leave it empty: where the work is done."),
    )

    def __init__(
        self, *args: Any, round_: Round, language: str, country: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.round, self.work_country = round_, country
        kinds = list(kinds_of(round_).items())
        offer(self, "kind", kinds)
        self.fields["kind"].initial = kinds[0][0]
        self.fields["amount"].widget.attrs["inputmode"] = "decimal"
        speak(self, language, "purpose")

    def has_changed(self) -> bool:
        typed = (self.data.get(self.add_prefix(name)) or "" for name in ("amount", "purpose"))
        return any(text.strip() for text in typed)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("amount") and cleaned.get("kind"):
            try:
                minor = read_typed(cleaned["amount"], cleaned["kind"], self.round.decimals)
                cleaned["amount_minor"] = minor
            except forms.ValidationError as error:
                self.add_error("amount", error)
        cleaned["country"] = cleaned.get("country") or self.work_country
        if not cleaned["country"] and "country" not in self.errors:
            self.add_error("country", _("Choose the country where this is spent."))
        return cleaned

    @property
    def line(self) -> Line | None:
        """The line, where everything of it can be kept."""
        if not self.is_valid() or not self.has_changed():
            return None
        told = self.cleaned_data
        return Line(told["kind"], told["amount_minor"], told["purpose"], told["country"])


def kinds_of(round_: Round) -> dict[str, Any]:
    """What can be asked for in a round; money only where it has a currency, which is then named."""
    named = {ResourceKind.MONEY.value: _("Money, in %(currency)s") % {"currency": round_.currency}}
    found = KINDS | named
    return {kind: label for kind, label in found.items() if round_.currency or kind != "MONEY"}


class LineForms(forms.BaseFormSet):  # type: ignore[type-arg]  # not subscriptable at run time
    """Up to MAX_LINES lines, each of which may be left empty."""

    def initial_form_count(self) -> int:
        return 0


LINES = forms.formset_factory(
    LineForm, formset=LineForms, extra=1, max_num=MAX_LINES, absolute_max=MAX_LINES
)


class ProposalForm(forms.Form):
    """The words and the place of a proposal. A draft may leave anything empty."""

    lane = forms.ChoiceField(label=_("Kind of funding"), required=False)
    language = forms.ChoiceField(
        label=_("The language you write this in"),
        required=False,
        widget=LongSelect,
        help_text=_("Others can translate it later. What you write stays the original."),
    )
    title = forms.CharField(
        label=_("Title"), required=False, max_length=MAX_TITLE, validators=[not_turning, visible]
    )
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=MAX_SUMMARY,
        validators=[short_enough],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What will be different for whom, in at most 60 words."),
    )
    body = forms.CharField(
        label=_("What you want to do"),
        required=False,
        max_length=MAX_BODY,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Plain text. An empty line begins a new paragraph."),
    )
    country = forms.ChoiceField(
        label=_("Country where the work is done"),
        required=False,
        widget=LongSelect,
        choices=COUNTRIES,
    )
    minimum = forms.CharField(
        label=_("Smallest sum that still works (optional)"),
        required=False,
        max_length=40,
        help_text=_(
            "Leave it empty if less money than you ask for would not help, or if you do not know."
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def __init__(
        self, *args: Any, round_: Round, language: str, country: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.round = round_
        lanes = [(lane.kind, LaneKind(lane.kind).label) for lane in round_.lanes.order_by("pk")]
        offer(self, "lane", lanes)
        if len(lanes) == 1:
            self.fields["lane"].widget = forms.HiddenInput()
        offer(self, "language", language_choices(country)[1:])
        speak(self, language, "title", "summary", "body")
        if not round_.currency:
            del self.fields["minimum"]

    def clean_minimum(self) -> int | None:
        typed = self.cleaned_data["minimum"]
        return read_typed(typed, ResourceKind.MONEY, self.round.decimals) if typed else None


class Fault(NamedTuple):
    """What cannot be kept as it was typed: the field, its name, and what to do."""

    target: str
    label: str
    sentence: str


class ProposalEntry:
    """The form of a proposal with its lines: typed into (``data``), or filled with what is stored.

    Adding a line keeps everything as it was typed and judges nothing.
    """

    def __init__(
        self,
        round_: Round,
        writer: Member,
        data: QueryDict | None = None,
        *,
        lane: str,
        language: str,
        proposal: Proposal | None = None,
    ) -> None:
        self.round, self.proposal = round_, proposal
        self.is_adding = data is not None and ADD_LINE in data
        self.stored = self._of(proposal) if proposal else {"lane": lane, "language": language}
        bound = data if data is not None and not self.is_adding else None
        shown = typed_words(data) if data is not None and self.is_adding else self.stored
        told = data if data is not None else shown
        spoken, country = str(told.get("language") or ""), str(told.get("country") or "")
        spoken = spoken if is_language(spoken) else language
        self.form = ProposalForm(
            bound, initial=shown, round_=round_, language=spoken, country=writer.home_country
        )
        lines = typed_lines(data) if data is not None else self._lines_of(proposal)
        filled = None if bound else lines
        about = {"round_": round_, "language": spoken, "country": country}
        self.lines = LINES(bound, prefix="lines", initial=filled, form_kwargs=about)
        self.lines.extra = min(len(lines) + 1, MAX_LINES)

    @property
    def can_add(self) -> bool:
        return len(self.lines.forms) < MAX_LINES

    @property
    def faults(self) -> list[Fault]:
        """Everything that could not be kept, in the order of the page; none before it is sent."""
        if not self.form.is_bound:
            return []
        found = list(_faults_of(self.form))
        for number, line in enumerate(self.lines.forms, 1):
            found += [fault._replace(label=_label(fault, number)) for fault in _faults_of(line)]
        return found

    def saved(self) -> dict[str, Any]:
        """What can be kept of what was typed; the rest stays as it was stored."""
        self.form.is_valid()
        typed = self.form.cleaned_data
        told = {**self.stored, **typed}
        kept: dict[str, Any] = {
            name: told.get(name) or "" for name in ("title", "summary", "body", "country")
        }
        return kept | {
            "lane": self.round.lanes.get(kind=typed.get("lane") or self.stored["lane"]),
            "language": typed.get("language") or self.stored["language"],
            "minimum_minor": typed.get("minimum", self.stored_minimum),
            "lines": [line for form in self.lines.forms if (line := form.line)],
        }

    @property
    def stored_minimum(self) -> int | None:
        return self.proposal.minimum_minor if self.proposal else None

    def _of(self, proposal: Proposal) -> dict[str, Any]:
        words, minimum = written(proposal.text, ()), ""
        if proposal.minimum_minor is not None:
            minimum = written_units(proposal.minimum_minor, self.round.decimals, reader_locale())
        return {
            "lane": proposal.lane.kind,
            "language": proposal.text.language,
            "title": words.title,
            "summary": words.summary,
            "body": words.body,
            "country": proposal.country,
            "minimum": minimum,
        }

    def _lines_of(self, proposal: Proposal | None) -> list[dict[str, Any]]:
        locale, decimals = reader_locale(), self.round.decimals
        return [
            {
                "kind": line.kind,
                "amount": written_amount(line.amount_minor, line.kind, decimals, locale),
                "purpose": line.purpose,
                "country": line.country,
            }
            for line in (proposal.lines.order_by("position") if proposal else [])
        ]


def typed_words(data: QueryDict) -> dict[str, Any]:
    """The fields of a proposal as they were typed."""
    return {name: data[name] for name in ProposalForm.base_fields if name in data}


def typed_lines(data: QueryDict) -> list[dict[str, Any]]:
    """The lines as they were typed."""
    found = []
    for number in range(MAX_LINES):
        prefix = f"lines-{number}-"
        if f"{prefix}amount" in data:
            found.append({name: data.get(prefix + name, "") for name in LineForm.base_fields})
    return found


def _faults_of(form: forms.Form) -> Iterator[Fault]:
    for name, sentences in form.errors.items():
        field = form[name]
        for sentence in sentences:
            yield Fault(field.id_for_label, str(field.label), str(sentence))


def _label(fault: Fault, number: int) -> str:
    """The name of a field of one line among several."""
    return _("%(field)s, line %(number)s") % {"field": fault.label, "number": number}


class TranslationForm(forms.Form):
    """The words of a proposal in another language."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    title = forms.CharField(
        label=_("Title"), max_length=MAX_TITLE * 2, validators=[not_turning, visible]
    )
    summary = forms.CharField(
        label=_("Summary"), max_length=MAX_SUMMARY * 2, widget=forms.Textarea(attrs={"rows": 6})
    )
    body = forms.CharField(
        label=_("Text"), max_length=MAX_BODY * 2, widget=forms.Textarea(attrs={"rows": 16})
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak(self, language, "title", "summary", "body")
