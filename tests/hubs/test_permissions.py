"""Who may act in a hub: rights come from terms, end with them, and belong to no administrator."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from hubs.models import SeatFunction
from hubs.permissions import (
    can_add_seat,
    can_edit_round,
    can_end_term,
    can_give_term,
    can_open_round,
    can_plan_round,
)
from tests.factories import NOON, make_hub, make_member, make_round, make_seat, make_term

SECOND = timedelta(seconds=1)
AFTER_ALL_TERMS = datetime(2030, 1, 1, tzinfo=UTC)


def allowed(people, ask) -> set[str]:
    return {name for name, person in people.items() if ask(person)}


@pytest.fixture
def people(ada, rui, fay, ona, sec, root):
    return {
        "ada": ada, "rui": rui, "fay": fay, "ona": ona, "sec": sec, "root": root,
        "visitor": AnonymousUser(),
    }  # fmt: skip


def test_a_hubs_seat_is_given_by_its_chair_alone(people, west):
    seat = make_seat(west, SeatFunction.TREASURER)
    assert allowed(people, lambda who: can_give_term(who, seat, now=NOON)) == {"rui"}


def test_a_seat_of_the_centre_is_given_by_its_secretary_alone(people):
    seat = make_seat(None, SeatFunction.OVERSEER)
    assert allowed(people, lambda who: can_give_term(who, seat, now=NOON)) == {"sec"}


def test_the_secretary_gives_the_chair_of_a_hub_that_has_none_and_nothing_else_there(people):
    orphan = make_hub("orphan")
    chair, treasurer = make_seat(orphan), make_seat(orphan, SeatFunction.TREASURER)
    assert allowed(people, lambda who: can_give_term(who, chair, now=NOON)) == {"sec"}
    assert allowed(people, lambda who: can_give_term(who, treasurer, now=NOON)) == set()
    make_term(make_member("Kim"), orphan, SeatFunction.DEPUTY)
    assert allowed(people, lambda who: can_give_term(who, chair, now=NOON)) == set()


def test_rights_end_with_the_term(people, west):
    seat = make_seat(west, SeatFunction.TREASURER)
    for ask in (
        lambda who: can_give_term(who, seat, now=AFTER_ALL_TERMS),
        lambda who: can_plan_round(who, west, now=AFTER_ALL_TERMS),
    ):
        assert allowed(people, ask) == set()


def test_a_holder_may_resign_and_the_chair_may_end_it(people, west):
    term = make_term(make_member("Tea"), west, SeatFunction.TREASURER)
    everyone = people | {"holder": term.member}
    assert allowed(everyone, lambda who: can_end_term(who, term, now=NOON)) == {"rui", "holder"}


def test_who_gave_a_seat_may_take_it_back_for_a_week(people, west, sec):
    orphan = make_hub("orphan")
    term = make_term(make_member("Kim"), orphan)
    term.given_by, term.given_at = sec, NOON
    week = timedelta(days=7)
    for late, may in ((timedelta(0), {"sec"}), (week - SECOND, {"sec"}), (week, set())):
        assert allowed(people, lambda who: can_end_term(who, term, now=NOON + late)) == may  # noqa: B023


def test_a_chair_who_is_secretary_too_may_do_what_both_may(west, rui):
    make_term(rui, None, SeatFunction.SECRETARY)
    seats = [make_seat(west, SeatFunction.TREASURER), make_seat(None, SeatFunction.OVERSEER)]
    assert [can_give_term(rui, seat, now=NOON) for seat in seats] == [True, True]


def test_seats_are_added_in_ones_own_house(people, west, sec):
    bodies = [make_seat(west, SeatFunction.MENTOR).body, sec.terms.get().seat.body]
    may = [allowed(people, lambda who: can_add_seat(who, body, now=NOON)) for body in bodies]  # noqa: B023
    assert may == [{"rui"}, {"sec"}]


def test_rounds_are_planned_by_the_facilitator_of_that_hub(people, west):
    assert allowed(people, lambda who: can_plan_round(who, west, now=NOON)) == {"fay"}
    other = make_hub("other")
    assert allowed(people, lambda who: can_plan_round(who, other, now=NOON)) == set()


@pytest.mark.parametrize("may", [can_edit_round, can_open_round])
def test_rounds_are_changed_and_opened_by_the_facilitator_of_their_hub(people, west, may):
    ours, theirs = make_round(west), make_round(make_hub("other"))
    assert allowed(people, lambda who: may(who, ours, now=NOON)) == {"fay"}
    assert allowed(people, lambda who: may(who, theirs, now=NOON)) == set()
    assert allowed(people, lambda who: may(who, ours, now=AFTER_ALL_TERMS)) == set()
