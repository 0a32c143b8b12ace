"""Pages of a treasurer: funding a round, making the awards of a count."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from allocation import actions
from allocation.forms.spending import FundingForm
from allocation.permissions import can_fund_round, can_make_awards
from allocation.queries.spending import awards_due, envelopes_left
from hubs.models import Hub, Round
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.permissions import anyone
from proposals.models import ProposalStatus
from voting.models import Election
from voting.queries import item_title

REFUSED_FUNDING: dict[type[Exception], Promise] = {
    actions.RoundIsOpen: _lazy("This round is open: what it has to give is frozen."),
    actions.AlreadyFunded: _lazy("This round already has its part of this envelope."),
    actions.WrongEnvelope: _lazy("This envelope cannot fund this round."),
    actions.EnvelopeTooSmall: _lazy(
        "The envelope has less left than that. Write a smaller amount."
    ),
}


@permit(anyone, hub=Hub.objects.all())
def hub_envelopes(request: VisitorRequest, hub: Hub) -> HttpResponse:
    """What a hub was given, what it gave on to its rounds, and what is left."""
    shown = {"hub": hub, "envelopes": envelopes_left(hub).prefetch_related("fundings__round")}
    return render(request, "allocation/hub_envelopes.html", shown)


@permit(can_fund_round, methods=WRITE, round=Round.objects.select_related("hub"))
def fund_round(request: MemberRequest, round: Round) -> HttpResponse:
    form = FundingForm(request.POST or None, round=round)
    if request.method == "POST" and form.is_valid():
        try:
            actions.fund_round(
                round=round,
                envelope=form.cleaned_data["envelope"],
                amount_minor=form.cleaned_data["amount_minor"],
                treasurer=request.user,
                now=timezone.now(),
            )
        except tuple(REFUSED_FUNDING) as refusal:
            form.add_error("amount", str(REFUSED_FUNDING[type(refusal)]))
        else:
            messages.success(request, _("The round has its money, shared out over its lanes."))
            return redirect("pages:round", round.pk)
    shown = {"form": form, "round": round, "envelopes": envelopes_left(round.hub)}
    return render(request, "allocation/fund_round.html", shown)


REFUSED_AWARDS: dict[type[Exception], Promise] = {
    actions.NothingIsPaid: _lazy(
        "Nothing is paid after this election: it was practice, or held elsewhere."
    ),
    actions.NotCounted: _lazy("This election is not counted yet."),
    actions.AlreadyAwarded: _lazy("Nothing was changed: the awards were made before."),
    actions.OwnMoney: _lazy(
        "A proposal of yours stood in this election, so someone else has to make its awards. Ask your hub's chair to give the seat of a second treasurer."
    ),
}


@permit(
    can_make_awards,
    methods=WRITE,
    election=Election.objects.select_related("round__hub", "manifest"),
)
def make_awards(request: MemberRequest, election: Election) -> HttpResponse:
    """The awards as they would be made, and the button that makes them."""
    if request.method == "POST":
        try:
            made = actions.make_awards(
                election=election, treasurer=request.user, now=timezone.now()
            )
        except tuple(REFUSED_AWARDS) as refusal:
            messages.error(request, str(REFUSED_AWARDS[type(refusal)]))
        else:
            messages.success(
                request,
                _("Awards made: %(count)s. Every author is told by mail.") % {"count": len(made)},
            )
        return redirect("pages:round", election.round_id)
    due = awards_due(election) if hasattr(election, "manifest") else None
    rows = [
        (item, item_title(item, request.reading_chain, election.title_language), tally)
        for item, tally in due or ()
        if item.proposal and item.proposal.status == ProposalStatus.SHORTLISTED
    ]
    shown = {"election": election, "rows": rows, "is_counted": due is not None}
    shown["total_minor"] = sum(item.cost_minor for item, _title, _tally in rows)
    return render(request, "allocation/make_awards.html", shown)
