"""Giving and ending terms, adding seats: the row, its trace, the message, the refusals."""

from datetime import UTC, datetime, timedelta

import pytest

from hubs.actions import (
    LONGEST_TERM,
    MAX_SEATS,
    MAX_TURNS,
    OwnTerm,
    SeatHeld,
    TermElsewhen,
    TermOver,
    TermTooLong,
    TooManySeats,
    TooManyTurns,
    WrongBody,
    add_seat,
    end_term,
    found_centre,
    give_term,
)
from hubs.models import CENTRE_ONLY, Body, Seat, SeatFunction, Term
from members.models import Member
from tests.factories import NOON, make_member, make_seat, make_term
from tests.hubs.makers import told, trace, written

DAY = timedelta(days=1)
YEAR_END = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
def treasury(west) -> Seat:
    return make_seat(west, SeatFunction.TREASURER)


def give(seat: Seat, member: Member, giver: Member, starts_at=NOON, ends_at=YEAR_END) -> Term:
    return give_term(
        seat=seat, member=member, starts_at=starts_at, ends_at=ends_at, giver=giver, now=NOON
    )


def test_a_term_is_given_traced_and_told(treasury, ada, rui):
    term = Term.objects.get(pk=give(treasury, ada, rui).pk)
    assert (term.seat, term.member, term.given_at) == (treasury, ada, NOON)
    assert (term.starts_at, term.ends_at, term.given_by) == (NOON, YEAR_END, rui)
    assert trace("give_term") == {
        "at": NOON,
        "actor_id": rui.pk,
        "role": "SEAT_GIVER",
        "target_type": "hubs.term",
        "target_id": str(term.pk),
        "reason_code": "",
        "before": {},
        "after": {
            "seat": treasury.pk,
            "function": "TREASURER",
            "member": str(ada.pk),
            "starts_at": "2026-06-01T12:00:00+00:00",
            "ends_at": "2026-12-31T23:59:59+00:00",
        },
    }
    place = f"/seats/{treasury.pk}/"
    assert told() == [(ada, "emails/hubs/term_given", {"function": "TREASURER", "path": place})]


def test_nobody_gives_a_seat_to_themselves(treasury, rui):
    before = written()
    with pytest.raises(OwnTerm):
        give(treasury, rui, rui)
    assert written() == before


@pytest.mark.parametrize("length", [timedelta(0), -DAY, LONGEST_TERM + timedelta(microseconds=1)])
def test_a_term_ends_after_it_starts_and_within_three_years(treasury, ada, rui, length):
    before = written()
    with pytest.raises(TermTooLong):
        give(treasury, ada, rui, ends_at=NOON + length)
    assert written() == before


def test_three_whole_years_fit_wherever_the_leap_day_falls(treasury, ada, rui):
    for year in range(2026, 2042, 3):
        starts_at = datetime(year, 1, 1, tzinfo=UTC)
        ends_at = datetime(year + 3, 1, 1, tzinfo=UTC)
        give_term(
            seat=treasury,
            member=ada,
            starts_at=starts_at,
            ends_at=ends_at,
            giver=rui,
            now=starts_at,
        )
    assert Term.objects.filter(seat=treasury).count() == 6


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        (NOON - DAY - timedelta(seconds=1), NOON + DAY),
        (NOON - DAY, NOON),
        (NOON + timedelta(days=1_200), NOON + timedelta(days=1_201)),
        (datetime(9998, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)),
    ],
)
def test_no_seat_is_given_for_the_past_or_for_other_generations(
    treasury, ada, rui, starts_at, ends_at
):
    before = written()
    with pytest.raises(TermElsewhen):
        give(treasury, ada, rui, starts_at, ends_at)
    assert written() == before


@pytest.mark.parametrize("starts_at", [NOON, NOON - DAY, YEAR_END - timedelta(seconds=1)])
def test_a_held_seat_is_not_given_again(treasury, ada, rui, starts_at):
    give(treasury, ada, rui)
    before = written()
    with pytest.raises(SeatHeld):
        give(treasury, make_member("Bo"), rui, starts_at, starts_at + 2 * DAY)
    assert written() == before


def test_a_seat_is_given_on_from_the_moment_it_is_free(treasury, ada, rui):
    give(treasury, ada, rui)
    give(treasury, make_member("Bo"), rui, YEAR_END, YEAR_END + DAY)
    assert Term.objects.filter(seat=treasury).count() == 2


