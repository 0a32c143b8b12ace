"""The page on which a returning officer looks at all that will be frozen, and freezes it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy

from hubs.models import ResourceKind, Round
from members.access import WRITE, MemberRequest, permit
from voting import actions
from voting.forms import PAPER_CHANGED, FreezeForm
from voting.models import Election
from voting.permissions import can_freeze_election
from voting.queries.freezing import (
    Paper,
    election_about,
    kinds_to_vote_on,
    last_moment_to_freeze,
    obstacle,
    paper_of,
    undecided,
    voters_of,
)

FROZEN = _lazy("The election is frozen. Nothing of it can be changed any more.")


@permit(can_freeze_election, methods=WRITE, round=Round.objects.select_related("hub"))
def freeze_election(request: MemberRequest, round: Round) -> HttpResponse:
    kinds = kinds_to_vote_on(round) or [ResourceKind.MONEY.value]
    kind = kinds[0] if (asked := request.GET.get("kind", "")) not in kinds else asked
    paper = paper_of(round, kind)
    form = FreezeForm(
        request.POST or None, paper_hash=paper.hash, initial={"language": round.source_language}
    )
    if request.method == "POST" and form.is_valid():
        try:
            frozen = _freeze(request, round, form, kind)
        except actions.PaperChanged:  # after the form compared it, before the rows were locked
            paper = paper_of(round, kind)
            form.add_error(None, PAPER_CHANGED)
        except actions.FreezeRefused:
            return redirect(request.get_full_path())  # the page says what stands in the way
        else:
            messages.success(request, FROZEN)
            return redirect("voting:election", frozen.pk)
    shown = {"round": round, "kind": kind, "kinds": kinds, "paper": paper, "form": form}
    return render(request, "voting/freeze.html", shown | _outlook(round, kind, paper))


def _freeze(request: MemberRequest, round_: Round, form: FreezeForm, kind: str) -> Election:
    told = {
        name: form.cleaned_data[name]
        for name in ("title", "language", "ballot_format", "max_choices")
    }
    return actions.freeze_election(
        round=round_,
        rule=form.cleaned_data["rule"],
        parameters=form.parameters,
        comparisons=form.others,
        resource_kind=kind,
        seen=form.paper_hash,
        keys=settings.KEYS_DIR,
        officer=request.user.acting_as("RETURNING_OFFICER"),
        now=timezone.now(),
        **told,
    )


def _outlook(round_: Round, kind: str, paper: Paper) -> dict[str, object]:
    """Who will vote, when and by what, and whether anything stands in the way."""
    now, voters = timezone.now(), voters_of(round_).count()
    return {
        "voters": voters,
        "obstacle": obstacle(round_, kind, paper, voters, now),
        "last_moment": last_moment_to_freeze(round_),
        "frozen": election_about(round_, kind),
        "undecided": undecided(round_).count(),
        "opens_at": max(round_.voting_at, now),
    }
