"""What judges type: levels with reasons, a decision with its reason, a stake."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from members.forms import language_choices, offer
from members.languages import direction
from principles.models import LEVELS, Criterion
from proposals.models import (
    MAX_COMMENT,
    MAX_GROUNDS,
    MAX_REASON,
    Assessment,
    Outcome,
    RecusalReason,
)
from proposals.scoring import NOT_YET, Gaps, Level, most_not_applying
from texts.queries import localized

NOT_APPLYING = "none"  # the value of the radio "does not apply"


def writing(rows: int) -> forms.Textarea:
    """A field for a text in any language: it runs as its first letters do."""
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class AssessmentForm(forms.Form):
    """A level and a reason a criterion. Nothing is required: a draft may be unfinished."""

    language = forms.ChoiceField(label=_("Language of your reasons"))

    def __init__(
        self,
        *args: Any,
        criteria: Sequence[Criterion],
        chain: Sequence[str],
        own: Assessment | None = None,
        country: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        offer(self, "language", language_choices(country))
        for criterion in criteria:
            self._ask(criterion, chain)
        self.fields["comment"] = forms.CharField(
            label=_("To the committee"),
            required=False,
            max_length=MAX_COMMENT,
            widget=writing(3),
            help_text=_("What you want the others to know. It is not shown to the author."),
        )
        self._fill(own)

    def _ask(self, criterion: Criterion, chain: Sequence[str]) -> None:
        question = localized(criterion, "question", chain).text
        self.fields[f"level_{criterion.pk}"] = forms.ChoiceField(
            label=question,
            required=False,
            widget=forms.RadioSelect,
            choices=[
                *((str(level), described(criterion, level, chain)) for level in LEVELS),
                (NOT_APPLYING, pgettext("criterion", "It does not apply here")),
            ],
        )
        self.fields[f"reason_{criterion.pk}"] = forms.CharField(
            label=_("Reason: %(question)s") % {"question": question},
            required=False,
            max_length=MAX_REASON,
            widget=writing(3),
        )

    def _fill(self, own: Assessment | None) -> None:
        if own is None:
            return
        self.initial["language"], self.initial["comment"] = own.language, own.comment
        for score in own.scores.all():
            chosen = {None: NOT_APPLYING, NOT_YET: ""}.get(score.level, str(score.level))
            self.initial[f"level_{score.criterion_id}"] = chosen
            self.initial[f"reason_{score.criterion_id}"] = score.reason

    @property
    def questions(self) -> list[tuple[Criterion, BoundField, BoundField]]:
        """Each criterion with its two fields."""
        return [(c, self[f"level_{c.pk}"], self[f"reason_{c.pk}"]) for c in self.criteria]

    @property
    def scores(self) -> dict[int, tuple[Level, str]]:
        """What was typed, by criterion, as ``save_assessment`` wants it; after a validation."""
        return {
            criterion.pk: (
                _level(self.cleaned_data[f"level_{criterion.pk}"]),
                self.cleaned_data[f"reason_{criterion.pk}"],
            )
            for criterion in self.criteria
        }

    def say_what_is_missing(self, gaps: Gaps) -> None:
        """Turn what an assessment lacks into errors at its fields."""
        for criterion in gaps.without_level:
            self.add_error(
                f"level_{criterion}", _("Choose a level, or say that it does not apply here.")
            )
        for criterion in gaps.without_reason:
            self.add_error(f"reason_{criterion}", _("Give your reason: one sentence is enough."))
        if gaps.has_too_many_not_applying:
            most = most_not_applying(len(self.criteria))
            self.add_error(
                None,
                _(
                    "Of the criteria, at most a third may be said not to apply, here %(most)s. Choose a level for the others."
                )
                % {"most": most},
            )


def described(criterion: Criterion, level: int, chain: Sequence[str]) -> str:
    """A level with its number and what it means, marked with the language it is in."""
    text, language = localized(criterion, f"level_{level}", chain)
    return format_html(
        '<strong>{}</strong> <span lang="{}" dir="{}">{}</span>',
        level,
        language,
        direction(language),
        text,
    )


def _level(chosen: str) -> Level:
    if chosen == NOT_APPLYING:
        return None
    return int(chosen) if chosen else NOT_YET


class DeterminationForm(forms.Form):
    """A decision to put to the committee."""

    outcome = forms.ChoiceField(
        label=_("Decision"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason for the author"),
        max_length=MAX_GROUNDS,
        widget=writing(6),
        help_text=_("It is sent to the author and shown to everyone, with the decision."),
    )
    language = forms.ChoiceField(label=_("Language of the reason"))

    def __init__(self, *args: Any, country: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "language", language_choices(country))


class RecusalForm(forms.Form):
    """Why a member keeps away."""

    reason = forms.ChoiceField(
        label=_("Why you cannot judge it"),
        choices=RecusalReason.choices,
        widget=forms.RadioSelect,
    )
