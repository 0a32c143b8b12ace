"""Who may see elections and results, and who may bring them in."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from hubs.models import Round, SeatFunction
from hubs.queries import holds
from members.models import Member
from voting.models import Election


def can_see_election(
    visitor: Member | AnonymousUser, /, election: Election, *, now: datetime
) -> bool:
    """An election is public from its freeze on."""
    return Election.objects.published().filter(pk=election.pk).exists()


def can_see_results(
    visitor: Member | AnonymousUser, /, election: Election, *, now: datetime
) -> bool:
    """Nobody sees results before the close, whoever they are."""
    return Election.objects.with_visible_results(now).filter(pk=election.pk).exists()


def can_try_rules(visitor: Member | AnonymousUser, /, *, now: datetime) -> bool:
    """Every member: each try is a count while they wait. What it is tried on, the query says."""
    return isinstance(visitor, Member)


def can_import_election(visitor: Member | AnonymousUser, /, round: Round, *, now: datetime) -> bool:
    """The returning officer of the round's hub."""
    return isinstance(visitor, Member) and holds(
        visitor, [SeatFunction.RETURNING_OFFICER], round.hub, now
    )


def can_recount_election(
    visitor: Member | AnonymousUser, /, election: Election, *, now: datetime
) -> bool:
    """Whoever may import into the round may ask for a count that failed to be tried again."""
    return can_import_election(visitor, election.round, now=now)
