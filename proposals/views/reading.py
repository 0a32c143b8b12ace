"""Pages on which proposals are read: the list of a round, one of them, and a member's own."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hubs.models import Round
from members.access import MemberRequest, VisitorRequest, permit
from members.languages import is_language
from members.permissions import anyone, signed_in
from proposals.forms import ListForm
from proposals.models import Proposal
from proposals.permissions import (
    can_assess,
    can_discard,
    can_draft,
    can_edit,
    can_see_proposal,
    can_submit,
    can_translate,
    can_withdraw,
)
from proposals.queries import (
    determinations_of,
    history_of,
    listed,
    own_proposals,
    with_words,
)

ON_A_PAGE = 30
ROUNDS = Round.objects.select_related("hub", "cycle")
PROPOSALS = with_words(Proposal.objects.all())


@permit(anyone, round=ROUNDS)
def proposal_list(request: VisitorRequest, round: Round) -> HttpResponse:
    form = ListForm(request.GET, round_=round)
    found = listed(round, chain=request.reading_chain, **form.chosen)
    now = timezone.now()
    shown = {
        "round": round,
        "phase": round.phase_at(now),
        "form": form,
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "can_draft": can_draft(request.user, round, now=now),
    }
    return render(request, "proposals/list.html", shown)


@permit(can_see_proposal, proposal=PROPOSALS)
def detail(request: VisitorRequest, proposal: Proposal) -> HttpResponse:
    now, visitor = timezone.now(), request.user
    into = _languages_to_translate_into(request, proposal)
    shown = {
        "proposal": proposal,
        "round": proposal.lane.round,
        "phase": proposal.lane.round.phase_at(now),
        "history": history_of(proposal),
        "determinations": determinations_of(proposal),
        "can_assess": can_assess(visitor, proposal, now=now),
        "can_edit": can_edit(visitor, proposal, now=now),
        "can_submit": can_submit(visitor, proposal, now=now),
        "can_withdraw": can_withdraw(visitor, proposal, now=now),
        "can_discard": can_discard(visitor, proposal, now=now),
        "translate_into": into if can_translate(visitor, proposal, now=now) else [],
    }
    return render(request, "proposals/detail.html", shown)


def _languages_to_translate_into(request: VisitorRequest, proposal: Proposal) -> list[str]:
    """The languages that a member writes and reads, but that of the source."""
    own = [getattr(request.user, "writes", ""), *getattr(request.user, "reads", ())]
    return [
        code for code in dict.fromkeys(own) if is_language(code) and code != proposal.text.language
    ]


@permit(signed_in)
def mine(request: MemberRequest) -> HttpResponse:
    found = own_proposals(request.user)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "proposals/mine.html", {"page": page})
