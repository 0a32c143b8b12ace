"""Pages of the figures that the formula is fed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from allocation import actions, queries
from allocation.forms import IndicatorsForm
from allocation.models import Indicator, IndicatorSnapshot
from allocation.permissions import can_publish_indicators
from allocation.views.apportionments import download
from hubs.models import Hub
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.permissions import anyone
from texts.queries import localized

SNAPSHOTS = IndicatorSnapshot.objects.select_related("cycle")


@permit(can_publish_indicators, methods=WRITE)
def publish_indicators(request: MemberRequest) -> HttpResponse:
    form = IndicatorsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish_indicators(
                cycle=form.cleaned_data["cycle"],
                values=form.cleaned_data["file"],
                publisher=request.user,
                now=timezone.now(),
            )
        except (actions.MissingIndicator, actions.StrayIndicator) as refusal:
            form.add_error("file", _sentence(refusal, request.reading_chain))
        else:
            messages.success(request, _("The figures are published. The next run uses them."))
            return redirect("allocation:pools")
    latest = IndicatorSnapshot.objects.order_by("-published_at", "-pk").first()
    shown = {"form": form, "latest": latest, "indicators": list(Indicator)}
    return render(request, "allocation/publish_indicators.html", shown)


def _sentence(
    refusal: actions.MissingIndicator | actions.StrayIndicator, chain: tuple[str, ...]
) -> str:
    hub = localized(Hub.objects.get(slug=refusal.hub), "name", chain).text
    told = {"hub": hub, "indicator": Indicator(refusal.indicator).label}
    if isinstance(refusal, actions.MissingIndicator):
        return (
            _(
                "“%(indicator)s” is missing for %(hub)s. Every regional hub needs all seven indicators; nothing is put in the place of one that is missing."
            )
            % told
        )
    return _("“%(indicator)s” of %(hub)s stands in the file twice. Keep one line.") % told


@permit(anyone, snapshot=SNAPSHOTS)
def figures_csv(request: VisitorRequest, snapshot: IndicatorSnapshot) -> HttpResponse:
    """A set of figures for spreadsheets, and to begin the next set with."""
    content = queries.figures_csv(snapshot).encode()
    return download(content, f"indicators-{snapshot.pk}.csv", "text/csv; charset=utf-8")
