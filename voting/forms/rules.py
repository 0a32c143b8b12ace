"""A counting rule with its options, as people choose it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from voting.models import GUIDES, LEAST_SUPPORT, OPTIONS, Guide, recommended
from voting.rules import RULES

MOST_SUPPORT = 1_000_000


def _option(name: str, label: Any, help_text: Any) -> forms.ChoiceField:
    values = OPTIONS[name]
    return forms.ChoiceField(label=label, choices=values, initial=values[0][0], help_text=help_text)


class RuleForm(forms.Form):
    """One of the rules; what the rule does not honour is answered too, and dropped."""

    template_name = "voting/partials/rule_form.html"
    is_explained = False  # whether each rule is offered with its explanation

    rule = forms.ChoiceField(
        label=_("Counting rule"),
        choices=[(guide.rule, guide.label) for guide in GUIDES],
        widget=forms.RadioSelect,
        initial=GUIDES[0].rule,
    )
    satisfaction = _option(
        "satisfaction",
        _("Equal Shares: what a voter gets out of a project"),
        _("The project that gives most for what each of its voters pays is bought first."),
    )
    completion = _option(
        "completion",
        _("Equal Shares: what is done with money that is left"),
        _("Without it, much of the money often stays unspent."),
    )
    step = _option(
        "step",
        _("Equal Shares: how far everybody’s part is raised each time"),
        _("Only matters where everybody’s part is raised."),
    )
    stop = _option(
        "stop",
        _("Equal Shares: when the raising ends"),
        _("Only matters where everybody’s part is raised."),
    )
    order = _option(
        "order",
        _("Most votes first: what comes first"),
        _("Votes for the cost put small projects first, votes alone often large ones."),
    )
    min_support = forms.IntegerField(
        label=_("Fewest votes a project needs"),
        min_value=0,
        max_value=MOST_SUPPORT,
        initial=LEAST_SUPPORT,
        help_text=_("By any rule. With 0, even what nobody chose may be bought where it fits."),
    )
    ADVANCED = ("satisfaction", "completion", "step", "stop", "order", "min_support")

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        """``label`` stands where several rules are chosen, to tell them apart."""
        super().__init__(*args, **kwargs)
        if label:
            self.fields["rule"].label = label

    @classmethod
    def as_recommended(cls, rule: str, prefix: str) -> dict[str, str]:
        """What a form with this prefix sends where this rule was chosen and nothing else changed."""
        fields = cls.base_fields.items()
        told = {f"{prefix}-{name}": str(field.initial) for name, field in fields}
        return told | {f"{prefix}-rule": rule}

    @property
    def guides(self) -> list[tuple[forms.boundfield.BoundWidget, Guide]]:
        """Each choice of the rule with its explanation."""
        return list(zip(self["rule"], GUIDES, strict=True))

    @property
    def advanced(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ADVANCED]

    @property
    def is_advanced(self) -> bool:
        """Whether something of it is not as recommended, or wrong: then all of it is shown."""
        return any(
            field.errors or str(field.value()) != str(field.initial) for field in self.advanced
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """The options that the chosen rule honours; after a successful validation."""
        chosen = self.cleaned_data
        names = {*RULES[chosen["rule"]].options, "min_support"} & {*self.ADVANCED}
        if not chosen["completion"].startswith("add1"):
            names -= {"step", "stop"}
        return {name: chosen[name] for name in self.ADVANCED if name in names}

    @property
    def others(self) -> list[dict[str, Any]]:
        """The other rules with what is recommended for them, to count beside this one."""
        least = self.cleaned_data["min_support"]
        return [
            {"rule": guide.rule, "parameters": recommended(guide.rule, least)}
            for guide in GUIDES
            if guide.rule != self.cleaned_data["rule"]
        ]
