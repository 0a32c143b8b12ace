"""Pages of hubs, their seats and rounds, and of the centre."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hubs import actions
from hubs.forms import RoundForm, SeatForm, TermForm
from hubs.models import Body, Hub, HubKind, Seat, Term
from hubs.permissions import can_add_seat, can_end_term, can_give_term, can_plan_round
from hubs.queries import bodies_with_seats, by_name, home_hub, hubs_listed, rounds_of
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.countries import country_name, folded
from members.permissions import anyone

SEATS = Seat.objects.select_related("body__hub")


@permit(anyone)
def hub_list(request: VisitorRequest) -> HttpResponse:
    hubs = by_name(hubs_listed(), request.reading_chain)
    groups = [(kind.label, [hub for hub in hubs if hub.kind == kind]) for kind in HubKind]
    home = home_hub(request.user) if request.user.is_authenticated else None
    return render(request, "hubs/list.html", {"groups": groups, "home": home})


@permit(anyone, hub=Hub.objects.prefetch_related("countries"))
def hub_detail(request: VisitorRequest, hub: Hub) -> HttpResponse:
    now = timezone.now()
    shown = {
        "hub": hub,
        "rounds": [(round_, round_.phase_at(now)) for round_ in rounds_of(hub)],
        "bodies": bodies_with_seats(hub, now),
        "countries": sorted(
            (country_name(place.country) for place in hub.countries.all()), key=folded
        ),
        "can_plan": can_plan_round(request.user, hub, now=now),
        "can_add_seats": can_add_seat(request.user, Body(hub=hub), now=now),
        "now": now,
    }
    return render(request, "hubs/detail.html", shown)


@permit(anyone)
def centre(request: VisitorRequest) -> HttpResponse:
    now = timezone.now()
    shown = {
        "bodies": bodies_with_seats(None, now),
        "can_add_seats": can_add_seat(request.user, Body(hub=None), now=now),
        "now": now,
    }
    return render(request, "hubs/centre.html", shown)


@permit(anyone, seat=SEATS)
def seat(request: VisitorRequest, seat: Seat) -> HttpResponse:
    """A seat with everyone who held, holds or will hold it."""
    now = timezone.now()
    terms = seat.terms.select_related("member", "given_by", "seat__body__hub").order_by(
        "-starts_at", "-pk"
    )
    shown = {
        "seat": seat,
        "terms": [
            (
                term,
                over := term.is_over(now),
                not over and can_end_term(request.user, term, now=now),
            )
            for term in terms
        ],
        "can_give": can_give_term(request.user, seat, now=now),
        "now": now,
    }
    return render(request, "hubs/seat.html", shown)


REFUSALS = {
    actions.OwnTerm: (
        "email",
        _lazy("You cannot give a seat to yourself. Ask another chair or the secretary."),
    ),
    actions.SeatHeld: (
        "starts_on",
        _lazy(
            "Someone holds this seat for part of that time. Choose other days, or end that term first."
        ),
    ),
    actions.TermTooLong: (
        "ends_on",
        _lazy("A term lasts three years at most and ends after it starts."),
    ),
    actions.TermElsewhen: ("starts_on", _lazy("A term begins today or later, within three years.")),
}


@permit(can_give_term, methods=WRITE, seat=SEATS)
def give_term(request: MemberRequest, seat: Seat) -> HttpResponse:
    form = TermForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_term(
                seat=seat,
                member=form.member,
                starts_at=form.cleaned_data["starts_at"],
                ends_at=form.cleaned_data["ends_at"],
                giver=request.user,
                now=timezone.now(),
            )
        except tuple(REFUSALS) as refusal:
            form.add_error(*REFUSALS[type(refusal)])
        else:
            messages.success(request, _("The seat is given, and the member is told by mail."))
            return redirect("hubs:seat", seat.pk)
    return render(request, "hubs/give_term.html", {"form": form, "seat": seat})


@permit(can_end_term, methods=WRITE, term=Term.objects.select_related("seat__body__hub", "member"))
def end_term(request: MemberRequest, term: Term) -> HttpResponse:
    if request.method == "POST":
        try:
            actions.end_term(term=term, ender=request.user, now=timezone.now())
        except actions.TermOver:
            messages.info(request, _("Nothing was changed: this term was already over."))
        else:
            messages.success(request, _("The term has ended, and its holder is told by mail."))
        return redirect("hubs:seat", term.seat_id)
    return render(request, "hubs/end_term.html", {"term": term})


@permit(can_add_seat, methods=WRITE, body=Body.objects.select_related("hub"))
def add_seat(request: MemberRequest, body: Body) -> HttpResponse:
    form = SeatForm(request.POST or None, body=body)
    if request.method == "POST" and form.is_valid():
        made = actions.add_seat(
            body=body,
            function=form.cleaned_data["function"],
            adder=request.user,
            now=timezone.now(),
        )
        return redirect("hubs:seat", made.pk)
    return render(request, "hubs/add_seat.html", {"form": form, "body": body})


@permit(can_plan_round, methods=WRITE, hub=Hub.objects.all())
def plan_round(request: MemberRequest, hub: Hub) -> HttpResponse:
    form = RoundForm(request.POST or None, hub=hub, initial={"language": request.LANGUAGE_CODE})
    if request.method == "POST" and form.is_valid():
        chosen = {
            name: form.cleaned_data[name]
            for name in ("cycle", "title", "language", "level", "timetable")
        }
        made = actions.plan_round(hub=hub, planner=request.user, now=timezone.now(), **chosen)
        return redirect("pages:round", made.pk)
    return render(request, "hubs/plan_round.html", {"form": form, "hub": hub})
