"""Assessments are put together exactly: by weight, in fractions, each as strict as it is."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposals.scoring import (
    NOT_YET,
    gaps_of,
    most_not_applying,
    shown,
    spread_of,
    weighted_mean,
)

LEVEL = st.integers(1, 4)
ANSWERS = st.lists(st.tuples(st.integers(1, 100), LEVEL), min_size=1)


@pytest.mark.parametrize(
    ("answers", "mean"),
    [
        ([(50, 4), (30, 2), (20, 1)], Fraction(28, 10)),
        ([(1, 1), (1, 2), (1, 2)], Fraction(5, 3)),
        ([(50, 4), (30, None), (20, 1)], Fraction(220, 70)),  # its weight goes with it
        ([(50, 4), (30, NOT_YET)], Fraction(4)),
        ([(50, None)], None),
        ([], None),
    ],
)
def test_an_assessment_is_worth_the_weighted_mean_of_what_applies(answers, mean):
    assert weighted_mean(answers) == mean


@given(ANSWERS, st.integers(1, 100))
def test_what_does_not_apply_counts_neither_for_nor_against(answers, weight):
    assert weighted_mean([*answers, (weight, None)]) == weighted_mean(answers)


def worth(answers):
    found = weighted_mean(answers)
    assert found is not None
    return found


@given(ANSWERS)
def test_an_assessment_lies_between_its_levels(answers):
    levels = [level for _weight, level in answers]
    assert min(levels) <= worth(answers) <= max(levels)


@given(ANSWERS, st.data())
def test_a_higher_level_never_lowers_an_assessment(answers, data):
    place = data.draw(st.integers(0, len(answers) - 1))
    weight, level = answers[place]
    better = [*answers[:place], (weight, min(level + 1, 4)), *answers[place + 1 :]]
    assert worth(better) >= worth(answers)


@pytest.mark.parametrize(
    ("values", "count", "mean", "median", "iqr"),
    [
        ([3], 1, 3, 3, 0),
        ([1, 4], 2, Fraction(5, 2), Fraction(5, 2), Fraction(3, 2)),
        ([4, 1, 2], 3, Fraction(7, 3), 2, Fraction(3, 2)),
        ([1, 2, 3, 4], 4, Fraction(5, 2), Fraction(5, 2), Fraction(3, 2)),
        ([1, 1, 2, 4, 4], 5, Fraction(12, 5), 2, 3),
        ([Fraction(1, 3), Fraction(2, 3)], 2, Fraction(1, 2), Fraction(1, 2), Fraction(1, 6)),
    ],
)
def test_a_proposal_is_shown_by_mean_median_and_the_middle_half(values, count, mean, median, iqr):
    found = spread_of(values)
    assert found
    assert (found.count, found.mean, found.median, found.iqr) == (count, mean, median, iqr)


def test_nothing_is_said_of_nothing():
    assert spread_of([]) is None


@given(st.lists(LEVEL, min_size=1), st.randoms())
def test_the_order_of_assessments_does_not_matter(values, random):
    mixed = list(values)
    random.shuffle(mixed)
    assert spread_of(mixed) == spread_of(values)


@given(st.lists(LEVEL, min_size=1))
def test_the_median_and_the_middle_half_lie_within_the_values(values):
    found = spread_of(values)
    assert found
    assert min(values) <= found.median <= max(values)
    assert 0 <= found.iqr <= max(values) - min(values)


@pytest.mark.parametrize(
    ("value", "said"),
    [(Fraction(5, 3), "1.67"), (Fraction(1, 8), "0.12"), (Fraction(3, 8), "0.38"), (2, "2.00")],
)
def test_only_what_is_shown_is_rounded(value, said):
    assert shown(Fraction(value)) == Decimal(said)


def test_what_is_missing_is_named_in_the_order_of_the_criteria():
    found = gaps_of([5, 3, 4, 9], {3: (NOT_YET, "So"), 4: (2, "  "), 9: (None, "No reader.")})
    assert (found.without_level, found.without_reason) == ((5, 3), (5, 4))
    assert not found.has_too_many_not_applying
    assert found


def test_an_assessment_that_says_everything_has_no_gaps():
    assert not gaps_of([1, 2, 3], {1: (1, "a"), 2: (4, "b"), 3: (None, "c")})


@pytest.mark.parametrize(("criteria", "most"), [(1, 0), (2, 0), (3, 1), (5, 1), (6, 2), (12, 4)])
def test_at_most_a_third_of_the_criteria_does_not_apply(criteria, most):
    def with_so_many(number):
        answers = {key: (None if key < number else 3, "So.") for key in range(criteria)}
        return gaps_of(range(criteria), answers).has_too_many_not_applying

    assert most_not_applying(criteria) == most
    assert not with_so_many(most)
    assert with_so_many(most + 1)
