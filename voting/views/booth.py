"""The voting booth: choose, review, cast, keep the receipt.

Nothing here writes a session or a message: what the cast writes names nobody, and so shall the
request around it.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeAlias

from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from members.access import READ, WRITE, MemberRequest, permit
from voting import actions
from voting.canonical import Choices
from voting.forms import BallotForm, CastForm
from voting.keys import NoKey, Voter, WrongKey
from voting.models import Election
from voting.permissions import can_cast_ballot, can_enter_booth
from voting.published import Unreadable
from voting.queries import (
    ballot_of,
    draft_of,
    is_counted,
    is_rolled_back,
    is_voting,
    marked,
    roll_answer,
    sheet_of,
    voter_of,
)

logger = logging.getLogger(__name__)
ELECTIONS = Election.objects.select_related("round__hub")
POST = ("POST",)
Stage: TypeAlias = Callable[[MemberRequest, Election, Voter], HttpResponse]


def in_booth(methods: Sequence[str]) -> Callable[[Stage], Callable[..., HttpResponse]]:
    """Let in who is on the roll, under their pseudonym; tell the others why they are not let in."""

    def decorate(stage: Stage) -> Callable[..., HttpResponse]:
        @permit(can_enter_booth, methods=methods, election=ELECTIONS)
        @never_cache
        @wraps(stage)
        def entered(request: MemberRequest, election: Election) -> HttpResponse:
            if not can_cast_ballot(request.user, election, now=timezone.now()):
                return _not_on_roll(request, election)
            try:
                voter = voter_of(election, request.user, settings.KEYS_DIR)
            except (NoKey, WrongKey):
                logger.exception("The key of election %s is missing or wrong", election.pk)
                return render(request, "voting/no_key.html", {"election": election}, status=503)
            if _is_behind_board(election):
                return render(
                    request, "voting/rolled_back.html", {"election": election}, status=503
                )
            return stage(request, election, voter)

        return entered

    return decorate


def _is_behind_board(election: Election) -> bool:
    """Whether ballots that were published may be missing: until it is certain, nothing is taken."""
    try:
        is_behind = is_rolled_back(election, settings.BOARD_DIR)
    except Unreadable:
        logger.exception("What was published of election %s cannot be read", election.pk)
        return True
    if is_behind:
        logger.error("Election %s is older than its published checkpoint", election.pk)
    return is_behind


def _not_on_roll(request: MemberRequest, election: Election) -> HttpResponse:
    now = timezone.now()
    answer = roll_answer(request.user, election, now)
    shown = {"election": election, "roll": answer, "now": now}
    return render(request, "voting/not_on_roll.html", shown, status=403)


@in_booth(WRITE)
def vote(request: MemberRequest, election: Election, voter: Voter) -> HttpResponse:
    """The ballot paper. What is marked is saved on the way: as a draft, which is not a vote."""
    if request.method != "POST":
        return _paper(request, election, voter)
    form = BallotForm(request.POST)
    if not form.is_valid():
        return _paper(request, election, voter, form=form, status=422)
    try:
        actions.save_draft(election_id=election.pk, voter=voter, choices=form.cleaned_data["item"])
    except actions.BallotRefused as refusal:
        return _paper(request, election, voter, form=form, refusal=refusal, status=422)
    except (actions.NotOpenYet, actions.VotingClosed):
        return _over(request, election)
    if request.htmx:  # type: ignore[attr-defined]  # its middleware sets it
        sheet = sheet_of(election, request.reading_chain, voter, marked(form.cleaned_data["item"]))
        shown = {"sheet": sheet, "election": election, "is_saved": True}
        return render(request, "voting/partials/totals.html", shown)
    return redirect(
        "voting:review" if request.POST.get("then") == "review" else "voting:vote", election.pk
    )


def _over(request: MemberRequest, election: Election) -> HttpResponse:
    """The vote was not on, by the only clock that counts: the page says so, and what became of it."""
    if request.htmx:  # type: ignore[attr-defined]  # its middleware sets it
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "voting/not_open.html", _standing(election), status=409)


def _standing(election: Election) -> dict[str, Any]:
    now = timezone.now()
    return {
        "election": election,
        "is_early": now < election.opens_at,
        "is_open": is_voting(election, now),
    }


def _paper(
    request: MemberRequest,
    election: Election,
    voter: Voter,
    *,
    form: BallotForm | None = None,
    refusal: actions.BallotRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    draft, ballot = draft_of(election, voter), ballot_of(election, voter)
    kept: Choices = draft if draft is not None else ballot.choices if ballot else ()
    sheet = sheet_of(election, request.reading_chain, voter, marked(kept))
    if form is not None:
        sheet = sheet.marked_as(form.known(sheet.positions))
    shown = _standing(election) | {
        "sheet": sheet,
        "has_draft": draft is not None,
        "ballot": ballot,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "voting/vote.html", shown, status=status)


@in_booth(READ)
def review(request: MemberRequest, election: Election, voter: Voter) -> HttpResponse:
    """What would be cast, and the button that casts it."""
    draft = draft_of(election, voter)
    if draft is None:  # cast already, or nothing begun: no blank ballot by going back
        has_cast = ballot_of(election, voter) is not None
        return redirect("voting:receipt" if has_cast else "voting:vote", election.pk)
    if not is_voting(election, timezone.now()):
        return redirect("voting:vote", election.pk)
    return _review(request, election, voter, draft)


def _review(
    request: MemberRequest,
    election: Election,
    voter: Voter,
    choices: Choices,
    *,
    cast_key: uuid.UUID | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    sheet = sheet_of(election, request.reading_chain, voter, marked(choices))
    shown = {
        "election": election,
        "sheet": sheet,
        "ballot": ballot_of(election, voter),
        "cast_key": cast_key or uuid.uuid4(),
        "problem": problem,
    }
    return render(request, "voting/review.html", shown, status=status)


@in_booth(POST)
def cast_ballot(request: MemberRequest, election: Election, voter: Voter) -> HttpResponse:
    """Cast what the review showed, whatever the draft has become since."""
    form = CastForm(request.POST)
    if not form.is_valid():
        return _paper(request, election, voter, form=form, status=422)
    choices, cast_key = form.cleaned_data["item"], form.cleaned_data["cast_key"]
    try:
        actions.cast_ballot(
            election_id=election.pk, voter=voter, choices=choices, cast_key=cast_key
        )
    except actions.BallotRefused as refusal:
        return _paper(request, election, voter, form=form, refusal=refusal, status=422)
    except actions.CastKeyReused:
        return _review(request, election, voter, choices, problem="REUSED", status=409)
    except (actions.NotOpenYet, actions.VotingClosed):
        return _over(request, election)
    except OperationalError:
        logger.exception("A cast was not certain to be kept in election %s", election.pk)
        return _busy(request, election, choices, cast_key)
    return redirect("voting:receipt", election.pk)


def _busy(
    request: MemberRequest, election: Election, choices: Choices, cast_key: uuid.UUID
) -> HttpResponse:
    """Nobody knows whether it was kept; the same press again is safe. Asks the database nothing."""
    shown = {"election": election, "positions": sorted(marked(choices)), "cast_key": cast_key}
    answer = render(request, "voting/busy.html", shown, status=503)
    answer["Retry-After"] = "5"
    return answer


@in_booth(READ)
def receipt(request: MemberRequest, election: Election, voter: Voter) -> HttpResponse:
    """The voter's own ballot in force, with the code to find it by."""
    ballot = ballot_of(election, voter)
    if ballot is None:
        return redirect("voting:vote", election.pk)
    shown = _standing(election) | {
        "sheet": sheet_of(election, request.reading_chain, voter, marked(ballot.choices)),
        "ballot": ballot,
        "check_code": voter.check_code(ballot.version),
        "draft": draft_of(election, voter),
        "is_counted": is_counted(election, timezone.now()),
    }
    return render(request, "voting/receipt.html", shown)


@in_booth(POST)
def discard_draft(request: MemberRequest, election: Election, voter: Voter) -> HttpResponse:
    actions.discard_draft(election_id=election.pk, voter=voter)
    return redirect("voting:election", election.pk)
