"""A round in which proposals are written, on the day of the makers."""

import pytest
import time_machine

from hubs.models import Lane, Round, SeatFunction
from hubs.phases import Phase
from members.models import Member
from tests.factories import NOON, make_member, make_round, make_term


@pytest.fixture
def a_day_in_june():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def round_(west) -> Round:
    return make_round(west, Phase.SUBMISSION, lanes={"GENERAL": 1_000_000, "READERS": 5_000})


@pytest.fixture
def lane(round_: Round) -> Lane:
    return round_.lanes.get(kind="GENERAL")


@pytest.fixture
def tor(west) -> Member:
    member = make_member("Tor", reads=["ar", "da"], writes="da")
    make_term(member, west, SeatFunction.TRANSLATOR)
    return member
