"""Two people at the same moment: one of them gets the named refusal, and nothing is given twice.

Each claim has a control with the row lock taken away, in which PostgreSQL's own guard answers.
"""

from datetime import timedelta

import pytest
from django.db.models import QuerySet

from audit.models import TrailEntry
from hubs.actions import (
    LanePlan,
    add_seat,
    edit_round,
    end_term,
    found_centre,
    give_term,
    open_round,
    set_budgets,
)
from hubs.models import WHOLE_BP, Lane, Round, Seat, SeatFunction, Term
from hubs.queries import lanes_of, share_total
from tests.factories import NOON, make_framework, make_member, make_seat, make_term
from tests.hubs.makers import plan, the_plan
from tests.hubs.races import at_once, ends, meanwhile

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


@pytest.fixture
def ready(west, fay) -> Round:
    """A round that could be opened."""
    make_framework()
    round_ = plan(west, fay)
    set_budgets(round=round_, kind="MONEY", amount_minor=100, now=NOON)
    return round_


def opening(round_, opener):
    return lambda: open_round(round=round_, opener=opener, now=NOON)


def shrinking(round_):
    """A lane loses its share, past the actions, which would lock the round."""
    return lambda: Lane.objects.filter(round=round_, kind="EXPERIMENT").update(share_bp=1)


def state(round_):
    """Whether the round is open, and what its lanes share out."""
    found = Round.objects.get(pk=round_.pk)
    return found.opened_at is not None, share_total(lanes_of(found))


def test_an_opening_waits_for_a_lane_that_is_being_changed_and_counts_it(ready, fay):
    assert meanwhile(shrinking(ready), opening(ready, fay)) == ["LanesIncomplete"]
    assert state(ready) == (False, 6_001)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_a_round_opens_with_lanes_that_nobody_looked_at(ready, fay):
    assert meanwhile(shrinking(ready), opening(ready, fay)) == ["done"]
    assert state(ready) == (True, 6_001)


def test_a_lane_is_not_changed_while_its_round_is_being_opened(ready, fay):
    [end] = meanwhile(opening(ready, fay), shrinking(ready))
    assert end == "InternalError"  # what the trigger raises
    assert state(ready) == (True, WHOLE_BP)


def test_an_edit_waits_for_the_opening_and_is_refused_by_name(ready, fay):
    lanes = [LanePlan("GENERAL", "COMMITTEE", 1)]

    def edit():
        edit_round(round=ready, editor=fay, now=NOON, **the_plan(lanes=lanes))

    assert meanwhile(opening(ready, fay), edit) == ["RoundOpen"]
    assert state(ready) == (True, WHOLE_BP)


def test_a_round_is_not_funded_while_it_is_being_opened(ready, fay):
    def fund():
        set_budgets(round=ready, kind="MONEY", amount_minor=1, now=NOON)

    assert meanwhile(opening(ready, fay), fund) == ["RoundOpen"]


def open_twice(round_, opener):
    open_it = opening(round_, opener)
    return meanwhile(open_it, open_it), TrailEntry.objects.filter(verb="open_round").count()


def test_a_round_opened_by_two_at_once_opens_once(ready, fay):
    assert open_twice(ready, fay) == (["RoundOpen"], 1)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_both_say_that_they_opened_it(ready, fay):
    assert open_twice(ready, fay) == (["done"], 2)
