"""Pages on which proposals are written, handed in, taken back and translated."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from hubs.models import Round
from members.access import WRITE, MemberRequest, permit
from members.languages import is_language
from proposals import actions
from proposals.forms import ProposalEntry, TranslationForm
from proposals.models import Proposal, ProposalStatus
from proposals.permissions import (
    can_discard,
    can_draft,
    can_edit,
    can_submit,
    can_translate,
    can_withdraw,
)
from proposals.queries import missing_of, with_words
from texts.actions import EmptyTranslation, IsTheSource, UnknownRevision
from texts.queries import written

ROUNDS = Round.objects.select_related("hub", "cycle")
PROPOSALS = with_words(Proposal.objects.all())

REFUSALS: dict[type[Exception], Any] = {
    actions.NotOpen: _lazy("The round takes no proposals now. What you wrote is kept as it was."),
    actions.TooManyProposals: _lazy(
        "Nothing was saved: you have as many proposals in this round as one person may have. Discard a draft or withdraw a proposal, then send this again."
    ),
    actions.NotEditable: _lazy("Nothing was changed: it has been handed in already."),
    actions.NotWithdrawable: _lazy("Nothing was changed: it cannot be withdrawn now."),
    actions.NotADraft: _lazy("Nothing was changed: it was handed in. You can withdraw it instead."),
    actions.Discarded: _lazy("You discarded this draft."),
    actions.TooMuch: _lazy(
        "You ask for more money than this kind of funding has. Ask for less, or choose another kind."
    ),
    actions.MinimumTooHigh: _lazy(
        "The smallest sum that still works is more than you ask for. Lower it, or ask for more."
    ),
    actions.Incomplete: _lazy("It is not complete yet. What is missing is listed below."),
}
STAYS = (actions.TooMuch, actions.MinimumTooHigh, actions.Incomplete)  # the author can mend it
NOT_TRANSLATED: dict[type[Exception], Any] = {
    EmptyTranslation: _lazy("Translate every part that the original has."),
    IsTheSource: _lazy("The author changed the language: it is written in this one now."),
    UnknownRevision: _lazy("Load this page again and compare with the original."),
    actions.NotYourTranslation: _lazy(
        "Somebody else wrote the translation into this language. Only they, or a translator of the hub that the proposal was handed in to, can change it."
    ),
    actions.TranslationClosed: _lazy(
        "There is a translation into this language. You cannot change it, because you wrote the proposal, judge proposals of this hub or have a stake in this one."
    ),
}
MISSING = {
    "title": _lazy("A title"),
    "summary": _lazy("A summary"),
    "body": _lazy("What you want to do"),
    "country": _lazy("The country where the work is done"),
    "lines": _lazy("At least one line of what you ask for"),
}


@permit(can_draft, round=ROUNDS)
def propose(request: MemberRequest, round: Round) -> HttpResponse:
    """Choose the kind of funding; where there is one, there is nothing to choose."""
    lanes = round.lanes.prefetch_related("budgets").order_by("pk")
    if len(lanes) == 1:
        return redirect("proposals:draft_proposal", round.pk, lanes[0].kind)
    return render(request, "proposals/propose.html", {"round": round, "lanes": lanes})


@permit(can_draft, methods=WRITE, round=ROUNDS)
def draft_proposal(request: MemberRequest, round: Round, kind: str) -> HttpResponse:
    lane = get_object_or_404(round.lanes, kind=kind)
    language = request.user.writes or request.LANGUAGE_CODE
    entry = ProposalEntry(round, request.user, _typed(request), lane=lane.kind, language=language)
    if request.method != "POST" or entry.is_adding:
        return _form(request, entry)
    try:
        proposal = actions.draft_proposal(author=request.user, now=timezone.now(), **entry.saved())
    except (actions.NotOpen, actions.TooManyProposals) as refusal:
        messages.error(request, REFUSALS[type(refusal)])
        return _form(request, entry)
    return _saved(request, entry, proposal)


@permit(can_edit, methods=WRITE, proposal=PROPOSALS)
def edit_proposal(request: MemberRequest, proposal: Proposal) -> HttpResponse:
    entry = ProposalEntry(
        proposal.lane.round,
        request.user,
        _typed(request),
        lane=proposal.lane.kind,
        language=proposal.text.language,
        proposal=proposal,
    )
    if request.method != "POST" or entry.is_adding:
        return _form(request, entry, proposal)
    try:
        actions.edit_proposal(proposal=proposal, now=timezone.now(), **entry.saved())
    except tuple(REFUSALS) as refusal:
        return _refused(request, proposal, refusal)
    return _saved(request, entry, proposal)


def _typed(request: MemberRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form(
    request: MemberRequest, entry: ProposalEntry, proposal: Proposal | None = None
) -> HttpResponse:
    now = timezone.now()
    shown = {
        "entry": entry,
        "round": entry.round,
        "proposal": proposal,
        "can_submit": proposal is None or can_submit(request.user, proposal, now=now),
    }
    return render(request, "proposals/form.html", shown)


def _saved(request: MemberRequest, entry: ProposalEntry, proposal: Proposal) -> HttpResponse:
    """What could be kept is kept; what could not is shown again, beside its field."""
    if entry.faults:
        return _form(request, entry, proposal)
    if "look" in request.POST:
        return redirect("proposals:submit_proposal", proposal.pk)
    is_draft = proposal.status == ProposalStatus.DRAFT
    said = (
        _("Your draft is saved. Only you can see it.") if is_draft else _("Your changes are saved.")
    )
    messages.success(request, said)
    return redirect("proposals:edit_proposal", proposal.pk)


def _refused(request: MemberRequest, proposal: Proposal, refusal: Exception) -> HttpResponse:
    """Say why nothing was done, where the author can go on."""
    messages.error(request, REFUSALS[type(refusal)])
    if isinstance(refusal, actions.Discarded):
        return redirect("proposals:mine")
    place = "proposals:submit_proposal" if isinstance(refusal, STAYS) else "proposals:detail"
    return redirect(place, proposal.pk)


@permit(can_submit, methods=WRITE, proposal=PROPOSALS)
def submit_proposal(request: MemberRequest, proposal: Proposal) -> HttpResponse:
    """Look at it as others will, then hand it in."""
    if request.method == "POST":
        try:
            actions.submit_proposal(proposal=proposal, now=timezone.now())
        except tuple(REFUSALS) as refusal:
            return _refused(request, proposal, refusal)
        messages.success(request, _("Your proposal is handed in. Everyone can read it now."))
        return redirect("proposals:detail", proposal.pk)
    missing = [MISSING[part] for part in missing_of(proposal)]
    shown = {
        "proposal": proposal,
        "round": proposal.lane.round,
        "missing": missing,
        "words": written(proposal.text, ()),
    }
    return render(request, "proposals/submit.html", shown)


@permit(can_withdraw, methods=WRITE, proposal=PROPOSALS)
def withdraw_proposal(request: MemberRequest, proposal: Proposal) -> HttpResponse:
    if request.method == "POST":
        try:
            actions.withdraw_proposal(proposal=proposal, now=timezone.now())
        except tuple(REFUSALS) as refusal:
            return _refused(request, proposal, refusal)
        messages.success(request, _("Your proposal is withdrawn."))
        return redirect("proposals:detail", proposal.pk)
    return render(request, "proposals/withdraw.html", {"proposal": proposal})


@permit(can_discard, methods=WRITE, proposal=PROPOSALS)
def discard_draft(request: MemberRequest, proposal: Proposal) -> HttpResponse:
    if request.method == "POST":
        try:
            actions.discard_draft(proposal=proposal, now=timezone.now())
        except tuple(REFUSALS) as refusal:
            return _refused(request, proposal, refusal)
        messages.success(request, _("Your draft is discarded."))
        return redirect("proposals:mine")
    return render(request, "proposals/discard.html", {"proposal": proposal})


@permit(can_translate, methods=WRITE, proposal=PROPOSALS)
def translate_proposal(request: MemberRequest, proposal: Proposal, language: str) -> HttpResponse:
    """The source and the translation side by side; a new one begins with the words of the source."""
    if not is_language(language) or language == proposal.text.language:
        raise Http404
    form = TranslationForm(
        request.POST or None, language=language, initial=_begun(proposal, language)
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.translate_proposal(
                proposal=proposal,
                language=language,
                translator=request.user,
                now=timezone.now(),
                **form.cleaned_data,
            )
        except tuple(NOT_TRANSLATED) as refusal:
            form.add_error(None, NOT_TRANSLATED[type(refusal)])
        else:
            messages.success(request, _("The translation is saved."))
            return redirect("proposals:detail", proposal.pk)
    source = written(proposal.text, ())
    shown = {"proposal": proposal, "form": form, "source": source, "language": language}
    return render(request, "proposals/translate.html", shown)


def _begun(proposal: Proposal, language: str) -> dict[str, object]:
    """The translation as it stands, else the source."""
    words = written(proposal.text, (language,))
    parts = {name: getattr(words, name) for name in ("title", "summary", "body")}
    return {"revision": proposal.text.revision, **parts}
