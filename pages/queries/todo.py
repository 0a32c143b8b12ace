"""What a member can do now: one list, from every app, most urgent first."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from hubs.models import Hub
from hubs.queries import terms_of
from members.models import Member
from pages.queries.centre_tasks import AT_THE_CENTRE
from pages.queries.hub_tasks import IN_HUBS
from pages.queries.own_tasks import FOR_EVERYONE
from pages.queries.task import Task, Visit


def to_do(member: Member, now: datetime, keys: Path, chain: Sequence[str] = ()) -> list[Task]:
    """Everything that waits for a member; what ends soonest first, then what has no end.

    A constant number of queries for each function the member's seats have.
    """
    found = _all_of(Visit(member, now, chain, keys))
    return sorted(found, key=lambda task: (task.until is None, task.until or now))


def _all_of(visit: Visit) -> Iterator[Task]:
    for source in FOR_EVERYONE:
        yield from source(visit)
    for function, hubs in _places(visit).items():
        if None in hubs and function in AT_THE_CENTRE:
            yield from AT_THE_CENTRE[function](visit)
        if function in IN_HUBS:
            yield from IN_HUBS[function](visit, [hub for hub in hubs if hub])


def _places(visit: Visit) -> dict[str, list[Hub | None]]:
    """The functions a member's seats have now, each with its hubs; None is the centre."""
    found: dict[str, list[Hub | None]] = {}
    for term in terms_of(visit.member, visit.now):
        places = found.setdefault(term.seat.function, [])
        if term.starts_at <= visit.now and term.seat.body.hub not in places:
            places.append(term.seat.body.hub)
    return found
