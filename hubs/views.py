"""Pages of hubs, their seats and rounds, and of the centre."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hubs import actions
from hubs.forms import RoundForm, SeatForm, TermForm, as_planned, lane_name
from hubs.models import WHOLE_BP, Body, Hub, HubKind, LaneKind, LaneMethod, Round, Seat, Term
from hubs.permissions import (
    can_add_seat,
    can_edit_round,
    can_end_term,
    can_give_term,
    can_open_round,
    can_plan_round,
)
from hubs.queries import (
    Hindrance,
    bodies_with_seats,
    budget_totals,
    by_name,
    hindrances,
    home_hub,
    hubs_listed,
    lanes_of,
    map_of,
    rounds_of,
    share_total,
    turns_told,
)
from hubs.templatetags.rounds import share
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.countries import country_name, folded
from members.permissions import anyone
from principles.queries import active_framework

ROUNDS = Round.objects.select_related("hub", "cycle")
SEATS = Seat.objects.select_related("body__hub")


@permit(anyone)
def hub_list(request: VisitorRequest) -> HttpResponse:
    hubs = by_name(hubs_listed(), request.reading_chain)
    groups = [(kind.label, [hub for hub in hubs if hub.kind == kind]) for kind in HubKind]
    home = home_hub(request.user) if request.user.is_authenticated else None
    drawn = map_of([hub for hub in hubs if hub.kind == HubKind.REGIONAL], request.reading_chain)
    return render(request, "hubs/list.html", {"groups": groups, "home": home, "map": drawn})


@permit(anyone, hub=Hub.objects.prefetch_related("countries"))
def hub_detail(request: VisitorRequest, hub: Hub) -> HttpResponse:
    now = timezone.now()
    rounds = rounds_of(hub)
    shown = {
        "hub": hub,
        "rounds": [(round_, round_.phase_at(now)) for round_ in rounds],
        "to_open": [round_ for round_ in rounds if round_.opened_at is None],
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
    actions.TooManyTurns: (
        "email",
        _lazy(
            "This member was given seats, or taken off them, too often since yesterday. Try again tomorrow."
        ),
    ),
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
    now = timezone.now()
    if request.method == "POST":
        is_told = turns_told(term.member, now) < actions.MAX_TURNS
        try:
            actions.end_term(term=term, ender=request.user, now=now)
        except actions.TermOver:
            messages.info(request, _("Nothing was changed: this term was already over."))
        else:
            messages.success(
                request,
                _("The term has ended, and its holder is told by mail.")
                if is_told
                else _("The term has ended. Tell its holder: they have had many mails today."),
            )
        return redirect("hubs:seat", term.seat_id)
    return render(request, "hubs/end_term.html", {"term": term})


@permit(can_add_seat, methods=WRITE, body=Body.objects.select_related("hub"))
def add_seat(request: MemberRequest, body: Body) -> HttpResponse:
    form = SeatForm(request.POST or None, body=body)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_seat(
                body=body,
                function=form.cleaned_data["function"],
                adder=request.user,
                now=timezone.now(),
            )
        except actions.TooManySeats:
            form.add_error(None, _("This body has as many seats as a body may have."))
        else:
            return redirect("hubs:seat", made.pk)
    return render(request, "hubs/add_seat.html", {"form": form, "body": body})


@permit(can_plan_round, methods=WRITE, hub=Hub.objects.all())
def plan_round(request: MemberRequest, hub: Hub) -> HttpResponse:
    everything = actions.LanePlan(LaneKind.GENERAL, LaneMethod.VOTE, WHOLE_BP)
    first = {"language": request.LANGUAGE_CODE, lane_name(LaneKind.GENERAL): everything}
    form = RoundForm(request.POST or None, hub=hub, initial=first)
    if request.method == "POST" and form.is_valid():
        made = actions.plan_round(
            hub=hub, planner=request.user, now=timezone.now(), **form.chosen()
        )
        messages.success(
            request, _("The round is planned. Nobody can take part until you open it.")
        )
        _remind_of_shares(request, form)
        return redirect("pages:round", made.pk)
    return render(request, "hubs/plan_round.html", {"form": form, "hub": hub})


EDIT_REFUSALS = {
    actions.CurrencyFunded: (
        "currency",
        _lazy("This round has been given money already, so its currency cannot change."),
    ),
    actions.NoLanes: (
        lane_name(LaneKind.GENERAL),
        _lazy("This round has been given something to share out. Give at least one lane a share."),
    ),
}


@permit(can_edit_round, methods=WRITE, round=ROUNDS)
def edit_round(request: MemberRequest, round: Round) -> HttpResponse:
    if round.opened_at is not None:
        return _it_is_open(request, round)
    form = RoundForm(request.POST or None, hub=round.hub, initial=as_planned(round))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_round(
                round=round, editor=request.user, now=timezone.now(), **form.chosen()
            )
        except actions.RoundOpen:
            return _it_is_open(request, round)
        except tuple(EDIT_REFUSALS) as refusal:
            form.add_error(*EDIT_REFUSALS[type(refusal)])
        else:
            messages.success(request, _("The plan is changed."))
            _remind_of_shares(request, form)
            return redirect("pages:round", round.pk)
    return render(request, "hubs/edit_round.html", {"form": form, "round": round})


def _it_is_open(request: MemberRequest, round_: Round) -> HttpResponse:
    messages.info(request, _("Nothing was changed: this round is open, and its plan is frozen."))
    return redirect("pages:round", round_.pk)


def _remind_of_shares(request: MemberRequest, form: RoundForm) -> None:
    total = share_total(form.cleaned_data["lanes"])
    if total != WHOLE_BP:
        said = _(
            "The lanes share out %(total)s of the round. Bring them to %(whole)s before you open it."
        )
        messages.warning(request, said % {"total": share(total), "whole": share(WHOLE_BP)})


HINDERED = (
    actions.TooLate,
    actions.LanesIncomplete,
    actions.NotFunded,
    actions.NoFramework,
)
HINDRANCES = {
    Hindrance.TOO_LATE: _lazy(
        "Submission began more than a day ago. Choose later days, so that everybody has all of it."
    ),
    Hindrance.LANES_INCOMPLETE: _lazy(
        "The shares of the lanes do not add up to the whole. Change the plan."
    ),
    Hindrance.NOT_FUNDED: _lazy(
        "A lane that is voted on, or decided by the committee, has nothing to give yet. Ask the treasurer to fund the round."
    ),
    Hindrance.NO_FRAMEWORK: _lazy(
        "No principles are in force yet. The stewards of the principles bring them into force."
    ),
}


@permit(can_open_round, methods=WRITE, round=ROUNDS)
def open_round(request: MemberRequest, round: Round) -> HttpResponse:
    """Says what will be frozen, and what is still missing."""
    now = timezone.now()
    if round.opened_at is not None:
        return _it_is_open(request, round)
    if request.method == "POST":
        try:
            actions.open_round(round=round, opener=request.user, now=now)
        except actions.RoundOpen:
            return _it_is_open(request, round)
        except HINDERED:
            messages.error(request, _("The round is not open: something is still missing."))
        else:
            messages.success(
                request, _("The round is open. What decides it is frozen from now on.")
            )
            return redirect("pages:round", round.pk)
    lanes, framework = lanes_of(round), active_framework().first()
    shown = {
        "round": round,
        "lanes": lanes,
        "totals": budget_totals(lanes),
        "framework": framework,
        "missing": [HINDRANCES[one] for one in hindrances(round, lanes, framework, now)],
    }
    return render(request, "hubs/open_round.html", shown)
