"""The order that decides ties."""

import hashlib

import pytest

from voting.rules import Instance, Project, UnsupportedParameter
from voting.rules.ties import ranks

INSTANCE = Instance(
    9, tuple(Project(name, cost) for name, cost in zip("abcd", (2, 2, 1, 3), strict=True))
)


def order(tie_break, votes=(1, 1, 1, 2)):
    places = ranks(INSTANCE, votes, tie_break)
    assert sorted(places) == [0, 1, 2, 3]
    return "".join(sorted("abcd", key=lambda name: places["abcd".index(name)]))


def test_standard_is_more_votes_then_lower_cost_then_a_hash_of_the_id():
    # SHA-256 of a zero byte and the id begins with 022a for a and 57eb for b.
    assert order("standard") == "dcab"


def test_a_seed_changes_the_hash_and_nothing_before_it():
    # SHA-256 of 0xff, a zero byte and the id begins with f978 for a and 15bd for b.
    assert hashlib.sha256(b"\xff\0b").hexdigest().startswith("15bd")
    assert order("seed:ff") == order("seed:FF") == "dcba"


def test_lexico_looks_at_the_id_alone():
    assert order("lexico") == "abcd"
    numbered = Instance(9, tuple(Project(name, 1) for name in ("10", "9", "B", "a", "é")))
    assert ranks(numbered, [0, 9, 0, 0, 0], "lexico") == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    "tie_break", ["", "seed", "seed:", "seed:f", "seed:0g", "seed: ff", "seed:ff\n", "Standard"]
)
def test_any_other_tie_break_is_refused(tie_break):
    with pytest.raises(UnsupportedParameter, match="not known"):
        ranks(INSTANCE, (0, 0, 0, 0), tie_break)
