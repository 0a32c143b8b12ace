"""Pages of a treasurer: funding a round, making the awards of a count."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from allocation import actions
from allocation.forms.spending import FundingForm
from allocation.models import Envelope
from allocation.permissions import can_fund_round, can_make_awards
from allocation.queries.spending import awards_to_make, envelopes_left, waiting_on
from allocation.templatetags.splitting import pooled_text
from hubs.actions import NoLanes
from hubs.models import Hub, Round
from members.access import WRITE, MemberRequest, VisitorRequest, permit
from members.permissions import anyone
from members.templatetags.wording import apart
from voting.models import Election
from voting.queries import item_title

REFUSED_FUNDING: dict[type[Exception], tuple[str, Promise]] = {
    actions.RoundIsOpen: (
        "envelope",
        _lazy("This round is open: what it has to give is frozen."),
    ),
    actions.AlreadyFunded: (
        "envelope",
        _lazy("This round already has its part of this kind of resource."),
    ),
    actions.WrongEnvelope: ("envelope", _lazy("This envelope cannot fund this round.")),
    actions.EnvelopeTooSmall: (
        "amount",
        _lazy("The envelope has %(left)s left. Write an amount that is not larger."),
    ),
    NoLanes: (
        "envelope",
        _lazy("This round has no lanes yet to share it out over: a facilitator plans them first."),
    ),
}


@permit(anyone, hub=Hub.objects.all())
def hub_envelopes(request: VisitorRequest, hub: Hub) -> HttpResponse:
    """What a hub was given, what it gave on to its rounds, and what is left."""
    shown = {"hub": hub, "envelopes": envelopes_left(hub).prefetch_related("fundings__round")}
    return render(request, "allocation/hub_envelopes.html", shown)


@permit(can_fund_round, methods=WRITE, round=Round.objects.select_related("hub"))
def fund_round(request: MemberRequest, round: Round) -> HttpResponse:
    form = FundingForm(request.POST or None, round=round, chain=request.reading_chain)
    if request.method == "POST" and form.is_valid():
        envelope: Envelope = form.cleaned_data["envelope"]
        try:
            actions.fund_round(
                round=round,
                envelope=envelope,
                amount_minor=form.cleaned_data["amount_minor"],
                treasurer=request.user,
                now=timezone.now(),
            )
        except tuple(REFUSED_FUNDING) as refusal:
            form.add_error(*_said(refusal, envelope))
        else:
            messages.success(request, _("The round has its money, shared out over its lanes."))
            return redirect("pages:round", round.pk)
    shown = {"form": form, "round": round, "envelopes": envelopes_left(round.hub)}
    return render(request, "allocation/fund_round.html", shown)


def _said(refusal: Exception, envelope: Envelope) -> tuple[str, str]:
    field, sentence = REFUSED_FUNDING[type(refusal)]
    if not isinstance(refusal, actions.EnvelopeTooSmall):
        return field, str(sentence)
    left = pooled_text(refusal.left_minor, envelope.apportionment.pool)
    return field, str(sentence) % {"left": apart(left)}


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


@permit(can_make_awards, methods=WRITE, election=Election.objects.select_related("round__hub"))
def make_awards(request: MemberRequest, election: Election) -> HttpResponse:
    """The awards as they would be made, and the button that makes them."""
    now = timezone.now()
    if request.method == "POST":
        try:
            made = actions.make_awards(election=election, treasurer=request.user, now=now)
        except tuple(REFUSED_AWARDS) as refusal:
            messages.error(request, str(REFUSED_AWARDS[type(refusal)]))
        else:
            is_last = not waiting_on(election).exists()
            messages.success(request, _awarded(len(made), is_last=is_last))
        return redirect("pages:round", election.round_id)
    found = awards_to_make(election, now)
    named = [
        (item, item_title(item, request.reading_chain, election.title_language), tally)
        for item, tally in found.rows
    ]
    shown = {"election": election, "found": found, "rows": named}
    return render(request, "allocation/make_awards.html", shown)


def _awarded(count: int, *, is_last: bool) -> str:
    """What was done; authors whose proposals stand in another vote too are told after that."""
    if not is_last:
        said = ngettext(
            "%(count)s award is made. Authors are told by mail once the awards of every vote on their proposal are made.",
            "%(count)s awards are made. Authors are told by mail once the awards of every vote on their proposal are made.",
            count,
        )
        return said % {"count": count}
    if not count:
        return _("The books are closed without an award. Every author is told by mail.")
    said = ngettext(
        "%(count)s award is made. Every author is told by mail.",
        "%(count)s awards are made. Every author is told by mail.",
        count,
    )
    return said % {"count": count}
