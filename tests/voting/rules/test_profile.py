"""The ballots in flat arrays: what is refused, and that merging them loses and adds nothing."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voting.rules import oracle
from tests.voting.rules.fuzzing import tries
from tests.voting.rules.strategies import COUNTS, elections
from voting.rules import BallotFormat, InvalidInstance, Profile, count, profile

APPROVAL, CUMULATIVE = BallotFormat.APPROVAL, BallotFormat.CUMULATIVE


def contents(ballots: Profile) -> Counter[Any]:
    """Voters by what they said."""
    found: Counter[Any] = Counter()
    for ballot, voters in ballots.ballots:
        found[ballot] += voters
    return found


@pytest.fixture
def colliding(monkeypatch):
    """Every mark is scrambled to the same number: ballots of one length share a hash."""
    monkeypatch.setattr(profile, "_scrambled", lambda marks: np.ones(len(marks), np.uint64))


@pytest.mark.parametrize(
    ("starts", "projects", "values", "weights"),
    [
        ([0, 2], [0], [1], [1]),
        ([0, 1], [0, 1], [1, 1], [1]),
        ([0, 1], [0], [1, 1], [1]),
        ([0, 1], [0], [], [1]),
        ([1, 1], [0], [1], [1]),
        ([0, 2, 1], [0], [1], [1, 1]),
        ([0, -1, 1], [0], [1], [1, 1]),
        ([0, 1], [0], [1], [1, 1]),
        ([0, 0, 1], [0], [1], [1]),
        ([], [], [], []),
        ([[0, 1]], [0], [1], [1]),
        ([0, 1], [0], [1], [1.5]),
        ([0, 1], [0.5], [1], [1]),
        ([0, 1], [0], [1], [2**64]),
        ([0, 1], [0], [1], [2**63]),
        ([0, 1], [0], [1], ["1"]),
        ([0, 1], [0], [1], [0]),
        ([0, 1], [-1], [1], [1]),
        ([0, 2], [1, 0], [1, 1], [1]),
        ([0, 2], [0, 0], [1, 1], [1]),
        ([0, 1], [0], [2], [1]),
    ],
)
def test_arrays_that_are_no_ballots_are_refused(starts, projects, values, weights):
    with pytest.raises(InvalidInstance):
        Profile.of_arrays(APPROVAL, starts, projects, values, weights)


@pytest.mark.parametrize(
    ("values", "weights"),
    [
        (
            [1, 1],
            [2**62, 2**62],
        ),  # more than a number of 64 bits holds, so that the sum is negative
        ([1, 1, 1], [2**62, 2**62, 2**63 - 1]),
        ([1], [2**53]),
        ([2**53], [1]),
        ([2**62], [4]),
    ],
)
def test_more_points_than_floats_can_sum_are_refused(values, weights):
    starts = range(len(values) + 1)
    with pytest.raises(InvalidInstance, match=r"2\*\*53"):
        Profile.of_arrays(CUMULATIVE, starts, [0] * len(values), values, weights)
    assert Profile.of_arrays(CUMULATIVE, [0, 1], [0], [1], [2**53 - 1]).voters == 2**53 - 1


def test_no_ballots_are_a_profile():
    empty = Profile.of_arrays(APPROVAL, [0], [], [], [])
    assert empty.ballots == ()
    assert empty.merged() == empty == Profile(APPROVAL, ())


@tries(60)
@given(elections(), st.randoms(use_true_random=False))
def test_merging_keeps_what_was_said_and_by_how_many(election, random):
    _instance, cast = election
    merged = cast.merged()
    assert contents(merged) == contents(cast)
    assert len(merged.ballots) == len(contents(cast))
    assert merged.voters == cast.voters
    assert merged.lengths.tolist() == [len(ballot) for ballot, _voters in merged.ballots]
    shuffled = list(cast.ballots)
    random.shuffle(shuffled)
    assert Profile(cast.format, shuffled).merged().ballots == merged.ballots
    assert sorted(merged.merged().ballots) == sorted(merged.ballots)


@tries(60)
@given(elections(), elections())
def test_profiles_are_equal_where_as_many_said_the_same(one, other):
    assert (one[1] == other[1]) == (
        one[1].format == other[1].format and contents(one[1]) == contents(other[1])
    )


def test_no_points_for_the_first_project_are_no_blank_ballot():
    cast = Profile(CUMULATIVE, [((), 1), (((0, 0),), 1), ((), 1)])
    assert cast.merged().ballots in (((((0, 0),), 1), ((), 2)), (((), 2), (((0, 0),), 1)))


def test_more_projects_than_fit_a_mask_keep_their_ballots_apart():
    ballots = [(((place, 1), (place + 70, 1)), 1 + place) for place in range(70)] * 2
    merged = Profile(APPROVAL, ballots).merged()
    assert contents(merged) == contents(Profile(APPROVAL, ballots))
    assert len(merged.ballots) == 70


def test_ballots_whose_hashes_collide_are_not_taken_for_each_other(colliding):
    cast = Profile(
        APPROVAL, [(((0, 1), (1, 1)), 2), (((0, 1), (2, 1)), 1), (((1, 1), (2, 1)), 4)] * 2
    )
    assert contents(cast.merged()) == contents(cast)
    points = Profile(CUMULATIVE, [(((0, 3),), 2), (((0, 2),), 1), (((0, 3),), 5)])
    assert contents(points.merged()) == contents(points)


@tries(50)
@given(elections(), COUNTS, st.randoms(use_true_random=False))
def test_colliding_hashes_change_no_outcome(election, counted, random):
    instance, cast = election
    rule, parameters = counted
    expected = count(rule, instance, cast, parameters)
    shuffled = list(cast.ballots) * 2
    random.shuffle(shuffled)
    twice = Profile(cast.format, shuffled)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(profile, "_scrambled", lambda marks: np.zeros(len(marks), np.uint64))
        again = count(rule, instance, Profile(cast.format, cast.ballots), parameters)
        doubled = count(rule, instance, twice, parameters)
    assert again == expected
    assert oracle.told(doubled) == oracle.count(rule, instance, twice, parameters)


@given(elections(), st.randoms())
def test_one_by_one_and_merged_give_the_same_order(election, random):
    _instance, profile = election
    one_by_one = [(ballot, 1) for ballot, voters in profile.ballots for _voter in range(voters)]
    random.shuffle(one_by_one)
    again = Profile(profile.format, one_by_one)
    assert again.merged().ballots == profile.merged().ballots
    assert len(again.merged().weights) == len(dict(again.ballots))
