"""Pages of a committee: its desk, assessing, deciding together, keeping away."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hubs.models import Hub
from members.access import WRITE, MemberRequest, permit
from members.models import Member
from proposals import actions, queries
from proposals.forms import AssessmentForm, DeterminationForm, RecusalForm
from proposals.models import UNDER_REVIEW, Determination, Proposal
from proposals.permissions import (
    can_agree,
    can_assess,
    can_determine,
    can_recuse,
    can_retract,
    can_see_desk,
)

PROPOSALS = Proposal.objects.public().select_related("lane__round__hub", "text", "author")
DETERMINATIONS = Determination.objects.select_related("proposal__lane__round__hub", "body")
PAGE = 50

REFUSALS = {
    actions.NotInReview: _lazy("Nothing was changed: the time for judging this round is over."),
    actions.NotUnderReview: _lazy(
        "Nothing was changed: the proposal was withdrawn, returned or decided meanwhile."
    ),
    actions.NotAJudge: _lazy(
        "Nothing was changed: you hold no seat with a voice on this committee now."
    ),
    actions.HasConflict: _lazy("Nothing was changed: this proposal is closed to you."),
    actions.AlreadyRecused: _lazy("Nothing was changed: this proposal was already closed to you."),
    actions.AlreadySubmitted: _lazy(
        "Nothing was changed: you have submitted your assessment, and it is final."
    ),
    actions.EarlierVersion: _lazy(
        "The proposal was handed in again meanwhile. Read the new version before you submit."
    ),
    actions.NotAssessed: _lazy(
        "Nobody has submitted an assessment yet. Assess the proposal first, or return it with questions."
    ),
    actions.DeterminationOpen: _lazy(
        "Another decision waits for voices. Agree with it, or wait until it is taken back."
    ),
    actions.NoQuorumPossible: _lazy(
        "Too few members without a stake hold seats. Ask the chair to fill a seat of the committee first."
    ),
    actions.DeterminationOver: _lazy(
        "Nothing was changed: the decision has taken effect or was taken back meanwhile."
    ),
    actions.AlreadyAgreed: _lazy("Nothing was changed: you have agreed before."),
    actions.NotTheProposer: _lazy(
        "Nothing was changed: only the member who put a decision takes it back."
    ),
}


@permit(can_see_desk, hub=Hub.objects.all())
def desk(request: MemberRequest, hub: Hub) -> HttpResponse:
    now = timezone.now()
    body = queries.committee_of(hub)
    shows_all = request.GET.get("show") == "all"
    found = queries.desk_proposals(body, request.user, now, only_to_do=not shows_all)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    shown = {
        "hub": hub,
        "body": body,
        "shows_all": shows_all,
        "page": page,
        "rows": queries.desk_rows(body, request.user, now, proposals=page.object_list),
        "stuck": queries.left_without_quorum(body, now),
    }
    return render(request, "proposals/desk.html", shown)


@permit(can_assess, methods=WRITE, proposal=PROPOSALS)
def assess(request: MemberRequest, proposal: Proposal) -> HttpResponse:
    own = queries.own_assessment(proposal, request.user)
    form = AssessmentForm(
        request.POST or None,
        criteria=list(queries.criteria_of(proposal.lane.round)),
        chain=request.reading_chain,
        own=own,
        country=request.user.home_country,
        initial={"language": request.user.writes or request.LANGUAGE_CODE},
    )
    if request.method == "POST" and form.is_valid():
        answer = _keep(request, proposal, form, timezone.now())
        if answer:
            return answer
    shown = {
        "proposal": proposal,
        "form": form,
        "own": own,
        "is_final": queries.has_assessed(proposal, request.user),
        "is_under_review": proposal.status in UNDER_REVIEW,
    }
    return render(request, "proposals/assess.html", shown)


def _keep(
    request: MemberRequest, proposal: Proposal, form: AssessmentForm, now: datetime
) -> HttpResponse | None:
    """Keep the draft and, where that was asked, submit it; None: the form says what is missing."""
    try:
        assessment = actions.save_assessment(
            proposal=proposal,
            assessor=request.user,
            language=form.cleaned_data["language"],
            comment=form.cleaned_data["comment"],
            scores=form.scores,
            now=now,
        )
        if "submit" not in request.POST:
            messages.success(request, _("Your draft is kept. Only you see it."))
            return redirect("proposals:assess", proposal.pk)
        actions.submit_assessment(assessment=assessment, now=now)
    except actions.IncompleteAssessment as refusal:
        messages.info(request, _("Your draft is kept, and not submitted yet."))
        form.say_what_is_missing(refusal.gaps)
        return None
    except tuple(REFUSALS) as refusal:
        form.add_error(None, REFUSALS[type(refusal)])
        return None
    messages.success(request, _("Your assessment is submitted. You can read those of the others."))
    return redirect("proposals:determine", proposal.pk)


@permit(can_determine, methods=WRITE, proposal=PROPOSALS)
def determine(request: MemberRequest, proposal: Proposal) -> HttpResponse:
    now = timezone.now()
    written_in = request.user.writes or request.LANGUAGE_CODE
    form = DeterminationForm(
        request.POST or None, initial={"language": written_in}, country=request.user.home_country
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_determination(
                proposal=proposal,
                body=queries.committee_of(proposal.lane.round.hub),
                member=request.user,
                now=now,
                **form.cleaned_data,
            )
        except tuple(REFUSALS) as refusal:
            form.add_error(None, REFUSALS[type(refusal)])
        else:
            messages.success(request, _("Your decision is put to the committee, with your voice."))
            return redirect("proposals:determine", proposal.pk)
    shown = {"proposal": proposal, "form": form}
    return render(
        request, "proposals/determine.html", shown | _before_the_body(proposal, request.user, now)
    )


def _before_the_body(proposal: Proposal, member: Member, now: datetime) -> dict[str, Any]:
    """What the page of a decision shows to one of the judges."""
    body = queries.committee_of(proposal.lane.round.hub)
    is_under_review = proposal.status in UNDER_REVIEW
    has_assessed = queries.has_assessed(proposal, member)
    determination = queries.open_determination(proposal)
    voices = list(queries.counting_voices(determination, now)) if determination else []
    return {
        "body": body,
        "is_under_review": is_under_review,
        "has_assessed": has_assessed,
        # What the others think is read after one has thought for oneself.
        "judged": queries.judged(proposal) if queries.may_read_others(proposal, member) else None,
        "determination": determination,
        "voices": voices,
        "has_agreed": member in [voice.member for voice in voices],
        "can_take_back": determination is not None
        and queries.may_retract(determination, member, now),
        "ended": queries.ended_determinations(proposal),
        "free": queries.unconflicted(queries.judges_of(body, now), proposal).count(),
    }


@permit(can_agree, methods=["POST"], determination=DETERMINATIONS)
def agree(request: MemberRequest, determination: Determination) -> HttpResponse:
    now = timezone.now()
    try:
        found = actions.agree_determination(
            determination=determination, member=request.user, now=now
        )
    except tuple(REFUSALS) as refusal:
        messages.info(request, REFUSALS[type(refusal)])
    else:
        messages.success(
            request,
            _("Your voice is counted. The decision has taken effect, and the author is told.")
            if found.decided_at
            else _("Your voice is counted."),
        )
    return redirect("proposals:determine", determination.proposal_id)


@permit(can_retract, methods=["POST"], determination=DETERMINATIONS)
def retract(request: MemberRequest, determination: Determination) -> HttpResponse:
    try:
        actions.retract_determination(
            determination=determination, member=request.user, now=timezone.now()
        )
    except tuple(REFUSALS) as refusal:
        messages.info(request, REFUSALS[type(refusal)])
    else:
        messages.success(request, _("The decision is taken back. Another one can be put."))
    return redirect("proposals:determine", determination.proposal_id)


@permit(can_recuse, methods=WRITE, proposal=PROPOSALS)
def recuse(request: MemberRequest, proposal: Proposal) -> HttpResponse:
    if request.method == "GET" and queries.has_conflict(request.user, proposal):
        recusal = proposal.recusals.filter(member=request.user).first()
        return render(request, "proposals/closed.html", {"proposal": proposal, "recusal": recusal})
    form = RecusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.recuse(
                proposal=proposal,
                member=request.user,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except tuple(REFUSALS) as refusal:
            messages.info(request, REFUSALS[type(refusal)])
        else:
            messages.success(request, _("This proposal is closed to you from now on. Thank you."))
        return redirect("proposals:desk", proposal.lane.round.hub.slug)
    return render(request, "proposals/recuse.html", {"proposal": proposal, "form": form})
