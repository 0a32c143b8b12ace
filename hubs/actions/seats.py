"""Seats: giving and ending terms, adding seats, the first secretary."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from audit.actions import record
from audit.models import OPERATOR
from hubs.models import CENTRE_ONLY, Body, Seat, Term
from hubs.queries import turns_told
from members.actions import write_message
from members.models import Member

LONGEST_TERM = timedelta(days=3 * 366)
MAX_SEATS = 30  # of one body
MAX_TURNS = 6  # mails about seats to one member in a day
LONGEST_BACKDATE = timedelta(days=1)  # a first day is a date, and it may have begun


class OwnTerm(Exception):
    """Nobody gives a seat to themselves."""


class SeatHeld(Exception):
    """Someone holds the seat for part of that time."""


class TermTooLong(Exception):
    """A term is three years at most, and ends after it starts."""


class TermElsewhen(Exception):
    """A term begins today or later, within three years: it is not given for the past."""


class TermOver(Exception):
    """The term has already ended."""


class WrongBody(Exception):
    """This function exists at the centre only."""


class TooManySeats(Exception):
    """A body has at most MAX_SEATS seats."""


class TooManyTurns(Exception):
    """The member has had MAX_TURNS mails about seats within a day: nobody is flooded by a chair."""


@transaction.atomic
def give_term(
    *,
    seat: Seat,
    member: Member,
    starts_at: datetime,
    ends_at: datetime,
    giver: Member,
    now: datetime,
) -> Term:
    """Put a member on a seat from one moment to another, and tell them.

    Refuses OwnTerm, TermTooLong, TermElsewhen, SeatHeld and TooManyTurns.
    """
    if giver.pk == member.pk:
        raise OwnTerm
    return _give(seat, member, starts_at, ends_at, giver=giver, now=now)


@transaction.atomic
def found_centre(*, secretary: Member, ends_at: datetime, now: datetime) -> Term:
    """The first act of a movement, by its operator: a secretary who fills every other seat in pages.

    Refuses SeatHeld once a secretary holds the seat: it cannot be used to take the seat over.
    """
    body, _made = Body.objects.get_or_create(
        hub=None, slug="secretariat", defaults={"name_en": "Secretariat", "source_language": "en"}
    )
    seat, _made = Seat.objects.get_or_create(body=body, function="SECRETARY", number=1)
    return _give(seat, secretary, now, ends_at, giver=None, now=now)


def _give(
    seat: Seat,
    member: Member,
    starts_at: datetime,
    ends_at: datetime,
    *,
    giver: Member | None,
    now: datetime,
) -> Term:
    """Lock the seat, check, write, record, tell."""
    Seat.objects.select_for_update().get(pk=seat.pk)
    if not timedelta(0) < ends_at - starts_at <= LONGEST_TERM:
        raise TermTooLong
    if starts_at < now - LONGEST_BACKDATE or starts_at > now + LONGEST_TERM or ends_at <= now:
        raise TermElsewhen
    if Term.objects.filter(seat=seat, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise SeatHeld
    if giver and not _may_be_told(member, now):
        raise TooManyTurns
    term = Term.objects.create(
        seat=seat, member=member, starts_at=starts_at, ends_at=ends_at, given_at=now, given_by=giver
    )
    record(
        actor=giver.acting_as("SEAT_GIVER") if giver else OPERATOR,
        verb="give_term",
        target=term,
        now=now,
        after={
            "seat": seat.pk,
            "function": seat.function,
            "member": str(member.pk),
            "starts_at": starts_at.isoformat(),
            "ends_at": ends_at.isoformat(),
        },
    )
    write_message(
        template="emails/hubs/term_given",
        recipient=member,
        context={"function": seat.function, "path": f"/seats/{seat.pk}/"},
        now=now,
    )
    return term


def _may_be_told(member: Member, now: datetime) -> bool:
    """Whether one more mail about a seat is not too many; two who ask at once do so in turn."""
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    return turns_told(member, now) < MAX_TURNS


@transaction.atomic
def end_term(*, term: Term, ender: Member, now: datetime) -> Term:
    """End a term now (one that has not begun never begins), and tell its holder.

    A right can be taken away at any time: after MAX_TURNS mails within a day, it is without a mail.
    Refuses TermOver.
    """
    term = Term.objects.select_for_update().select_related("seat", "member").get(pk=term.pk)
    if term.is_over(now):
        raise TermOver
    before = term.ends_at
    term.ends_at = max(now, term.starts_at)
    term.save(update_fields=["ends_at"])
    own = ender.pk == term.member_id
    record(
        actor=ender.acting_as("HOLDER" if own else "SEAT_GIVER"),
        verb="end_term",
        target=term,
        now=now,
        reason_code="RESIGNED" if own else "ENDED_EARLY",
        before={"ends_at": before.isoformat()},
        after={"ends_at": term.ends_at.isoformat()},
    )
    if _may_be_told(term.member, now):
        write_message(
            template="emails/hubs/term_ended",
            recipient=term.member,
            context={"function": term.seat.function, "path": f"/seats/{term.seat_id}/"},
            now=now,
        )
    return term


@transaction.atomic
def add_seat(*, body: Body, function: str, adder: Member, now: datetime) -> Seat:
    """One more seat of a function on a body. Refuses WrongBody and TooManySeats."""
    if function in CENTRE_ONLY and body.hub_id is not None:
        raise WrongBody
    Body.objects.select_for_update().get(pk=body.pk)
    if body.seats.count() >= MAX_SEATS:
        raise TooManySeats
    last = body.seats.filter(function=function).aggregate(last=Max("number"))["last"] or 0
    seat = Seat.objects.create(body=body, function=function, number=last + 1)
    record(
        actor=adder.acting_as("SEAT_GIVER"),
        verb="add_seat",
        target=seat,
        now=now,
        after={"body": body.pk, "function": function, "number": seat.number},
    )
    return seat
