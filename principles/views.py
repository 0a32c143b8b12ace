"""Pages of the principles: the version in force, and any other by its number."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from members.access import VisitorRequest, permit
from members.permissions import anyone
from principles.models import LEVELS, FrameworkStatus, FrameworkVersion
from principles.queries import framework_detail, frameworks_public


@permit(anyone)
def framework_in_force(request: VisitorRequest) -> HttpResponse:
    in_force = frameworks_public().filter(status=FrameworkStatus.ACTIVE)
    return _shown(request, framework_detail(in_force).first())


@permit(anyone)
def framework(request: VisitorRequest, number: int) -> HttpResponse:
    return _shown(request, get_object_or_404(framework_detail(frameworks_public()), number=number))


def _shown(request: VisitorRequest, found: FrameworkVersion | None) -> HttpResponse:
    shown = {
        "framework": found,
        "levels": [(level, f"level_{level}") for level in LEVELS],
        "versions": list(frameworks_public()),
    }
    return render(request, "principles/framework.html", shown)
