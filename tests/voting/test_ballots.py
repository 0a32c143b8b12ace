"""What a ballot may hold: every reason, alone and together."""

import pytest

from voting.ballots import Fault, Paper, PaperItem, Reason, UnsupportedFormat, faults, reasons
from voting.rules import BallotFormat

ITEMS = tuple(PaperItem(position, position // 3, 40) for position in range(6))  # two lanes of three
KNAPSACK = Paper(BallotFormat.KNAPSACK, None, (100, 100), ITEMS)
FEW = Paper(BallotFormat.APPROVAL, 2, (100, 100), ITEMS)


@pytest.mark.parametrize(
    ("paper", "choices", "found"),
    [
        (KNAPSACK, (), []),
        (FEW, (), []),
        (KNAPSACK, ((0, 1), (1, 1), (4, 1)), []),
        (FEW, ((0, 1), (5, 1)), []),
        (FEW, ((0, 1), (1, 1), (2, 1)), [Reason.TOO_MANY]),
        (KNAPSACK, ((0, 1), (1, 1), (2, 1)), [Reason.OVER_BUDGET]),
        (KNAPSACK, ((6, 1),), [Reason.UNKNOWN_ITEM]),
        (KNAPSACK, ((-1, 1),), [Reason.UNKNOWN_ITEM]),
        (KNAPSACK, ((0, 1), (0, 1)), [Reason.TWICE]),
        (KNAPSACK, ((0, 2),), [Reason.NOT_ITS_FORMAT]),
        (KNAPSACK, ((0, 0),), [Reason.NOT_ITS_FORMAT]),
        (KNAPSACK, ((0, True),), [Reason.NOT_ITS_FORMAT]),
        (KNAPSACK, (("0", 1),), [Reason.NOT_ITS_FORMAT]),
        (
            FEW,
            ((0, 2), (0, 1), (1, 1), (9, 1)),
            [Reason.NOT_ITS_FORMAT, Reason.UNKNOWN_ITEM, Reason.TWICE, Reason.TOO_MANY],
        ),
    ],
)
def test_each_ballot_has_its_reasons(paper, choices, found):
    assert reasons(paper, choices) == found


def test_every_reason_is_tried_above():
    tried = test_each_ballot_has_its_reasons.pytestmark[0].args[1]
    assert {reason for _paper, _choices, found in tried for reason in found} == set(Reason)


def test_an_item_marked_twice_costs_once():
    paper = Paper(BallotFormat.KNAPSACK, 1, (40,), (PaperItem(0, 0, 40),))
    assert faults(paper, ((0, 1), (0, 1))) == [Fault(Reason.TWICE)]


def test_each_lane_has_its_own_budget():
    over_in_the_second = ((0, 1), (3, 1), (4, 1), (5, 1))
    assert faults(KNAPSACK, over_in_the_second) == [Fault(Reason.OVER_BUDGET, 1)]
    over_in_both = tuple((position, 1) for position in range(6))
    assert faults(KNAPSACK, over_in_both) == [
        Fault(Reason.OVER_BUDGET, 0),
        Fault(Reason.OVER_BUDGET, 1),
    ]


def test_an_approval_may_cost_more_than_there_is():
    paper = Paper(BallotFormat.APPROVAL, None, (100, 100), ITEMS)
    assert faults(paper, tuple((position, 1) for position in range(6))) == []


@pytest.mark.parametrize("other", ["CUMULATIVE", "SCORING", "RANKING"])
def test_other_formats_are_not_cast_here_yet(other):
    with pytest.raises(UnsupportedFormat):
        Paper(BallotFormat[other], None, (), ())
