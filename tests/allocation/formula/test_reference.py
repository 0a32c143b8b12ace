"""The same integers, tilts and refusals as the reference, on random and on awkward worlds."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from allocation.formula import FormulaError, apportion
from tests.allocation.formula.reference import PATH, Reference
from tests.allocation.formula.worlds import PLAIN, make_hub, worlds

pytestmark = pytest.mark.skipif(not PATH.exists(), reason=f"no reference at {PATH}")


def is_of_the_floor(answer):
    return answer in ("GS_FLOOR_UNREACHABLE", "GS_FLOOR_ROUNDING")


@pytest.fixture(scope="module")
def reference():
    return Reference()


@pytest.fixture(scope="module")
def without_slack():
    return Reference(slack=False)


def ours(hubs, formula, pool):
    try:
        result = apportion(hubs, formula, pool)
    except FormulaError as refusal:
        return refusal.code
    return result.allocations, result.south_earmarks, result.tilt


def expected(world, reference, without_slack):
    """The reference's answer, and where the slack alone is out of its reach the one without."""
    hubs, formula, pool = world
    answer = reference(hubs, formula, pool)
    if not is_of_the_floor(answer):
        return answer
    if not any(hub.south for hub in hubs):
        return "NO_GS_HUB"  # which the reference does not tell apart
    answer = without_slack(hubs, formula, pool)
    return "GS_FLOOR_UNREACHABLE" if is_of_the_floor(answer) else answer


def test_random_worlds(reference, without_slack):
    seen: Counter[str | bool] = Counter()

    # Constants of whatever modules are loaded flow into what is drawn: enough that both kinds come.
    @settings(
        max_examples=300, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(worlds())
    def agree(world):
        answer = expected(world, reference, without_slack)
        seen[answer if isinstance(answer, str) else answer[2] > 1] += 1
        assert ours(*world) == answer

    agree()
    assert seen[True] > 5
    assert seen[False] > 5, "worlds whose floor does not bind"


AWKWARD = {
    # Every remainder is one half at the tilt itself: the units go by what lies just above it.
    "a tie at the tilt": [
        make_hub("A", south="1"),
        make_hub("B", south="1"),
        make_hub("C", size=3),
        make_hub("D", size=3),
    ],
    "one mixed hub, whose earmark is whole at the tilt": [
        make_hub("A", south="0.6"),
        make_hub("B"),
    ],
    "mixed hubs at their bounds": [
        make_hub("A", south="0.9", maximum=400),
        make_hub("B", south="0.35", maximum=300),
        make_hub("C"),
    ],
    "a hub without weight that must get something": [
        make_hub("A", south="0.5", size=0, minimum=100),
        make_hub("B", south="1"),
        make_hub("C", size=5),
    ],
    "nothing for the only hub in the North": [make_hub("A", south="1"), make_hub("B", maximum=0)],
    "equal hubs": [make_hub(code, south="1") for code in "ABCDEFG"],
}


@pytest.mark.parametrize("pool", [7, 10, 999, 1000, 1001, 10**15 + 1])
@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_worlds(reference, without_slack, name, pool):
    hubs = [
        replace(
            hub,
            maximum=None if hub.maximum is None else hub.maximum * pool // 1000,
            minimum=hub.minimum * pool // 1000,
        )
        for hub in AWKWARD[name]
    ]
    assert ours(hubs, PLAIN, pool) == expected((hubs, PLAIN, pool), reference, without_slack)
