"""Who may vote: why someone is on the roll of an election, or why not and where they may vote."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet

from hubs.models import Hub, HubKind
from hubs.queries import home_hub
from members.models import Member
from voting.models import Election, ElectionOrigin, ElectionStatus, RollReason
from voting.queries.freezing import on_roll_of_another_hub


class NotOnRoll(StrEnum):
    """Why a member is not on the roll of an election."""

    HELD_ELSEWHERE = "HELD_ELSEWHERE"
    PRACTICE = "PRACTICE"
    NO_HOME_COUNTRY = "NO_HOME_COUNTRY"
    NO_HUB = "NO_HUB"
    OTHER_HUB = "OTHER_HUB"
    JOINED_LATE = "JOINED_LATE"
    ON_ANOTHER_ROLL = "ON_ANOTHER_ROLL"
    CHANGED_SINCE = "CHANGED_SINCE"


@dataclass(frozen=True, slots=True)
class RollAnswer:
    """What the election page answers a member who asks: may I vote?

    One of ``reason`` and ``why_not`` is None. ``home`` is the hub of the member's country;
    ``elsewhere`` are the other elections that are open and have the member on their roll.
    """

    reason: RollReason | None
    why_not: NotOnRoll | None
    home: Hub | None
    elsewhere: tuple[Election, ...]


def roll_answer(member: Member, election: Election, now: datetime) -> RollAnswer:
    """Whether and why the member is on the roll; the database is asked five times at most."""
    entry = election.roll.filter(member=member).first()
    if entry:
        return RollAnswer(RollReason(entry.reason), None, None, ())
    home = home_hub(member)
    elsewhere = open_elections_for(member, now).exclude(pk=election.pk)
    return RollAnswer(None, _why_not(member, election, home), home, tuple(elsewhere))


def open_elections_for(member: Member, now: datetime) -> QuerySet[Election]:
    """The elections in which the member may vote now, the first to close first."""
    is_open = Election.objects.filter(
        status=ElectionStatus.FROZEN, opens_at__lte=now, closes_at__gt=now
    )
    mine = is_open.filter(roll__member=member)
    return mine.select_related("round__hub").order_by("closes_at", "pk")


def _why_not(member: Member, election: Election, home: Hub | None) -> NotOnRoll:
    round_ = election.round
    is_regional = round_.hub.kind == HubKind.REGIONAL
    found = {
        NotOnRoll.HELD_ELSEWHERE: election.origin == ElectionOrigin.IMPORTED,
        NotOnRoll.PRACTICE: round_.is_practice,
        NotOnRoll.NO_HOME_COUNTRY: is_regional and not member.home_country,
        NotOnRoll.NO_HUB: is_regional and home is None,
        NotOnRoll.OTHER_HUB: is_regional and home != round_.hub,
        NotOnRoll.JOINED_LATE: member.joined_at >= round_.review_at,
        NotOnRoll.ON_ANOTHER_ROLL: is_regional and on_roll_of_another_hub(round_, member).exists(),
    }
    reasons = (reason for reason, is_so in found.items() if is_so)
    return next(reasons, NotOnRoll.CHANGED_SINCE)
