"""The phase of a round follows from its timetable and the clock, one phase at every moment."""

from dataclasses import astuple
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubs.phases import Phase, Timetable, TimetableOutOfOrder
from tests.factories import NOON, make_round

MOMENTS = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 8)]
PLAIN = Timetable(*MOMENTS)
SECOND = timedelta(seconds=1)

# few moments, so that phases without any time are common
moments = st.integers(0, 12).map(lambda hour: NOON + timedelta(hours=hour))
timetables = st.lists(moments, min_size=7, max_size=7).map(lambda found: Timetable(*sorted(found)))


@pytest.mark.parametrize("number", range(7))
def test_a_phase_begins_at_its_moment_and_not_a_second_sooner(number):
    phases, begins = list(Phase), MOMENTS[number]
    found = [PLAIN.phase_at(begins + late * SECOND) for late in (-1, 0, 1)]
    assert found == [phases[number], phases[number + 1], phases[number + 1]]


@given(timetables, moments)
def test_exactly_one_phase_holds_every_moment(timetable, now):
    begins = [datetime.min.replace(tzinfo=UTC), *astuple(timetable)]
    ends = [*astuple(timetable), datetime.max.replace(tzinfo=UTC)]
    holding = [
        phase for phase, start, end in zip(Phase, begins, ends, strict=True) if start <= now < end
    ]
    assert holding == [timetable.phase_at(now)]


@given(timetables, moments, moments)
def test_phases_never_go_back(timetable, one, other):
    order = list(Phase)
    sooner, later = sorted([one, other])
    assert order.index(timetable.phase_at(sooner)) <= order.index(timetable.phase_at(later))


@given(st.lists(moments, min_size=7, max_size=7))
def test_only_a_timetable_in_order_can_be_made(found):
    if found == sorted(found):
        assert astuple(Timetable(*found)) == tuple(found)
    else:
        with pytest.raises(TimetableOutOfOrder):
            Timetable(*found)


def test_each_phase_but_the_first_is_listed_with_the_moment_it_begins():
    assert PLAIN.begins() == list(zip(list(Phase)[1:], MOMENTS, strict=True))


@pytest.mark.parametrize("phase", Phase)
def test_a_stored_round_is_in_the_phase_its_columns_say(west, phase):
    assert make_round(west, phase).phase_at(NOON) == phase
