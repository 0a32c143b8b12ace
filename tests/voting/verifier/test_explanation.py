"""What a tally must say beside its outcome."""

from fractions import Fraction

import pytest

from tests.voting.verifier.bundles import counted, lane
from voting.verifier import verify


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(25, 2), "12.500000"),
        (0, "0.000000"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(5, 10**7), "0.000000"),  # half, to even
        (Fraction(15, 10**7), "0.000002"),
        (Fraction(-15, 10**7), "-0.000002"),
        (-4, "-4.000000"),
    ],
)
def test_decimals_have_six_places_and_are_rounded_half_to_even(number, text):
    assert verify.dec6(number) == text


def many_payers(voters):
    """A project of which every voter pays another amount, by points 1, 2, 3, ..."""
    ballots = tuple((((0, points),), 2 if points == 3 else 1) for points in range(1, voters + 1))
    return verify.Lane(10**6, ("A",), (sum(range(voters + 1)) + 3,), "scoring", ballots)


def test_up_to_twenty_amounts_are_all_listed():
    paid = counted(many_payers(20), "equal-shares")["explanation"]["projects"]["A"]["paid"]
    assert [line["each"] for line in paid] == [f"{points}.000000" for points in range(20, 0, -1)]
    assert [line["voters"] for line in paid if line["each"] == "3.000000"] == [2]


def test_beyond_twenty_the_largest_groups_stay_and_the_rest_is_put_together():
    paid = counted(many_payers(22), "equal-shares")["explanation"]["projects"]["A"]["paid"]
    assert len(paid) == 20
    kept = [*range(22, 4, -1), 3]  # two paid 3; of the single ones the larger amounts
    assert [line["each"] for line in paid[:-1]] == [f"{points}.000000" for points in kept]
    assert paid[-1] == {"each": None, "voters": 3, "ballots": 3, "together": "7.000000"}


def test_who_voted_for_nothing_that_was_bought_has_nothing():
    outcome = counted(lane({"A": 6, "B": 7}, 12, {"A": 3, "B": 2, "": 1}), "greedy")
    assert outcome["explanation"]["voters"] == {"all": 6, "with_nothing": 3}
    assert outcome["explanation"]["unspent"] == 6


def test_a_project_over_the_budget_is_told_apart():
    explained = counted(lane({"A": 60}, 12, {"A": 3}), "equal-shares")["explanation"]["projects"]
    assert (explained["A"]["why"], explained["A"]["left"]) == ("OVER_BUDGET", "12.000000")


def test_margins_are_what_they_say():
    poll = lane({"A": 6, "B": 5}, 10, {"A": 3, "B": 2})
    margins = verify.Margins("greedy", {"tie_break": "lexico"}, poll, 1)
    assert margins.doubt_votes(2) is None
    assert margins.doubt_votes(1) == "another number: with 1 it is not bought"  # a tie: A is first
    assert margins.doubt_votes(3) == "a smaller number: with 2 it is bought too"
    assert margins.doubt_votes(None) == "a number up to 2, with which it is bought"
    assert margins.doubt_votes(True) == "null or a number from 1 to 100"
    assert margins.doubt_cost(1) is None
    assert margins.doubt_cost(2) == "a smaller number: with 1 it is bought too"
    assert margins.doubt_cost(None) == "a number up to 1, with which it is bought"


def test_no_margin_of_votes_where_a_ballot_is_no_choice_or_the_project_too_dear():
    for poll in (
        lane({"A": 6}, 5, {"A": 3}),
        lane({"A": 6, "B": 5}, 10, {"A": 3, "B": 2}, format="scoring"),
    ):
        margins = verify.Margins("greedy", {}, poll, len(poll.ids) - 1)
        assert margins.doubt_votes(None) is None
        assert margins.doubt_votes(1) == "null"
