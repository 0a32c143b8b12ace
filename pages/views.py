"""Pages that compose several apps: home, a round, the styleguide, health."""

from datetime import datetime

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allocation.permissions import can_fund_round
from allocation.queries import awards_of
from hubs.models import Round
from hubs.permissions import can_edit_round, can_open_round
from hubs.queries import home_hub, lanes_of, terms_of
from members.access import WRITE, VisitorRequest, permit
from members.permissions import anyone
from pages.queries import open_rounds, open_votes, public_count, recent_elections, to_do
from proposals.permissions import can_draft
from voting.permissions import can_freeze_election, can_import_election
from voting.queries import elections_of
from voting.queries.freezing import is_time_to_freeze


@permit(anyone)
def home(request: VisitorRequest) -> HttpResponse:
    now = timezone.now()
    shown: dict[str, object] = {
        "now": now,
        "elections": recent_elections(now),
        "rounds": [(round_, round_.phase_at(now)) for round_ in open_rounds(now)],
    }
    if not isinstance(request.user, AnonymousUser):
        shown |= {
            "to_do": to_do(request.user, now, settings.KEYS_DIR, request.reading_chain),
            "home": home_hub(request.user),
            "terms": terms_of(request.user, now),
        }
    return render(request, "pages/home.html", shown)


@permit(anyone, round=Round.objects.select_related("hub", "cycle", "framework"))
def round_detail(request: VisitorRequest, round: Round) -> HttpResponse:
    """A round with its timetable, lanes, proposals, votes and awards, and what the visitor may do."""
    now = timezone.now()
    elections = list(elections_of([round]).select_related("round__hub"))
    shown = {
        "round": round,
        "phase": round.phase_at(now),
        "timetable": round.timetable.begins(),
        "lanes": lanes_of(round),
        "proposals": public_count(round),
        "elections": elections,
        "votes": open_votes(elections, request.user, settings.KEYS_DIR, now),
        "awards": awards_of(round),
        "may": _offers(request, round, now),
        "now": now,
    }
    return render(request, "pages/round.html", shown)


def _offers(request: VisitorRequest, round_: Round, now: datetime) -> dict[str, bool]:
    """What the visitor may do with the round, as far as its state still leaves it to be done."""
    is_planned, is_real = round_.opened_at is None, not round_.is_practice
    useful = (
        ("draft", can_draft, is_real),
        ("edit", can_edit_round, is_planned),
        ("open", can_open_round, is_planned),
        ("fund", can_fund_round, is_planned and is_real),
        ("freeze", can_freeze_election, is_real and is_time_to_freeze(round_, now)),
        ("import", can_import_election, is_real),
    )
    return {
        name: is_useful and allows(request.user, round_, now=now)
        for name, allows, is_useful in useful
    }


class StyleguideForm(forms.Form):
    """One field of each kind, to look at."""

    title = forms.CharField(label=_("Title"), max_length=80, help_text=_("Up to 80 characters."))
    summary = forms.CharField(label=_("Summary"), widget=forms.Textarea(attrs={"rows": 4}))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("a", _("Money")), ("b", _("Staff time"))])
    level = forms.ChoiceField(
        label=_("Level"),
        choices=[("l", _("Local")), ("r", _("Regional"))],
        widget=forms.RadioSelect,
    )
    agree = forms.BooleanField(label=_("I agree to take part"), required=False)
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    file = forms.FileField(label=_("File"), required=False)


@permit(anyone, methods=WRITE)
def styleguide(request: VisitorRequest) -> HttpResponse:
    """Every component in every state; posting the form shows its errors and keeps what was typed."""
    shown_with_errors = {"title": "", "kind": "a", "level": "x"}
    form = StyleguideForm(request.POST if request.method == "POST" else shown_with_errors)
    shown = {
        "form": form,
        "shown_at": timezone.now(),
        "facts": [(_("Level"), _("Regional")), (_("Kind"), _("Money"))],
        "steps": [
            {"label": _("Write"), "state": "done"},
            {"label": _("Check"), "state": "current"},
            {"label": _("Send"), "state": "coming"},
        ],
        "page": Paginator(range(30), 10).page(2),
    }
    return render(request, "pages/styleguide.html", shown)


@permit(anyone)
def live(request: VisitorRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@permit(anyone)
def ready(request: VisitorRequest) -> HttpResponse:
    """The database answers. Nothing else is said: a cache that is away is the operator's business."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "ok"})
