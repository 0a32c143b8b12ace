"""Two people at the same moment: one of them gets the named refusal, and nothing is given twice.

Each claim has a control with the row lock taken away, in which PostgreSQL's own guard answers.
"""

from datetime import timedelta

import pytest
from django.db.models import QuerySet

from audit.models import TrailEntry
from hubs.actions import add_seat, end_term, found_centre, give_term
from hubs.models import Seat, SeatFunction, Term
from tests.factories import NOON, make_member, make_seat, make_term
from tests.hubs.races import at_once, ends

YEAR = timedelta(days=365)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)


def give_the_same_seat(seat, giver):
    """Two members are put on one seat by two requests at once."""

    def give(name):
        member = make_member(name)
        return lambda: give_term(
            seat=seat, member=member, starts_at=NOON, ends_at=NOON + YEAR, giver=giver, now=NOON
        )

    with at_once(give("Bo"), give("Cy"), table="hubs_term") as begun:
        pass
    return ends(begun)


def test_of_two_givers_one_is_told_that_the_seat_is_held(west, rui):
    seat = make_seat(west, SeatFunction.TREASURER)
    assert give_the_same_seat(seat, rui) == ["SeatHeld", "done"]
    assert seat.terms.count() == 1


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_second_giver_runs_into_the_constraint(west, rui):
    seat = make_seat(west, SeatFunction.TREASURER)
    # PostgreSQL sees the overlap, or two who wait for each other.
    refused = [["IntegrityError", "done"], ["OperationalError", "done"]]
    assert give_the_same_seat(seat, rui) in refused
    assert seat.terms.count() == 1


def add_two_seats(body, adder):
    def add():
        return add_seat(body=body, function=SeatFunction.MENTOR, adder=adder, now=NOON)

    with at_once(add, add, table="hubs_seat") as begun:
        pass
    return ends(begun)


def mentors():
    found = Seat.objects.filter(function=SeatFunction.MENTOR).order_by("number")
    return list(found.values_list("number", flat=True))


def test_two_seats_added_at_once_get_two_numbers(west, rui):
    assert add_two_seats(rui.terms.get().seat.body, rui) == ["done", "done"]
    assert mentors() == [1, 2]


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_both_take_the_same_number(west, rui):
    assert add_two_seats(rui.terms.get().seat.body, rui) == ["IntegrityError", "done"]
    assert mentors() == [1]


def end_the_same_term(term, ender):
    def end():
        return end_term(term=term, ender=ender, now=NOON)

    with at_once(end, end, table="hubs_term") as begun:
        pass
    return ends(begun), TrailEntry.objects.filter(verb="end_term").count()


def test_a_term_ended_by_two_at_once_ends_once(west, rui):
    term = make_term(make_member("Tea"), west, SeatFunction.TREASURER)
    assert end_the_same_term(term, rui) == (["TermOver", "done"], 1)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_a_term_ends_twice(west, rui):
    term = make_term(make_member("Tea"), west, SeatFunction.TREASURER)
    assert end_the_same_term(term, rui) == (["done", "done"], 2)


def test_a_movement_founded_by_two_at_once_has_one_secretary():
    def found(name):
        member = make_member(name)
        return lambda: found_centre(secretary=member, ends_at=NOON + YEAR, now=NOON)

    with at_once(found("Bo"), found("Cy"), table="hubs_body") as begun:
        pass
    assert ends(begun) == ["SeatHeld", "done"]
    assert Term.objects.count() == 1
