"""Words of phases."""

from django import template
from django.utils.translation import gettext_lazy as _

from hubs.phases import Phase

register = template.Library()

PHASES = {
    Phase.PREPARATION: _("Preparation"),
    Phase.SUBMISSION: _("Submission"),
    Phase.REVIEW: _("Review"),
    Phase.DELIBERATION: _("Deliberation"),
    Phase.VOTING: _("Voting"),
    Phase.COUNTING: _("Counting"),
    Phase.RESULTS: _("Results"),
    Phase.DELIVERY: _("Delivery"),
}


@register.filter
def phase_label(phase: Phase) -> str:
    return str(PHASES[phase])
