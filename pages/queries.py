"""What home shows: results worth reading, and what a member can do now."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubs.models import Seat, SeatFunction
from hubs.queries import terms_of
from members.models import Member
from voting.models import Election

SHOWN = 6


class Task(NamedTuple):
    """One thing a member can do now: what, why, and where."""

    what: Promise | str
    why: Promise | str
    url: str


def recent_elections(now: datetime) -> QuerySet[Election]:
    """The elections that closed last, with their hubs."""
    counted = Election.objects.with_visible_results(now).filter(tallies__decides=True)
    counted = counted.select_related("round__hub").distinct()
    return counted.order_by("-closes_at", "pk")[:SHOWN]


def to_do(member: Member, now: datetime) -> list[Task]:
    """What a member can do now, most urgent first."""
    found = []
    if not member.home_country:
        found.append(
            Task(
                _("Say which country is home"),
                _("It decides which regional hub is yours."),
                reverse("members:profile"),
            )
        )
    if not member.reads:
        found.append(
            Task(
                _("Choose the languages you read"),
                _("Texts are then shown in the first of them they exist in."),
                reverse("members:languages"),
            )
        )
    for term in terms_of(member, now):
        found += tasks_of_seat(term.seat) if term.starts_at <= now else []
    return found


def tasks_of_seat(seat: Seat) -> list[Task]:
    """What the holder of a seat is there to do."""
    hub = seat.body.hub
    place = reverse("hubs:detail", args=[hub.slug]) if hub else reverse("hubs:centre")
    tasks = {
        SeatFunction.FACILITATOR: (_("Plan a round"), _("You are a facilitator of this hub.")),
        SeatFunction.RETURNING_OFFICER: (
            _("Bring in an election held elsewhere"),
            _("You are a returning officer of this hub: open one of its rounds."),
        ),
        SeatFunction.CHAIR: (_("Fill the seats of your hub"), _("You chair one of its bodies.")),
        SeatFunction.SECRETARY: (
            _("Fill the seats of the centre"),
            _("You also fill the chair of a hub that has none."),
        ),
    }
    found = tasks.get(SeatFunction(seat.function))
    return [Task(*found, place)] if found else []
