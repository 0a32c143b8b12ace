"""Limits in META are reported and change nothing."""

import pytest

from tests.voting.rules.pabulib.files import CUMULATIVE, META, VOTES, file
from voting.rules import pabulib

POINTS = "VOTES\nvoter_id;vote;points\na;1,2;3,1\nb;10;5\nc;;\n"


def broken(data):
    """(line, key, how many) of each limit that is told of."""
    election = pabulib.read(data)
    return [
        (one.line, one.params["key"], one.params.get("ballots") or one.params["projects"])
        for one in election.warnings
        if one.code in ("LIMIT_BROKEN", "PROJECT_LIMIT_BROKEN")
    ]


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        ("max_length;2", []),
        ("max_length;1", [(23, "max_length", "2")]),
        ("min_length;1", [(25, "min_length", "1")]),
        ("min_length;2", [(25, "min_length", "2")]),
        ("max_sum_cost;100", []),
        ("max_sum_cost;99.99", [(23, "max_sum_cost", "2")]),
        ("min_sum_cost;50.01", [(25, "min_sum_cost", "2")]),
        ("min_sum_cost;50", [(25, "min_sum_cost", "1")]),
        ("max_project_cost;50", [(18, "max_project_cost", "1")]),
        ("min_project_cost;40.5", [(20, "min_project_cost", "1")]),
        (f"max_sum_cost;{'9' * 30}", []),
        ("max_points;0", []),
        ("max_length;", []),
    ],
)
def test_a_limit_that_approvals_break_is_told_of(limit, found):
    data = file(META + limit + "\n")
    assert broken(data) == found
    assert pabulib.read(data).ballots == pabulib.read(file()).ballots


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        ("max_points;4", [(24, "max_points", "1")]),
        ("min_points;2", [(23, "min_points", "1")]),
        ("max_sum_points;4", [(24, "max_sum_points", "1")]),
        ("min_sum_points;5", [(23, "min_sum_points", "2")]),
        ("max_points;5", []),
    ],
)
def test_a_limit_that_points_break_is_told_of(limit, found):
    assert broken(file(CUMULATIVE + limit + "\n", votes=POINTS)) == found


def test_costs_beyond_64_bits_are_summed_exactly():
    huge = file(META + f"max_sum_cost;{2 * 10**28}\n").decode()
    huge = huge.replace(";60;", f";{10**28};").replace(";40;", f";{10**28};")
    assert broken(huge.encode()) == []
    assert broken(huge.replace(f";{10**28};Path", f";{10**28 + 1};Path").encode()) == [
        (23, "max_sum_cost", "2")
    ]


def test_a_limit_that_is_no_number_is_told_of_and_not_checked():
    for text in ("many", "-1", "1,5"):
        election = pabulib.read(file(META + f"max_length;{text}\n"))
        (warning,) = election.warnings
        assert (warning.line, warning.code) == (15, "BAD_LIMIT")
        assert warning.params == {"key": "max_length", "value": text}


def test_a_limit_is_told_of_in_a_sentence():
    (warning,) = pabulib.read(file(META + "max_length;1\n", votes=VOTES)).warnings
    assert str(warning) == (
        "line 23: The limit max_length of 1 is broken by 2 ballots; they count all the same."
    )


def test_other_columns_of_meta_are_told_of():
    lines = META.splitlines()
    meta = "".join(f"{line};x\n" if number else f"{line}\n" for number, line in enumerate(lines))
    (warning,) = pabulib.read(file(meta)).warnings
    assert (warning.line, warning.code, warning.params) == (2, "META_COLUMN", {"column": "x"})