def test_a_member_gets_six_mails_about_seats_in_a_day_and_can_still_be_taken_off_one(
    treasury, ada, rui
):
    for _turn in range(MAX_TURNS // 2):
        end_term(term=give(treasury, ada, rui), ender=rui, now=NOON)
    assert len(told()) == MAX_TURNS == 6
    before = written()
    with pytest.raises(TooManyTurns):
        give(treasury, ada, rui)
    assert written() == before
    term = give(treasury, make_member("Bo"), rui)
    assert len(told()) == MAX_TURNS + 1
    end_term(term=term, ender=rui, now=NOON)
    held = make_term(ada, term.seat.body.hub, SeatFunction.MODERATOR, ends_at=YEAR_END)
    end_term(term=held, ender=rui, now=NOON)
    held.refresh_from_db()
    assert (held.ends_at, len(told())) == (NOON, MAX_TURNS + 2)
    give_term(
        seat=treasury, member=ada, starts_at=NOON + DAY, ends_at=YEAR_END, giver=rui, now=NOON + DAY
    )


def test_a_body_has_thirty_seats(west, treasury, rui):
    body = treasury.body
    for number in range(2, MAX_SEATS + 2 - body.seats.count()):
        Seat.objects.create(body=body, function="MENTOR", number=number)
    assert body.seats.count() == MAX_SEATS == 30
    with pytest.raises(TooManySeats):
        add_seat(body=body, function="MENTOR", adder=rui, now=NOON)
    assert body.seats.count() == MAX_SEATS


@pytest.mark.parametrize(
    ("by", "role", "reason"),
    [("rui", "SEAT_GIVER", "ENDED_EARLY"), ("tea", "HOLDER", "RESIGNED")],
)
def test_a_term_ends_now_with_its_reason_and_the_holder_is_told(west, rui, by, role, reason):
    tea = make_member("Tea")
    term = make_term(tea, west, SeatFunction.TREASURER, ends_at=YEAR_END)
    ender = {"rui": rui, "tea": tea}[by]
    end_term(term=term, ender=ender, now=NOON)
    term.refresh_from_db()
    assert term.ends_at == NOON
    assert trace("end_term") == {
        "at": NOON,
        "actor_id": ender.pk,
        "role": role,
        "target_type": "hubs.term",
        "target_id": str(term.pk),
        "reason_code": reason,
        "before": {"ends_at": "2026-12-31T23:59:59+00:00"},
        "after": {"ends_at": "2026-06-01T12:00:00+00:00"},
    }
    place = f"/seats/{term.seat_id}/"
    assert told() == [(tea, "emails/hubs/term_ended", {"function": "TREASURER", "path": place})]


def test_a_term_that_is_over_does_not_end_again(west, rui):
    term = make_term(make_member("Tea"), west, SeatFunction.TREASURER, ends_at=NOON)
    before = written()
    with pytest.raises(TermOver):
        end_term(term=term, ender=rui, now=NOON)
    assert written() == before


def test_a_term_ended_before_it_begins_never_begins_and_frees_the_seat(treasury, ada, rui):
    term = give(treasury, ada, rui, NOON + DAY, YEAR_END)
    end_term(term=term, ender=rui, now=NOON)
    term.refresh_from_db()
    assert (term.starts_at, term.ends_at) == (NOON + DAY, NOON + DAY)
    for now in (NOON, NOON + DAY, YEAR_END):
        assert not Term.objects.active(now).filter(member=ada).exists()
        assert not Term.objects.not_over(now).filter(member=ada).exists()
    give(treasury, make_member("Bo"), rui, NOON + DAY, YEAR_END)
    before = written()
    with pytest.raises(TermOver):
        end_term(term=term, ender=rui, now=NOON)
    assert written() == before


def test_seats_of_a_function_are_numbered_on_and_traced(west, rui, treasury):
    made = add_seat(body=treasury.body, function="TREASURER", adder=rui, now=NOON)
    assert (made.body, made.function, made.number) == (treasury.body, "TREASURER", 2)
    assert trace("add_seat") == {
        "at": NOON,
        "actor_id": rui.pk,
        "role": "SEAT_GIVER",
        "target_type": "hubs.seat",
        "target_id": str(made.pk),
        "reason_code": "",
        "before": {},
        "after": {"body": treasury.body_id, "function": "TREASURER", "number": 2},
    }
    assert add_seat(body=treasury.body, function="MENTOR", adder=rui, now=NOON).number == 1


@pytest.mark.parametrize("function", SeatFunction)
def test_seats_of_the_centre_are_added_at_the_centre_only(west, rui, sec, function):
    bodies = [make_seat(west, SeatFunction.TRUSTEE).body, Body.objects.get(hub=None)]
    refused = []
    for body in bodies:
        try:
            add_seat(body=body, function=function, adder=rui, now=NOON)
        except WrongBody:
            refused.append(body)
    assert refused == (bodies[:1] if function in CENTRE_ONLY else [])


def test_the_centre_is_founded_once(ada):
    term = found_centre(secretary=ada, ends_at=YEAR_END, now=NOON)
    assert (term.member, term.starts_at, term.ends_at) == (ada, NOON, YEAR_END)
    assert term.given_by is None
    assert (term.seat.function, term.seat.body.hub) == ("SECRETARY", None)
    found = trace("give_term")
    assert (found["actor_id"], found["role"]) == (None, "OPERATOR")
    place = f"/seats/{term.seat_id}/"
    assert told() == [(ada, "emails/hubs/term_given", {"function": "SECRETARY", "path": place})]
    before = written()
    with pytest.raises(SeatHeld):
        found_centre(secretary=make_member("Eve"), ends_at=YEAR_END, now=NOON + DAY)
    assert written() == before


def test_an_empty_secretariat_can_be_founded_again(ada):
    found_centre(secretary=ada, ends_at=NOON + DAY, now=NOON)
    found_centre(secretary=make_member("Eve"), ends_at=YEAR_END, now=NOON + DAY)
    assert (Body.objects.count(), Seat.objects.count(), Term.objects.count()) == (1, 1, 2)
