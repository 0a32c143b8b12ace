"""Pages of elections: the election with its result, its count under way, and the import."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from hubs.models import Round
from jobs.actions import JobNotFailed
from jobs.models import Job
from jobs.tasks import hint
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.models import Member
from voting import actions, queries
from voting.forms import ImportForm, fault_sentence
from voting.models import Election, ElectionStatus
from voting.permissions import (
    can_import_election,
    can_recount_election,
    can_see_election,
    can_see_results,
)
from voting.queries import (
    COUNT_TASK,
    INVENT_TASK,
    RollAnswer,
    bundle_of,
    explanation_of,
    is_bundled,
    is_closing,
    is_withdrawn,
    item_at,
    item_text,
    lanes_to_try,
    own_vote,
    paper_lanes,
    result_of,
    roll_answer,
    tallies_of,
)

MOST_WARNINGS = 20  # of a file that has thousands, the first say enough
ELECTIONS = Election.objects.select_related("round__hub", "manifest")


@permit(can_see_election, election=ELECTIONS)
def election(request: VisitorRequest, election: Election) -> HttpResponse:
    """The election: before its result, what is on the ballot and who may vote."""
    now = timezone.now()
    shown = _shown(request, election) | {"now": now}
    if shown["result"]:
        to_try = lanes_to_try(now).filter(election=election)
        shown["to_try"] = set(to_try.values_list("pk", flat=True))
    if election.status == ElectionStatus.FROZEN:
        shown["paper"] = paper_lanes(election, request.reading_chain)
        shown["roll"] = _roll(request, election, now)
        shown["invented"] = _invented(election)
    if isinstance(request.user, Member):
        shown["own"] = own_vote(election, request.user, settings.KEYS_DIR, now)
    response = render(request, "voting/election.html", shown)
    if shown.get("own"):
        add_never_cache_headers(response)  # who comes to this browser next is not shown the vote
    return response


@permit(can_see_election, election=ELECTIONS)
def progress(request: VisitorRequest, election: Election) -> HttpResponse:
    """The part of the page that changes while a worker counts; htmx swaps it."""
    shown = _shown(request, election)
    response = render(request, "voting/partials/count.html", shown)
    if shown["result"]:
        response["HX-Refresh"] = "true"
    return response


def _shown(request: VisitorRequest, election: Election) -> dict[str, Any]:
    now = timezone.now()
    is_open = can_see_results(request.user, election, now=now)
    job = Job.objects.filter(kind=COUNT_TASK, subject=str(election.pk)).first()
    result = result_of(election, request.reading_chain) if is_open else None
    return {
        "election": election,
        "is_closing": is_closing(election, now),
        "job": job,
        "result": result,
        "is_bundled": result is not None and is_bundled(election),
        "can_recount": can_recount_election(request.user, election, now=now),
        "is_alarm": job is not None and job.error_code in actions.ALARMS,
    }


@permit(can_see_election, election=ELECTIONS)
def invented(request: VisitorRequest, election: Election) -> HttpResponse:
    """How many invented voters of a practice round have voted; htmx swaps it."""
    shown = {"election": election, "invented": _invented(election)}
    return render(request, "voting/partials/invented.html", shown)


@permit(can_see_results, election=ELECTIONS)
def bundle(request: VisitorRequest, election: Election) -> HttpResponse:
    """All that was counted, in one file, to count it again; none where ballots could name voters."""
    if not is_bundled(election) or not tallies_of(election).exists():
        raise Http404
    response = HttpResponse(bundle_of(election), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="election-{election.pk}.zip"'
    return response


def _invented(election: Election) -> Job | None:
    if not election.round.is_practice:
        return None
    return Job.objects.filter(kind=INVENT_TASK, subject=str(election.pk)).first()


def _roll(request: VisitorRequest, election: Election, now: datetime) -> RollAnswer | None:
    """May I vote? Answered to members until the vote has ended."""
    if not isinstance(request.user, Member) or now >= election.closes_at:
        return None
    return roll_answer(request.user, election, now)


@permit(can_see_election, election=ELECTIONS)
def item(request: VisitorRequest, election: Election, position: int) -> HttpResponse:
    """One item of the ballot: its words, and after the count why it was funded or not."""
    found = item_at(election, position)
    if found is None:
        raise Http404
    asked = request.GET.get("in", "")
    is_open = can_see_results(request.user, election, now=timezone.now())
    shown = {
        "election": election,
        "item": found,
        "text": item_text(found, (asked, *request.reading_chain)),
        "is_withdrawn": is_withdrawn(found),
        "explanation": explanation_of(election, found, request.reading_chain) if is_open else None,
    }
    return render(request, "voting/item.html", shown)


@permit(can_see_results, election=ELECTIONS)
def result_csv(request: VisitorRequest, election: Election) -> HttpResponse:
    """The result for spreadsheets, with titles in the reader's language."""
    result = result_of(election, request.reading_chain)
    if result is None:
        raise Http404
    name = f'attachment; filename="result-{election.pk}.csv"'
    content = queries.result_csv(election, result).encode()
    headers = {"Content-Disposition": name}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@permit(can_import_election, methods=WRITE, round=Round.objects.select_related("hub"))
def import_election(request: MemberRequest, round: Round) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        election, job = actions.import_election(
            round=round,
            file=file,
            ranking_points=form.cleaned_data["ranking_points"],
            importer=request.user.acting_as("RETURNING_OFFICER"),
            now=timezone.now(),
        )
        hint(job)
        for warning in file.warnings[:MOST_WARNINGS]:
            messages.warning(request, fault_sentence(warning))
        return redirect("voting:election", election.pk)
    return render(request, "voting/import.html", {"form": form, "round": round})


@permit(can_recount_election, methods=("POST",), election=ELECTIONS)
def recount(request: MemberRequest, election: Election) -> HttpResponse:
    try:
        job = actions.recount_election(
            election=election,
            asker=request.user.acting_as("RETURNING_OFFICER"),
            now=timezone.now(),
        )
    except actions.NoCount as missing:
        raise Http404 from missing
    except JobNotFailed:
        messages.info(request, _("Nothing was changed: this count has not failed."))
    except actions.CountIsAlarm:
        pass  # the page says what is wrong, and whom to tell
    else:
        hint(job)
    return redirect("voting:election", election.pk)
