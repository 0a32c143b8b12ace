"""What a freeze will put on the ballot of a round, who will be on the roll, and what stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from audit.canonical import digest
from hubs.models import (
    HubCountry,
    HubKind,
    Lane,
    LaneKind,
    LaneMethod,
    ResourceKind,
    Round,
    RoundBudget,
)
from hubs.phases import Phase
from members.models import Member
from proposals.models import UNDER_REVIEW, Proposal
from proposals.queries import shortlisted
from texts.models import TextRendering
from voting.models import Election, ElectionKind, ElectionOrigin, RollEntry, RollReason

SMALLEST_ROLL = 20  # below it, how many voted alone would tell too much about who voted how
FREEZING = (Phase.DELIBERATION, Phase.VOTING)


class Obstacle(StrEnum):
    """Why an election cannot be frozen now."""

    PRACTICE = "PRACTICE"
    WRONG_PHASE = "WRONG_PHASE"
    TOO_LATE = "TOO_LATE"
    ALREADY_FROZEN = "ALREADY_FROZEN"
    NOTHING_SHORTLISTED = "NOTHING_SHORTLISTED"
    ROLL_TOO_SMALL = "ROLL_TOO_SMALL"


@dataclass(frozen=True, slots=True)
class PaperItem:
    """A proposal as it will stand on the ballot, with its words in each language, the source first."""

    proposal: Proposal
    cost_minor: int
    texts: tuple[TextRendering, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(text.language for text in self.texts)


@dataclass(frozen=True, slots=True)
class PaperLane:
    """A lane with a vote: its budget and its items, in the order of the ballot."""

    lane: Lane
    budget_minor: int
    items: tuple[PaperItem, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What goes on the ballot of a round about one kind of resource.

    ``left_out`` are shortlisted proposals that ask for nothing of the kind.
    """

    lanes: tuple[PaperLane, ...]
    left_out: tuple[Proposal, ...]

    @property
    def items(self) -> tuple[PaperItem, ...]:
        return tuple(item for lane in self.lanes for item in lane.items)

    @property
    def languages(self) -> tuple[str, ...]:
        """Every language that some item is in, by code."""
        return tuple(sorted({code for item in self.items for code in item.languages}))

    @property
    def hash(self) -> str:
        """Changes with every item, cost, word and budget: what someone saw is what is frozen."""
        return digest(
            [
                [
                    lane.lane.kind,
                    lane.budget_minor,
                    [
                        [
                            item.proposal.pk,
                            item.cost_minor,
                            [[t.language, t.title, t.summary, t.body] for t in item.texts],
                        ]
                        for item in lane.items
                    ],
                ]
                for lane in self.lanes
            ]
        )


def paper_of(round_: Round, kind: str, *, for_update: bool = False) -> Paper:
    """The ballot of a round about one kind of resource, as it would be frozen now.

    ``for_update`` locks the proposals until the end of the transaction.
    """
    chosen = shortlisted(round_)
    if for_update:
        chosen = chosen.select_for_update(of=("self",), no_key=True)
    costs = [(proposal, _asked(proposal, kind)) for proposal in chosen]
    budgets = dict(
        RoundBudget.objects.filter(lane__round=round_, kind=kind).values_list(
            "lane_id", "amount_minor"
        )
    )
    return Paper(
        lanes=tuple(
            PaperLane(lane, budgets.get(lane.pk, 0), _items_of(lane, costs))
            for lane in _lanes_with_a_vote(round_)
        ),
        left_out=tuple(proposal for proposal, cost in costs if not cost),
    )


def _lanes_with_a_vote(round_: Round) -> list[Lane]:
    lanes = round_.lanes.filter(method=LaneMethod.VOTE)
    return sorted(lanes, key=lambda lane: LaneKind.values.index(lane.kind))


def _asked(proposal: Proposal, kind: str) -> int:
    return sum(line.amount_minor for line in proposal.lines.all() if line.kind == kind)


def _items_of(lane: Lane, costs: Iterable[tuple[Proposal, int]]) -> tuple[PaperItem, ...]:
    found = [(proposal, cost) for proposal, cost in costs if cost and proposal.lane_id == lane.pk]
    return tuple(
        PaperItem(proposal, cost, _texts_of(proposal))
        for proposal, cost in sorted(found, key=lambda pair: pair[0].pk)
    )


