"""An election file as it is handed in, and what is wrong with it in the reader's language."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import get_currency_precision, is_currency
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from voting.actions import LARGEST_AMOUNT
from voting.rules import pabulib

MAX_BYTES = 16 * 2**20

RANKING_POINTS = (
    ("from-one", _("k ranked projects earn k, k−1, … 1 points (as Kraków counts)")),
    ("from-zero", _("k ranked projects earn k−1, k−2, … 0 points (Borda)")),
)

FAULTS: Mapping[str, Promise] = {
    "NOT_UTF8": _("The text is not UTF-8."),
    "NUL_BYTE": _("The text holds a NUL byte."),
    "UNCLOSED_QUOTE": _("A quotation mark is opened and never closed."),
    "TEXT_AFTER_QUOTE": _("A quoted cell goes on after its closing quotation mark."),
    "MISSING_SECTION": _("The section %(section)s is missing; the file may be cut short."),
    "DUPLICATE_SECTION": _("The section %(section)s appears twice."),
    "SECTION_ORDER": _("The section %(section)s comes too early; %(expected)s must come first."),
    "MISSING_HEADER": _("The section %(section)s has no header line."),
    "MISSING_COLUMN": _("The section %(section)s has no column “%(column)s”."),
    "TOO_MANY_COLUMNS": _("The section %(section)s has more than %(limit)s columns."),
    "TOO_MANY_ROWS": _("The section %(section)s has more than %(limit)s rows."),
    "TOO_MANY_POINTS": _("The default score fills more than %(limit)s places on ballots."),
    "DUPLICATE_COLUMN": _("The section %(section)s has the column “%(column)s” twice."),
    "ROW_TOO_SHORT": _("The row has too few cells: %(cells)s where its header has %(columns)s."),
    "ROW_TOO_LONG": _("The row has too many cells: %(cells)s where its header has %(columns)s."),
    "MISSING_META": _("The section META has no “%(key)s”, which is needed to count."),
    "DUPLICATE_META": _("The section META has “%(key)s” twice."),
    "UNKNOWN_VOTE_TYPE": _("The vote type “%(value)s” is not known."),
    "BAD_NUMBER": _("“%(value)s” in “%(column)s” is not a number."),
    "NEGATIVE_NUMBER": _("“%(value)s” in “%(column)s” is negative."),
    "NOT_FINITE": _("“%(value)s” in “%(column)s” is not a finite number."),
    "NUMBER_TOO_LARGE": _("The number in “%(column)s” has more than %(digits)s digits."),
    "BAD_PROJECT_ID": _(
        "The project id “%(project)s” is empty, longer than 60 characters or holds a comma."
    ),
    "DUPLICATE_PROJECT": _("The project “%(project)s” is listed twice."),
    "UNKNOWN_PROJECT": _("The vote names “%(project)s”, which is not in the section PROJECTS."),
    "REPEATED_PROJECT": _("The vote names the project “%(project)s” twice."),
    "TOO_MANY_PROJECTS": _("The vote names %(projects)s projects where one may be chosen."),
    "POINTS_COUNT": _(
        "The vote names %(projects)s projects and gives %(points)s numbers of points."
    ),
    "BAD_POINTS": _("The points “%(value)s” are not a whole number from 0."),
    "NEGATIVE_POINTS": _("The points “%(value)s” are negative; no rule here can count those."),
    "UNKNOWN_META": _("The section META has “%(key)s”, which is not part of the format."),
    "NO_OPTIONAL_META": _("The section META has no “%(key)s”."),
    "WRONG_NUM_PROJECTS": _("The file says %(declared)s projects and holds %(found)s."),
    "WRONG_NUM_VOTES": _("The file says %(declared)s votes and holds %(found)s."),
    "REPEATED_VOTER": _("Voter ids are used again in %(rows)s rows; every row is counted."),
    "REPEATED_PROJECT_MERGED": _(
        "A project is named twice in one vote in %(rows)s rows; it counts once."
    ),
    "META_COLUMN": _("The section META has the column “%(column)s”, which is not kept."),
    "BAD_LIMIT": _(
        "The limit “%(key)s” is “%(value)s”, which is not a number from 0; it is not checked."
    ),
    "LIMIT_BROKEN": _(
        "The limit “%(key)s” is %(limit)s. Ballots that do not keep to it: %(ballots)s; they count all the same."
    ),
    "PROJECT_LIMIT_BROKEN": _(
        "The limit “%(key)s” is %(limit)s. Projects that do not keep to it: %(projects)s; they count all the same."
    ),
    "NO_FINAL_NEWLINE": _("The last line has no line break; the file may be cut short."),
}


def fault_sentence(fault: pabulib.PabulibError | pabulib.PabulibWarning) -> str:
    """What is wrong, where, in the active language."""
    sentence = str(FAULTS[fault.code]) % fault.params
    if fault.line is None:
        return sentence
    return gettext("Line %(line)s: %(fault)s") % {"line": fault.line, "fault": sentence}


def currency_decimals(code: str | None) -> int:
    """How many decimals a currency has (JPY 0, KWD 3, most 2); 0 for none or an unknown one."""
    return get_currency_precision(code) if code and is_currency(code) else 0


def read_election(data: bytes) -> pabulib.Election:
    """Read a Pabulib file in the minor units of its currency. Raises PabulibError.

    Real files hold an approval twice now and then: it counts once, with a warning.
    """
    return pabulib.read(data, currency_decimals, merge_repeated=True)


class ImportForm(forms.Form):
    """One Pabulib file, refused whole where it cannot be counted."""

    file = forms.FileField(
        label=_("Election file (.pb)"),
        help_text=_(
            "In the Pabulib format, up to 16 megabytes. It is checked whole before anything is stored."
        ),
        widget=forms.FileInput(attrs={"accept": ".pb,text/csv,text/plain"}),
    )
    ranking_points = forms.ChoiceField(
        label=_("Points of a ranking"),
        choices=RANKING_POINTS,
        initial="from-one",
        required=False,
        help_text=_("Only matters where voters put projects in order."),
    )

    def clean_ranking_points(self) -> str:
        return self.cleaned_data["ranking_points"] or "from-one"

    def clean_file(self) -> pabulib.Election:
        upload: UploadedFile[Any] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 16 megabytes."))
        try:
            election = read_election(upload.read())
        except pabulib.PabulibError as fault:
            raise forms.ValidationError(fault_sentence(fault)) from fault
        if not election.projects:
            raise forms.ValidationError(_("The file has no projects."))
        if max(election.budget, *(project.cost for project in election.projects)) > LARGEST_AMOUNT:
            raise forms.ValidationError(_("An amount in the file is too large to be stored."))
        return election
