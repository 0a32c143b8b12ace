"""What oversight sees, and everyone else too."""

import csv

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from allocation.models import Pool
from allocation.queries import floored_share
from members.access import VisitorRequest, permit
from members.permissions import anyone
from oversight.queries import SUMMED, distribution_of, pools_shared
from voting.queries import defused


@permit(anyone)
def distribution(request: VisitorRequest) -> HttpResponse:
    """How the pools are spread over the regions; ``?pool=`` chooses one, by default the newest."""
    pools = list(pools_shared())
    chosen = _chosen(pools, request.GET.get("pool", ""))
    found = distribution_of(chosen) if chosen else None
    shown: dict[str, object] = {"pools": pools, "pool": chosen, "distribution": found}
    if found:
        shown["shares"] = [
            (region, floored_share(region.envelope_minor, found.total.envelope_minor))
            for region in found.regions
        ]
    return render(request, "oversight/distribution.html", shown)


def _chosen(pools: list[Pool], wanted: str) -> Pool | None:
    if not wanted:
        return pools[0] if pools else None
    found = [pool for pool in pools if str(pool.pk) == wanted]
    if not found:
        raise Http404
    return found[0]


@permit(anyone)
def distribution_csv(request: VisitorRequest, pool: int) -> HttpResponse:
    """The same tables as a file: codes and figures only, amounts in the smallest unit."""
    found = distribution_of(get_object_or_404(Pool.objects.select_related("cycle"), pk=pool))
    if found is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="distribution-{pool}.csv"'
    writer = csv.writer(response)
    columns = (*SUMMED, "days")
    writer.writerow(["hub", *columns])
    for region in found.regions:
        figures = (getattr(region, name) for name in columns)
        writer.writerow([defused(region.hub.slug), *figures])
    return response
