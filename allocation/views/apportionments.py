"""Pages of a run: tried out, asked for, computed, explained hub by hub, decided, checked."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from allocation import actions, queries
from allocation.forms import ApportionForm
from allocation.models import Apportionment, Envelope, Indicator, Pool
from allocation.permissions import (
    can_approve_apportionment,
    can_reject_apportionment,
    can_request_apportionment,
    can_retry_apportionment,
)
from audit.canonical import canonical
from hubs.models import Hub
from jobs.actions import JobNotFailed
from jobs.models import Job
from jobs.tasks import hint
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.permissions import anyone

RUNS = queries.runs()
REFUSALS = {
    actions.PoolShared: _lazy("Nothing was changed: a split of this pool is approved already."),
    actions.NotComputed: _lazy(
        "Nothing was changed: this run is not waiting for a decision any more."
    ),
    actions.SamePerson: _lazy("You ran this yourself. Another person decides on it."),
    actions.ReplayDiffers: _lazy(
        "Nothing was changed: computing this run again gives something else than is stored. Tell the operator and the overseers."
    ),
}


@permit(anyone, apportionment=RUNS)
def apportionment(request: VisitorRequest, apportionment: Apportionment) -> HttpResponse:
    now = timezone.now()
    snapshot = apportionment.snapshot
    shown = _state(request, apportionment) | {
        "split": queries.split_of_run(apportionment),
        "indicators": list(Indicator),
        "figures": queries.figures_by_hub(snapshot),
        "sources": queries.sources_of(snapshot),
        "can_approve": can_approve_apportionment(request.user, apportionment, now=now),
    }
    shown["hubs"] = {row.hub.slug: row.hub for row in shown["figures"]}
    return render(request, "allocation/apportionment.html", shown)


@permit(anyone, apportionment=RUNS)
def progress(request: VisitorRequest, apportionment: Apportionment) -> HttpResponse:
    """The part of the page that changes while a worker computes; htmx swaps it."""
    shown = _state(request, apportionment)
    response = render(request, "allocation/partials/progress.html", shown)
    if not shown["is_waiting"]:
        response["HX-Refresh"] = "true"
    return response


def _state(request: VisitorRequest, apportionment: Apportionment) -> dict[str, Any]:
    job = Job.objects.filter(kind=queries.COMPUTE_TASK, subject=str(apportionment.pk)).first()
    return {
        "run": apportionment,
        "job": job,
        "is_waiting": apportionment.result is None and job is not None and not job.is_finished,
        "is_alarm": job is not None and job.error_code == actions.InputTampered.__name__,
        "can_retry": can_retry_apportionment(request.user, apportionment, now=timezone.now()),
    }


@permit(can_request_apportionment, methods=WRITE, pool=Pool.objects.select_related("cycle"))
def request_apportionment(request: MemberRequest, pool: Pool) -> HttpResponse:
    """Try a version of the formula out, beside last year; then run it."""
    snapshot, latest = queries.latest_snapshot(pool.cycle), queries.latest_formula()
    asked_for = request.GET or {"formula": latest.number if latest else ""}
    form = ApportionForm(request.POST if request.method == "POST" else asked_for)
    chosen = form.cleaned_data["formula"] if form.is_valid() else None
    if request.method == "POST" and chosen and snapshot:
        try:
            made, job = actions.request_apportionment(
                pool=pool,
                formula=chosen,
                snapshot=snapshot,
                officer=request.user,
                now=timezone.now(),
            )
        except actions.PoolShared as refusal:
            messages.info(request, REFUSALS[type(refusal)])
            return redirect("allocation:pools")
        hint(job)
        return redirect("allocation:apportionment", made.pk)
    shown = {"pool": pool, "form": form, "chosen": chosen, "snapshot": snapshot, "latest": latest}
    if chosen and snapshot:
        shown["tried"] = queries.simulate(pool, chosen, snapshot)
        shown["hubs"] = {hub.slug: hub for hub in queries.regional_hubs()}
    return render(request, "allocation/request_apportionment.html", shown)


@permit(can_approve_apportionment, methods=("POST",), apportionment=RUNS)
def approve_apportionment(request: MemberRequest, apportionment: Apportionment) -> HttpResponse:
    try:
        actions.approve_apportionment(
            apportionment=apportionment, approver=request.user, now=timezone.now()
        )
    except tuple(REFUSALS) as refusal:
        messages.warning(request, REFUSALS[type(refusal)])
    else:
        messages.success(request, _("The split is approved: these are the hubs’ envelopes."))
    return redirect("allocation:apportionment", apportionment.pk)


@permit(can_reject_apportionment, methods=("POST",), apportionment=RUNS)
def reject_apportionment(request: MemberRequest, apportionment: Apportionment) -> HttpResponse:
    try:
        actions.reject_apportionment(
            apportionment=apportionment, approver=request.user, now=timezone.now()
        )
    except tuple(REFUSALS) as refusal:
        messages.warning(request, REFUSALS[type(refusal)])
    else:
        messages.success(request, _("The run is rejected. It stays readable."))
    return redirect("allocation:apportionment", apportionment.pk)


@permit(can_retry_apportionment, methods=("POST",), apportionment=RUNS)
def retry_apportionment(request: MemberRequest, apportionment: Apportionment) -> HttpResponse:
    try:
        job = actions.retry_apportionment(
            apportionment=apportionment, officer=request.user, now=timezone.now()
        )
    except JobNotFailed:
        messages.info(request, _("Nothing was changed: this run has not failed."))
    except actions.InputTampered:
        pass  # the page says what is wrong, and whom to tell
    else:
        hint(job)
    return redirect("allocation:apportionment", apportionment.pk)


@permit(anyone, apportionment=RUNS)
def replay_apportionment(request: VisitorRequest, apportionment: Apportionment) -> HttpResponse:
    """Compute the run again, now, and say whether the same comes out."""
    found = queries.replay(apportionment) if apportionment.result is not None else None
    shown = {"run": apportionment, "found": found}
    return render(request, "allocation/replay_apportionment.html", shown)


@permit(anyone, apportionment=RUNS, hub=Hub.objects.all())
def hub_share(request: VisitorRequest, apportionment: Apportionment, hub: Hub) -> HttpResponse:
    """How the amount of one hub came about, step by step."""
    envelope = get_object_or_404(Envelope, apportionment=apportionment, hub=hub)
    steps = queries.waterfall_of(envelope)
    shown = {
        "run": apportionment,
        "hub": hub,
        "envelope": envelope,
        "steps": steps,
        "figures": list(apportionment.snapshot.values.filter(hub=hub)),
        "largest": max(step.amount_minor for step in steps),
        "bounds": (apportionment.result or {}).get("bounds", {}).get(hub.slug),
    }
    return render(request, "allocation/hub_share.html", shown)


@permit(anyone, apportionment=RUNS)
def input_json(request: VisitorRequest, apportionment: Apportionment) -> HttpResponse:
    """The input, in the very bytes that are hashed."""
    return download(canonical(apportionment.input), f"input-{apportionment.pk}.json")


@permit(anyone, apportionment=RUNS)
def result_json(request: VisitorRequest, apportionment: Apportionment) -> HttpResponse:
    """The result, in the very bytes that are hashed."""
    if apportionment.result is None:
        raise Http404
    return download(canonical(apportionment.result), f"result-{apportionment.pk}.json")


@permit(anyone, apportionment=RUNS)
def split_csv(request: VisitorRequest, apportionment: Apportionment) -> HttpResponse:
    """The split for spreadsheets, with the hubs' names in the reader's language."""
    split = queries.split_of_run(apportionment)
    if split is None:
        raise Http404
    content = queries.split_csv(split, request.reading_chain)
    return download(content.encode(), f"split-{apportionment.pk}.csv", "text/csv; charset=utf-8")


def download(content: bytes, name: str, kind: str = "application/json") -> HttpResponse:
    """A file with this name."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=disposition)