def _texts_of(proposal: Proposal) -> tuple[TextRendering, ...]:
    """The source, then the translations that say what the source says now, by language."""
    source = proposal.text
    current = [
        text
        for text in source.renderings.all()
        if text.title and (text.language == source.language or text.revision == source.revision)
    ]
    return tuple(
        sorted(current, key=lambda text: (text.language != source.language, text.language))
    )


def kinds_to_vote_on(round_: Round) -> list[str]:
    """The kinds of resource that lanes with a vote have something of, money first."""
    budgets = RoundBudget.objects.filter(
        lane__round=round_, lane__method=LaneMethod.VOTE, amount_minor__gt=0
    )
    found = set(budgets.values_list("kind", flat=True))
    return [kind for kind in ResourceKind.values if kind in found]


def election_about(round_: Round, kind: str) -> Election | None:
    """The round's own election about a kind of resource: there is one at most."""
    own = Election.objects.filter(kind=ElectionKind.BUDGET, origin=ElectionOrigin.OWN)
    return own.filter(round=round_, resource_kind=kind).first()


def last_moment_to_freeze(round_: Round) -> datetime:
    """Half of the time to vote is left then: who freezes later would leave people too little of it."""
    return round_.voting_at + (round_.counting_at - round_.voting_at) / 2


def is_time_to_freeze(round_: Round, now: datetime) -> bool:
    """Whether an open round is so far, and not yet too far, for its election to be frozen."""
    return round_.phase_at(now) in FREEZING and now <= last_moment_to_freeze(round_)


def obstacle(round_: Round, kind: str, paper: Paper, voters: int, now: datetime) -> Obstacle | None:
    """What stands in the way of freezing this paper for so many voters; None where nothing does."""
    found = {
        Obstacle.PRACTICE: round_.is_practice,
        Obstacle.ALREADY_FROZEN: election_about(round_, kind) is not None,
        Obstacle.WRONG_PHASE: round_.phase_at(now) not in FREEZING,
        Obstacle.TOO_LATE: now > last_moment_to_freeze(round_),
        Obstacle.NOTHING_SHORTLISTED: not paper.items,
        Obstacle.ROLL_TOO_SMALL: voters < SMALLEST_ROLL,
    }
    return next((reason for reason, is_there in found.items() if is_there), None)


def undecided(round_: Round) -> QuerySet[Proposal]:
    """Proposals of lanes with a vote that the committee has not decided on: a freeze leaves them out."""
    return Proposal.objects.filter(
        lane__round=round_, lane__method=LaneMethod.VOTE, status__in=UNDER_REVIEW
    )


def roll_reason(round_: Round) -> RollReason:
    """Why a member may vote in the elections of a round."""
    is_regional = round_.hub.kind == HubKind.REGIONAL
    return RollReason.HOME_HUB if is_regional else RollReason.MEMBER


def voters_of(round_: Round) -> QuerySet[Member]:
    """Who may vote in a round: who was a member when its review began.

    In a regional hub, who is at home there and may not vote as such in another hub in the same cycle.
    """
    members = Member.objects.filter(is_active=True, joined_at__lt=round_.review_at)
    if roll_reason(round_) == RollReason.HOME_HUB:
        home = HubCountry.objects.filter(hub=round_.hub, country=OuterRef("home_country"))
        members = members.filter(
            Exists(home), ~Exists(on_roll_of_another_hub(round_, OuterRef("pk")))
        )
    return members


def on_roll_of_another_hub(round_: Round, member: Member | OuterRef) -> QuerySet[RollEntry]:
    """Where a member may vote as at home in another hub in the same cycle: who moves votes in one."""
    at_home = RollEntry.objects.filter(
        member=member,
        reason=RollReason.HOME_HUB,
        election__origin=ElectionOrigin.OWN,
        election__round__cycle=round_.cycle_id,
        election__round__is_practice=False,
    )
    return at_home.exclude(election__round__hub=round_.hub_id)
