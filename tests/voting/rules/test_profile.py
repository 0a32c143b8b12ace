"""Equal ballots become one, in an order that follows from the contents alone."""

from hypothesis import given
from hypothesis import strategies as st

from tests.voting.rules.strategies import elections
from voting.rules import BallotFormat, Profile


def test_no_points_for_the_first_project_are_told_from_no_mark():
    ballots = [(((0, 0), (1, 0)), 1), (((1, 0),), 1), (((1, 0),), 1)]
    merged = Profile(BallotFormat.SCORING, ballots).merged()
    assert sorted(merged.ballots) == [(((0, 0), (1, 0)), 1), (((1, 0),), 2)]


@given(elections(), st.randoms())
def test_one_by_one_and_merged_give_the_same_order(election, random):
    _instance, profile = election
    one_by_one = [(ballot, 1) for ballot, voters in profile.ballots for _voter in range(voters)]
    random.shuffle(one_by_one)
    again = Profile(profile.format, one_by_one)
    assert again.merged().ballots == profile.merged().ballots
    assert len(again.merged().weights) == len(dict(again.ballots))
