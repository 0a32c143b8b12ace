"""The two elections of the demo: one that is over, for a worker to count, and one that is open."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, QuerySet

from hubs.models import Round, SeatFunction
from jobs.models import Job
from members.models import Member
from pages.demo.ballots import invented_ballots
from pages.demo.crowd import crowd_id
from pages.demo.people import holder
from pages.demo.rounds import DELIBERATION, VOTING, Plan
from proposals.actions import withdraw_proposal
from proposals.models import Proposal
from voting.actions import cast_ballot, close_due_elections, freeze_election, save_draft
from voting.canonical import PLAIN, Choices, encode_ballot
from voting.keys import Voter, read_key
from voting.models import Ballot, BallotEvent, Election, ElectionOrigin, ElectionStatus
from voting.queries import ballot_of, draft_of
from voting.queries.freezing import paper_of

TURNOUT = {"lac": 640, "ssa": 214}
# Chosen so that the rules differ, a project fits the rest exactly, and one loses narrowly.
SEEDS = {"lac": 1120, "ssa": 2026}
COMPARED = (
    {"rule": "greedy", "parameters": {"order": "votes"}},
    {"rule": "equal-shares", "parameters": {"satisfaction": "cost", "completion": "greedy"}},
)
TITLES = {"lac": ("es", "Votación de la ronda anual"), "ssa": ("sw", "Kura ya awamu ya mwaka")}
WITHDRAWN = "ssa-20"  # after the freeze: its mark stays on the ballot
DRAFTED = 3  # what Amina has chosen and not cast


def frozen_election(
    plan: Plan, round_: Round, members: Mapping[str, Member], now: datetime
) -> Election:
    """Freeze the election of a round a week before it opens, in the returning officer's name."""
    language, title = TITLES[plan.hub]
    return freeze_election(
        round=round_,
        title=f"{title} {now.year}{plan.mark}",
        language=language,
        ballot_format="APPROVAL" if plan.hub == "lac" else "KNAPSACK",
        max_choices=None,
        rule="equal-shares",
        parameters={"satisfaction": "cardinality", "completion": "greedy"},
        comparisons=list(COMPARED),
        resource_kind="MONEY",
        seen=paper_of(round_, "MONEY").hash,
        keys=settings.KEYS_DIR,
        officer=members[holder(plan.hub, SeatFunction.RETURNING_OFFICER).name].acting_as(
            SeatFunction.RETURNING_OFFICER
        ),
        now=plan.moment(VOTING, now)
        - (plan.moment(VOTING, now) - plan.moment(DELIBERATION, now)) / 4,
    )


def fill_with_ballots(election: Election, hub: str) -> None:
    """The ballots of a vote that is over. Nobody can cast into the past, so they are laid in as rows."""
    key = read_key(settings.KEYS_DIR, election.pk, election.key_fingerprint)
    voters = [Voter.of(key, crowd_id(hub, number)) for number in range(TURNOUT[hub])]
    payloads = [encode_ballot(choices) for choices in _choices(election, hub)]
    Ballot.objects.bulk_create(
        Ballot(election=election, pseudonym=voter.pseudonym, scheme=PLAIN, payload=payload)
        for voter, payload in zip(voters, payloads, strict=True)
    )
    BallotEvent.objects.bulk_create(
        BallotEvent(
            election=election,
            pseudonym=voter.pseudonym,
            version=1,
            fingerprint=voter.fingerprint(payload),
        )
        for voter, payload in zip(voters, payloads, strict=True)
    )


def _choices(election: Election, hub: str) -> list[Choices]:
    items = list(election.items.order_by("position").values_list("position", flat=True))
    ballots = invented_ballots(len(items), TURNOUT[hub], SEEDS[hub] + _votes_before(hub))
    return [tuple((items[number], 1) for number in ballot) for ballot in ballots]


def _votes_before(hub: str) -> int:
    """How many votes of the hub are over: in the next one, the same people choose otherwise."""
    over = Election.objects.filter(origin=ElectionOrigin.OWN, status=ElectionStatus.CLOSED)
    return over.filter(round__hub__slug=hub, round__is_practice=False).count()


def close_what_is_over() -> list[Job]:
    """As the clock does every few seconds once the site is up."""
    return close_due_elections()


def cast_into(election: Election, hub: str) -> int:
    """Cast ballots into the open vote, each as a member's page does; returns how many.

    A knapsack ballot keeps to what fits each lane.
    """
    key = read_key(settings.KEYS_DIR, election.pk, election.key_fingerprint)
    costs = dict(election.items.values_list("position", "cost_minor"))
    lanes = dict(election.items.values_list("position", "lane_id"))
    budgets = dict(election.lanes.values_list("pk", "budget_minor"))
    for number, choices in enumerate(_choices(election, hub)):
        left, fitting = dict(budgets), []
        for position, value in choices:
            if costs[position] <= left[lanes[position]]:
                left[lanes[position]] -= costs[position]
                fitting.append((position, value))
        cast_ballot(
            election_id=election.pk,
            voter=Voter.of(key, crowd_id(hub, number)),
            choices=tuple(fitting),
            cast_key=uuid.uuid5(election.pk, str(number)),
        )
    return number + 1


def begin_a_vote(election: Election, member: Member) -> None:
    """Choose the first few items that fit, and cast nothing; who has chosen or cast is left alone."""
    key = read_key(settings.KEYS_DIR, election.pk, election.key_fingerprint)
    voter = Voter.of(key, member.pk)
    if draft_of(election, voter) is not None or ballot_of(election, voter):
        return
    cheapest = election.items.order_by("cost_minor", "position")[:DRAFTED]
    choices = tuple(sorted((item.position, 1) for item in cheapest))
    save_draft(election_id=election.pk, voter=voter, choices=choices)


def withdraw_one(proposals: Mapping[str, Proposal], now: datetime) -> None:
    """An author takes a proposal back while it stands on the ballot."""
    withdraw_proposal(proposal=proposals[WITHDRAWN], now=now - timedelta(days=4))


def votes_now(now: datetime) -> QuerySet[Election]:
    """The votes that members can cast in, practice aside."""
    own = Election.objects.filter(origin=ElectionOrigin.OWN, round__is_practice=False)
    return own.filter(status=ElectionStatus.FROZEN, opens_at__lte=now, closes_at__gt=now)


def unfilled_vote(now: datetime) -> Election | None:
    """The open vote of the story, where it was just made, or a start before this one ended too early."""
    cast = votes_now(now).filter(round__hub__slug="ssa").annotate(cast=Count("ballots"))
    return cast.filter(cast__lt=TURNOUT["ssa"]).order_by("closes_at").first()
