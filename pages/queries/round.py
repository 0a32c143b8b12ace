"""How the votes of a round stand for whoever looks at its page."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from members.models import Member
from voting.models import Election, ElectionOrigin
from voting.queries import OwnVote, RollAnswer, is_voting, own_vote, roll_answer


class OpenVote(NamedTuple):
    """A vote that is on now; for a member whether they may vote, and how far they are."""

    election: Election
    roll: RollAnswer | None
    own: OwnVote | None


def open_votes(
    elections: Sequence[Election], visitor: Member | AnonymousUser, keys: Path, now: datetime
) -> list[OpenVote]:
    """Those of the elections that are on now. What is chosen is read by pseudonym, never stored."""
    return [
        _for(election, visitor, keys, now)
        for election in elections
        if election.origin == ElectionOrigin.OWN and is_voting(election, now)
    ]


def _for(
    election: Election, visitor: Member | AnonymousUser, keys: Path, now: datetime
) -> OpenVote:
    if not isinstance(visitor, Member):
        return OpenVote(election, None, None)
    roll = roll_answer(visitor, election, now)
    own = own_vote(election, visitor, keys, now) if roll.reason else None
    return OpenVote(election, roll, own)
