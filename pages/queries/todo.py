"""What a member can do now: one list, from every app, most urgent first."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from allocation.models import Apportionment, ApportionmentStatus, Award, Pool
from hubs.models import Hub, Round, SeatFunction
from hubs.phases import Phase
from hubs.queries import home_hub, terms_of
from members.models import Member
from proposals.models import Proposal, ProposalStatus
from proposals.queries import awaiting_assessment, awaiting_voice
from voting.keys import NoKey, WrongKey
from voting.models import Election, ElectionOrigin
from voting.queries import ballot_of, draft_of, open_elections_for, voter_of


class Task(NamedTuple):
    """One thing a member can do now: what, why, where, until when (None: no deadline), for whom."""

    what: Promise | str
    why: Promise | str
    url: str
    until: datetime | None = None
    hub: Hub | None = None


def to_do(member: Member, now: datetime, keys: Path) -> list[Task]:
    """Everything that waits for a member; what ends soonest first, then what has no end."""
    found = [task for source in _EVERYONE for task in source(member, now)]
    found += _votes(member, now, keys)
    for hub, function in _seats(member, now):
        if hub is None:
            found += _AT_THE_CENTRE.get(function, _nothing_there)(member, now)
        else:
            found += _IN_A_HUB.get(function, _nothing)(hub, member, now)
    return sorted(found, key=lambda task: (task.until is None, task.until or now))


def _seats(member: Member, now: datetime) -> list[tuple[Hub | None, str]]:
    """The places and functions a member holds now, each once."""
    held = [term.seat for term in terms_of(member, now) if term.starts_at <= now]
    return list(dict.fromkeys((seat.body.hub, seat.function) for seat in held))


def _profile(member: Member, now: datetime) -> Iterator[Task]:
    if not member.home_country:
        yield Task(
            _lazy("Say which country is home"),
            _lazy("It decides which regional hub is yours."),
            reverse("members:profile"),
        )
    if not member.reads:
        yield Task(
            _lazy("Choose the languages you read"),
            _lazy("Texts are then shown in the first of them they exist in."),
            reverse("members:languages"),
        )


def _votes(member: Member, now: datetime, keys: Path) -> Iterator[Task]:
    """The open votes a member is on the roll of; what is chosen is read by pseudonym."""
    for election in open_elections_for(member, now):
        url = reverse("voting:vote", args=[election.pk])
        try:
            voter = voter_of(election, member, keys)
        except (NoKey, WrongKey):
            continue  # nobody can vote until the operator has mended it: the vote's own page says so
        if draft := draft_of(election, voter):
            chosen = len(draft)
            what = ngettext(
                "Not cast yet: %(count)s chosen", "Not cast yet: %(count)s chosen", chosen
            )
            yield Task(
                what % {"count": chosen}, _lazy("Look at your choices, then cast your vote."), url,
                election.closes_at, election.round.hub,
            )  # fmt: skip
        elif ballot_of(election, voter) is None:
            yield Task(
                _lazy("Vote"), _lazy("You are on the roll of this vote."), url,
                election.closes_at, election.round.hub,
            )  # fmt: skip


def _own_proposals(member: Member, now: datetime) -> Iterator[Task]:
    mine = Proposal.objects.filter(
        author=member, status__in=[ProposalStatus.DRAFT, ProposalStatus.RETURNED]
    ).select_related("lane__round__hub")
    for proposal in mine.order_by("pk"):
        round_ = proposal.lane.round
        is_draft = proposal.status == ProposalStatus.DRAFT
        end = round_.review_at if is_draft else round_.voting_at
        if end <= now:
            continue
        yield Task(
            _lazy("Finish your draft") if is_draft else _lazy("Answer the committee's questions"),
            _lazy("It is not handed in yet.")
            if is_draft
            else _lazy("Your proposal came back to you; change it and hand it in again."),
            reverse("proposals:edit_proposal", args=[proposal.pk]),
            end,
            round_.hub,
        )


def _rounds_to_write_for(member: Member, now: datetime) -> Iterator[Task]:
    hub = home_hub(member)
    if hub is None:
        return
    for round_ in hub.rounds.filter(opened_at__lte=now, is_practice=False).order_by("review_at"):
        if round_.phase_at(now) == Phase.SUBMISSION:
            yield Task(
                _lazy("Propose something"),
                _lazy("Your hub takes proposals now, in any language."),
                reverse("proposals:propose", args=[round_.pk]),
                round_.review_at,
                hub,
            )


def _judging(member: Member, now: datetime) -> Iterator[Task]:
    to_assess = list(awaiting_assessment(member, now).select_related("lane__round__hub"))
    hubs = dict.fromkeys(proposal.lane.round.hub for proposal in to_assess)
    for hub in hubs:
        theirs = [one for one in to_assess if one.lane.round.hub_id == hub.pk]
        count = len(theirs)
        what = ngettext(
            "%(count)s proposal waits for your assessment",
            "%(count)s proposals wait for your assessment",
            count,
        )
        yield Task(
            what % {"count": count},
            _lazy("You sit on this hub's committee."),
            reverse("proposals:desk", args=[hub.slug]),
            min(one.lane.round.voting_at for one in theirs),
            hub,
        )
    for determination in awaiting_voice(member, now):
        yield Task(
            _lazy("A decision of your committee waits for your voice"),
            _lazy("Nobody decides alone: read it, then agree or speak against it."),
            reverse("proposals:determine", args=[determination.proposal_id]),
        )


_EVERYONE: tuple[Callable[[Member, datetime], Iterator[Task]], ...] = (
    _profile, _own_proposals, _rounds_to_write_for, _judging,
)  # fmt: skip


def _nothing(hub: Hub, member: Member, now: datetime) -> Iterator[Task]:
    yield from ()


def _nothing_there(member: Member, now: datetime) -> Iterator[Task]:
    yield from ()


def _facilitating(hub: Hub, member: Member, now: datetime) -> Iterator[Task]:
    for round_ in hub.rounds.filter(opened_at__isnull=True).order_by("submission_at"):
        if round_.lanes.filter(budgets__isnull=False).exists():
            yield Task(
                _lazy("Open a round"),
                _lazy("It is planned and funded. Opening freezes its rules."),
                reverse("pages:round", args=[round_.pk]),
                round_.submission_at,
                hub,
            )
    yield Task(
        _lazy("Plan a round"),
        _lazy("You are a facilitator of this hub."),
        reverse("hubs:plan_round", args=[hub.slug]),
        hub=hub,
    )
    yield Task(
        _lazy("Start a practice round"),
        _lazy("A few minutes of voting with invented voters, counted while you watch."),
        reverse("voting:open_practice", args=[hub.slug]),
        hub=hub,
    )


def _treasuring(hub: Hub, member: Member, now: datetime) -> Iterator[Task]:
    unfunded = Round.objects.filter(
        hub=hub, opened_at__isnull=True, is_practice=False, lanes__budgets__isnull=True
    ).distinct()
    for round_ in unfunded.order_by("submission_at"):
        yield Task(
            _lazy("Fund a round"),
            _lazy("It cannot open before it has a part of your hub's envelope."),
            reverse("allocation:fund_round", args=[round_.pk]),
            round_.submission_at,
            hub,
        )
    counted = Election.objects.with_visible_results(now).filter(
        round__hub=hub, round__is_practice=False, origin=ElectionOrigin.OWN
    )
    waiting = Proposal.objects.filter(
        items__election=OuterRef("pk"), status=ProposalStatus.SHORTLISTED
    )
    for election in counted.filter(Exists(waiting), tallies__decides=True).distinct():
        yield Task(
            _lazy("Make the awards"),
            _lazy("The members have voted and the count is done."),
            reverse("allocation:make_awards", args=[election.pk]),
            hub=hub,
        )


def _returning(hub: Hub, member: Member, now: datetime) -> Iterator[Task]:
    for round_ in hub.rounds.filter(is_practice=False, opened_at__lte=now, counting_at__gt=now):
        is_time = round_.phase_at(now) in (Phase.DELIBERATION, Phase.VOTING)
        shortlisted = Proposal.objects.filter(lane__round=round_, status=ProposalStatus.SHORTLISTED)
        if is_time and shortlisted.exists() and not round_.elections.filter(origin="OWN").exists():
            yield Task(
                _lazy("Freeze the ballot"),
                _lazy("What is on it, the roll and the rule are then published and cannot change."),
                reverse("voting:freeze_election", args=[round_.pk]),
                round_.voting_at if round_.voting_at > now else round_.counting_at,
                hub,
            )
    yield Task(
        _lazy("Bring in an election held elsewhere"),
        _lazy("You are a returning officer of this hub: open one of its rounds."),
        reverse("hubs:detail", args=[hub.slug]),
        hub=hub,
    )


def _chairing(hub: Hub, member: Member, now: datetime) -> Iterator[Task]:
    yield Task(
        _lazy("Fill the seats of your hub"),
        _lazy("You chair one of its bodies."),
        reverse("hubs:detail", args=[hub.slug]),
        hub=hub,
    )


def _secretary(member: Member, now: datetime) -> Iterator[Task]:
    yield Task(
        _lazy("Fill the seats of the centre"),
        _lazy("You also fill the chair of a hub that has none."),
        reverse("hubs:centre"),
    )


def _apportioning(member: Member, now: datetime) -> Iterator[Task]:
    shared = Apportionment.objects.filter(
        pool=OuterRef("pk"),
        status__in=[
            ApportionmentStatus.APPROVED,
            ApportionmentStatus.COMPUTED,
            ApportionmentStatus.REQUESTED,
        ],
    )
    for pool in Pool.objects.exclude(Exists(shared)).order_by("pk"):
        yield Task(
            _lazy("Share out a pool"),
            _lazy("Try the formula first: nothing is written until you run it."),
            reverse("allocation:request_apportionment", args=[pool.pk]),
        )
    yield from (
        Task(
            _lazy("Your run waits for someone else's approval"),
            _lazy("Nobody approves a run of their own."),
            reverse("allocation:apportionment", args=[run.pk]),
        )
        for run in Apportionment.objects.filter(
            status=ApportionmentStatus.COMPUTED, requested_by=member
        )
    )


def _approving(member: Member, now: datetime) -> Iterator[Task]:
    waiting = Apportionment.objects.filter(status=ApportionmentStatus.COMPUTED)
    for run in waiting.exclude(requested_by=member).order_by("requested_at"):
        yield Task(
            _lazy("Approve or reject a split of a pool"),
            _lazy("It was run by someone else; replay it before you decide."),
            reverse("allocation:apportionment", args=[run.pk]),
        )


def _overseeing(member: Member, now: datetime) -> Iterator[Task]:
    awarded = Award.objects.count()
    what = ngettext("See where %(count)s award went", "See where %(count)s awards went", awarded)
    yield Task(
        what % {"count": awarded} if awarded else _("See where the resources go"),
        _lazy("Oversight sees everything and decides nothing."),
        reverse("oversight:distribution"),
    )


_IN_A_HUB: dict[str, Callable[[Hub, Member, datetime], Iterator[Task]]] = {
    SeatFunction.CHAIR: _chairing,
    SeatFunction.DEPUTY: _chairing,
    SeatFunction.FACILITATOR: _facilitating,
    SeatFunction.TREASURER: _treasuring,
    SeatFunction.RETURNING_OFFICER: _returning,
}
_AT_THE_CENTRE: dict[str, Callable[[Member, datetime], Iterator[Task]]] = {
    SeatFunction.SECRETARY: _secretary,
    SeatFunction.ALLOCATION_OFFICER: _apportioning,
    SeatFunction.ALLOCATION_APPROVER: _approving,
    SeatFunction.OVERSEER: _overseeing,
}
