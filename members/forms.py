"""What people type about themselves."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from members.actions import MAX_READING_LANGUAGES
from members.countries import country_choices
from members.languages import (
    CURATED_LANGUAGES,
    INTERFACE_LANGUAGES,
    autonym,
    is_language,
    known_languages,
    languages_of,
)
from members.models import Member

TURNING = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
# Letters and symbols, as Unicode has them, that leave the paper white.
WHITE = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def not_turning(text: str) -> None:
    """A short text stands among others: it does not turn round the way they are written."""
    if not TURNING.isdisjoint(text):
        raise forms.ValidationError(
            _(
                "There is an invisible sign in this that turns writing round. Delete it, or type the text anew."
            )
        )


def visible(text: str) -> None:
    """What others find something by has at least one letter, digit or sign that can be seen."""
    if not any(unicodedata.category(sign)[0] in "LNPS" and sign not in WHITE for sign in text):
        raise forms.ValidationError(_("Nothing of this can be seen. Type at least one letter."))


def plain_name(name: str) -> None:
    """A name stands in other people's mail and lists: it is one line, and no address to click."""
    if "://" in name or any(unicodedata.category(sign) == "Cc" for sign in name):
        raise forms.ValidationError(_("A name is one line without web addresses."))


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Say what a choice of this form, not of all of its kind, is between."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no choice")
    field.choices = list(choices)


class ProfileForm(forms.Form):
    """The name shown to others and the home country."""

    name = forms.CharField(
        label=_("Name shown to others"),
        max_length=80,
        help_text=_("A pen name is welcome."),
        validators=[plain_name, not_turning, visible],
    )
    home_country = forms.ChoiceField(
        label=_("Home country"),
        required=False,
        choices=lazy(country_choices, list)(),
        help_text=_("It decides which regional hub is your home hub."),
    )


class SignupForm(ProfileForm):
    """Asked at sign-up beside the address and the password."""

    def signup(self, request: HttpRequest, member: Member) -> None:
        """allauth asks for this hook; the account adapter stores what was typed."""


def language_choices(country: str = "") -> list[tuple[Any, Any]]:
    """Every language by its own name, after those most likely here."""
    likely = dict.fromkeys([*languages_of(country), *CURATED_LANGUAGES])
    suggested = [(code, autonym(code)) for code in likely if is_language(code)]
    others = [(code, autonym(code)) for code in known_languages() if code not in likely]
    others.sort(key=lambda pair: pair[1].casefold())
    return [("", "—"), (_("Suggested"), suggested), (_("All languages"), others)]


class LanguagesForm(forms.Form):
    """The three language settings of a reader."""

    interface_language = forms.ChoiceField(
        label=_("Buttons and menus"),
        choices=[(code, autonym(code)) for code in INTERFACE_LANGUAGES],
        widget=forms.RadioSelect,
    )
    writes = forms.ChoiceField(
        label=_("I write in"),
        required=False,
        help_text=_("Proposed when you write; you can change it for each text."),
    )

    def __init__(
        self, *args: Any, reads: Sequence[str] = (), country: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = language_choices(country)
        offer(self, "writes", choices)
        for number in range(1, MAX_READING_LANGUAGES + 1):
            self.fields[f"reads_{number}"] = forms.ChoiceField(
                label=_("Reading language, choice %(number)s") % {"number": number},
                required=False,
                choices=choices,
                initial=reads[number - 1] if number <= len(reads) else "",
            )
        self.order_fields(["interface_language", *self.reading_fields, "writes"])

    @property
    def reading_fields(self) -> list[str]:
        return [f"reads_{number}" for number in range(1, MAX_READING_LANGUAGES + 1)]

    @property
    def reads(self) -> list[str]:
        """The reading languages, best first, without gaps; after a successful validation."""
        typed = (self.cleaned_data[name] for name in self.reading_fields)
        return list(dict.fromkeys(code for code in typed if code))
