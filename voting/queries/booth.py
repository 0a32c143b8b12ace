"""What is known of one voter: the own ballot, the own draft; and what may be cast."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from members.models import Member
from voting.ballots import Paper, PaperItem
from voting.canonical import Choices, decode_ballot
from voting.keys import NoKey, Voter, WrongKey, read_key
from voting.models import Ballot, BallotDraft, Election, ElectionStatus
from voting.queries.roll import open_elections_for
from voting.rules import BallotFormat


def voter_of(election: Election, member: Member, folder: Path) -> Voter:
    """The member as a voter, by the key in the folder. Raises NoKey and WrongKey."""
    key = read_key(folder, election.pk, election.key_fingerprint)
    return Voter.of(key, member.pk)


def paper_of(election: Election) -> Paper:
    """What may be cast in an election. Two queries."""
    lanes = list(election.lanes.order_by("position").values_list("pk", "budget_minor"))
    numbers = {lane: number for number, (lane, _budget) in enumerate(lanes)}
    items = election.items.order_by("position").values_list("position", "lane_id", "cost_minor")
    return Paper(
        format=BallotFormat(election.ballot_format.lower()),
        max_choices=election.max_choices,
        budgets=tuple(budget for _lane, budget in lanes),
        items=tuple(PaperItem(position, numbers[lane], cost) for position, lane, cost in items),
    )


@dataclass(frozen=True, slots=True)
class Cast:
    """A ballot in force."""

    version: int
    choices: Choices


def ballot_of(election: Election, voter: Voter) -> Cast | None:
    """The voter's ballot in force."""
    found = Ballot.objects.filter(election=election, pseudonym=voter.pseudonym)
    row = found.values_list("version", "payload").first()
    return Cast(row[0], decode_ballot(bytes(row[1]))) if row else None


def draft_of(election: Election, voter: Voter) -> Choices | None:
    """What the voter has chosen and not cast; None where nothing was begun."""
    found = BallotDraft.objects.filter(election=election, pseudonym=voter.pseudonym)
    row = found.values_list("payload", flat=True).first()
    return None if row is None else decode_ballot(bytes(row))


@dataclass(frozen=True, slots=True)
class OwnVote:
    """How a vote stands for one voter, for other pages to say so. Nothing about it is stored."""

    version: int | None
    drafted: int | None  # how many are chosen and not cast; None where there is no draft
    is_open: bool


def own_vote(election: Election, member: Member, folder: Path, now: datetime) -> OwnVote | None:
    """How the vote stands for a member; None who is not on the roll, or while the key is away."""
    if not election.roll.filter(member=member).exists():
        return None
    try:
        voter = voter_of(election, member, folder)
    except (NoKey, WrongKey):
        return None
    ballot, draft = ballot_of(election, voter), draft_of(election, voter)
    return OwnVote(
        version=ballot.version if ballot else None,
        drafted=None if draft is None else len(draft),
        is_open=is_voting(election, now),
    )


def own_votes(member: Member, folder: Path, now: datetime) -> list[tuple[Election, OwnVote]]:
    """The open votes a member is on the roll of, the first to close first, and how each stands.

    Left out while its key is away: nobody can vote then. Three queries.
    """
    voters: dict[UUID, Voter] = {}
    elections = list(open_elections_for(member, now))
    for election in elections:
        with suppress(NoKey, WrongKey):
            voters[election.pk] = voter_of(election, member, folder)
    names = [voter.pseudonym for voter in voters.values()]
    own = {"election__in": list(voters), "pseudonym__in": names}
    ballots = dict(Ballot.objects.filter(**own).values_list("election", "version"))
    drafts = dict(BallotDraft.objects.filter(**own).values_list("election", "payload"))
    chosen = {pk: len(decode_ballot(bytes(payload))) for pk, payload in drafts.items()}
    return [
        (election, OwnVote(ballots.get(election.pk), chosen.get(election.pk), is_open=True))
        for election in elections
        if election.pk in voters
    ]


def is_voting(election: Election, now: datetime) -> bool:
    """Whether pages offer to vote. Whether a ballot is taken, the database's clock decides."""
    return (
        election.status == ElectionStatus.FROZEN and election.opens_at <= now < election.closes_at
    )


def is_closing(election: Election, now: datetime) -> bool:
    """Over by the clock, and not closed yet: that takes the workers some seconds."""
    return election.status == ElectionStatus.FROZEN and election.closes_at <= now


def marked(choices: Choices) -> frozenset[int]:
    """The positions that are chosen."""
    return frozenset(position for position, _value in choices)
