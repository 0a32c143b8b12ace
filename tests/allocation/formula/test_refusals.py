"""Every code, what it says, the order of the checks, and the smallest changes that would work."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from allocation.formula import CODES, FormulaError, apportion
from tests.allocation.formula.worlds import FORMULA, PLAIN, apportioned, changed, make_hub

SOUTH, NORTH = make_hub("A", south="1"), make_hub("B")
BANDS = replace(PLAIN, bands=True)


def refusal(hubs, formula=PLAIN, pool=1000):
    with pytest.raises(FormulaError) as refused:
        apportion(hubs, formula, pool)
    return refused.value


def assert_smallest(hubs, formula, pool, *, name, value, less):
    """The remedy works, and the step before it does not."""
    world = hubs, formula, pool
    found = refusal(*world).facts["remedies"]
    assert found[name] == value
    assert apportioned(*changed(world, name, value)) is not None
    assert apportioned(*changed(world, name, less)) is None


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("beta", [{}, {"a": "0.9"}, {"a": "1.1"}, {"a": "1.5", "b": "-0.5"}, {"a": "NaN"}]),
        ("sigma", ["-0.1", "NaN", "Infinity", "101"]),
        ("gamma", ["-0.1"]),
        ("theta", ["-1"]),
        ("eta", ["-0.3"]),
        ("income_reference", ["0", "-1", "1E+101", "1E-101"]),
        ("income_band", ["0.9", "0"]),
        ("funding_reference", ["0"]),
        ("funding_band", ["0.99"]),
        ("south_floor", ["0.4999999999999999999999999999999999", "0", "-1", "1.01"]),
        ("down", ["-0.1", "1.1"]),
        ("up", ["-0.1"]),
        ("pace", ["0", "1.1"]),
        ("max_share", ["0", "1.1"]),
    ],
)
def test_a_parameter_out_of_its_range_makes_no_formula(field, values):
    for value in values:
        given: Any = (
            {name: Decimal(part) for name, part in value.items()}
            if isinstance(value, dict)
            else Decimal(value)
        )
        with pytest.raises(FormulaError, match=field) as refused:
            replace(FORMULA, **{field: given})
        assert refused.value.code == "BAD_FORMULA"
        assert refused.value.facts["field"] == field


@pytest.mark.parametrize(
    ("field", "value"),
    [("step", -1), ("step", True), ("step", 10**25), ("bands", 1), ("sigma", 0.5), ("pace", None)],
)
def test_a_parameter_of_the_wrong_kind_makes_no_formula(field, value):
    with pytest.raises(FormulaError, match=field) as refused:
        replace(FORMULA, **{field: value})
    assert refused.value.code == "BAD_FORMULA"


def test_half_is_the_least_floor_for_the_south():
    assert replace(FORMULA, south_floor=Decimal("0.5")).south_floor == Decimal("0.5")


def test_the_parts_of_the_measures_are_added_exactly():
    """In 28 digits these would round to 1."""
    beta = {"a": Decimal("0." + "9" * 40), "b": Decimal("1E-41")}
    with pytest.raises(FormulaError, match="sum to 1"):
        replace(FORMULA, beta=beta)


@pytest.mark.parametrize("pool", [0, -1, True, 10**24 + 1])
def test_a_pool_is_a_whole_number_of_minor_units(pool):
    found = refusal([SOUTH], pool=pool)
    assert (found.code, found.facts["field"]) == ("BAD_FORMULA", "pool")


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        ("income", Decimal(0)),
        ("income", Decimal("NaN")),
        ("income", 20000.0),
        ("funding", Decimal(0)),
        ("funding", Decimal("Infinity")),
        ("under", Decimal("1.01")),
        ("under", Decimal("-0.01")),
        ("south", Decimal(2)),
        ("south", Decimal("-0.1")),
        ("previous", -1),
        ("minimum", -1),
        ("minimum", None),
        ("maximum", True),
    ],
)
def test_a_value_out_of_its_range_makes_no_hub(indicator, value):
    with pytest.raises(FormulaError) as refused:
        make_hub("A", **{indicator: value})
    assert refused.value.code == "BAD_INDICATOR"
    assert refused.value.facts["hub"] == "A"
    assert refused.value.facts["indicator"] == indicator
    assert "A" in refused.value.message
    assert indicator in refused.value.message


@pytest.mark.parametrize("value", ["-1", "NaN"])
def test_a_size_is_zero_or_more(value):
    with pytest.raises(FormulaError, match="size readers of A") as refused:
        make_hub("A", size={"readers": Decimal(value)})
    assert refused.value.code == "BAD_INDICATOR"


def test_two_hubs_do_not_share_a_code():
    assert refusal([SOUTH, SOUTH]).code == "BAD_INDICATOR"


def test_a_measure_that_a_hub_lacks_is_missing_not_zero():
    found = refusal([SOUTH, make_hub("B", size={"readers": Decimal(1)})])
    assert found.code == "MISSING"
    assert found.facts == {"hub": "B", "indicator": "size editors"}
    assert "proxy" in found.message


def test_a_measure_that_is_zero_for_all_hubs():
    nobody = {"readers": Decimal(1), "editors": Decimal(0)}
    found = refusal([replace(SOUTH, size=nobody), replace(NORTH, size=nobody)])
    assert (found.code, found.facts) == ("ZERO_INDICATOR", {"indicator": "editors"})


def test_no_hubs_have_no_weight():
    assert refusal([]).code == "ZERO_WEIGHTS"


def test_bounds_that_clash_name_the_hub_and_both_rules():
    hubs = [make_hub("A", south="1", minimum=10), replace(NORTH, previous=500, maximum=300)]
    found = refusal(hubs, BANDS)
    assert found.code == "BOUNDS_CONFLICT"
    facts = {name: found.facts[name] for name in ("hub", "lower", "upper")}
    assert facts == {"hub": "B", "lower": 400, "upper": 300}
    assert (found.facts["lower_rule"], found.facts["upper_rule"]) == ("down", "maximum")
    assert "400" in found.message
    assert "yearly band" in found.message


def test_the_first_hub_by_code_is_named():
    clash = {"minimum": 20, "maximum": 10}
    hubs = [make_hub(code, south="1", **clash) for code in "CAB"]
    assert refusal(hubs).facts["hub"] == "A"


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"minimum": 700, "previous": None}, ("minimum", "max_share")),
        ({"minimum": 200, "previous": 100}, ("minimum", "up")),
        ({"minimum": 200, "previous": 0}, ("minimum", "step")),
    ],
)
def test_each_rule_has_its_name(changes, rules):
    formula = replace(BANDS, max_share=Decimal("0.6"), step=30)
    found = refusal([SOUTH, replace(NORTH, **changes)], formula)
    assert found.code == "BOUNDS_CONFLICT"
    assert (found.facts["lower_rule"], found.facts["upper_rule"]) == rules


def test_floors_above_the_pool_and_the_smallest_cut_or_fall_that_works():
    hubs = [replace(SOUTH, minimum=800), replace(NORTH, minimum=400)]
    found = refusal(hubs)
    assert found.code == "FLOORS_EXCEED_POOL"
    assert (found.facts["floors"], found.facts["shortfall"]) == (1200, 200)
    assert "200" in found.message
    assert_smallest(hubs, PLAIN, 1000, name="minimum_cut", value="0.1651", less="0.1650")
    banded = [replace(SOUTH, previous=800), replace(NORTH, previous=600)]
    assert_smallest(banded, BANDS, 1000, name="down", value="0.2863", less="0.2862")


def test_caps_below_the_pool_and_the_smallest_rise_that_works():
    hubs = [replace(SOUTH, previous=400), replace(NORTH, previous=200)]
    found = refusal(hubs, BANDS)
    assert found.code == "CAPS_BELOW_POOL"
    assert (found.facts["caps"], found.facts["remainder"]) == (840, 160)
    assert "reserve" in found.message
    assert_smallest(hubs, BANDS, 1000, name="up", value="0.6675", less="0.6674")
    assert_smallest(hubs, BANDS, 1000, name="step", value=200, less=199)
    capped = replace(PLAIN, max_share=Decimal("0.3"))
    assert_smallest([SOUTH, NORTH], capped, 1000, name="max_share", value="0.503", less="0.4999")


def test_a_hub_without_weight_takes_none_of_the_pool():
    nobody = make_hub("C", size=0, south="1")
    found = refusal([replace(SOUTH, maximum=300), replace(NORTH, maximum=400), nobody])
    assert (found.code, found.facts["caps"]) == ("CAPS_BELOW_POOL", 700)


def test_no_hub_in_the_south():
    assert refusal([NORTH, make_hub("C")]).code == "NO_GS_HUB"


def test_a_floor_out_of_reach_below_what_the_north_must_get():
    hubs = [SOUTH, replace(NORTH, minimum=600)]
    found = refusal(hubs)
    assert found.code == "GS_FLOOR_UNREACHABLE"
    assert (found.facts["best"], found.facts["best_share"]) == (400, "0.4000")
    assert (found.facts["floor"], found.facts["floors"]) == (500, ["B"])
    assert "lower bounds of B" in found.message
    # Two units of room are for the rounding.
    assert_smallest(hubs, PLAIN, 1000, name="minimum_cut", value="0.1701", less="0.1650")


def test_a_floor_out_of_reach_above_what_the_south_may_get():
    hubs = [make_hub("A", south="0.5", maximum=450), NORTH]
    found = refusal(hubs, replace(PLAIN, south_floor=Decimal("0.6")))
    assert found.code == "GS_FLOOR_UNREACHABLE"
    assert (found.facts["best"], found.facts["caps"]) == (450, ["A"])
    assert found.facts["remedies"] == {}
    assert "upper bounds of A" in found.message


def test_a_higher_floor_out_of_reach_can_be_lowered_but_never_below_half():
    hubs = [replace(SOUTH, maximum=700), NORTH]
    high = replace(PLAIN, south_floor=Decimal("0.8"))
    assert_smallest(hubs, high, 1000, name="south_floor", value="0.697", less="0.7010")
    hubs = [replace(SOUTH, maximum=400), NORTH]
    assert "south_floor" not in refusal(hubs, high).facts["remedies"]


def test_what_is_offered_stays_within_the_ranges_of_the_parameters():
    most = 10**24
    large = replace(BANDS, step=most, up=Decimal("1E+100"), down=Decimal(1))
    hubs = [replace(SOUTH, minimum=most, previous=5), replace(NORTH, minimum=most)]
    assert refusal(hubs, large, most).facts["remedies"] == {"minimum_cut": "0.5001"}


def test_many_hubs_in_the_way_are_all_named_but_not_all_in_the_sentence():
    hubs = [SOUTH, *(make_hub(f"N{number:02}", minimum=50) for number in range(12))]
    found = refusal(hubs)
    assert len(found.facts["floors"]) == 12
    assert "N09 and 2 more" in found.message


def test_the_whole_pool_for_the_south_is_out_of_reach_while_the_north_has_weight():
    """No tilt, however large, takes everything from a hub with weight."""
    found = refusal([SOUTH, NORTH], replace(PLAIN, south_floor=Decimal(1)))
    assert (found.code, found.facts["best"]) == ("GS_FLOOR_UNREACHABLE", 1000)
    only = apportion([SOUTH, replace(NORTH, maximum=0)], replace(PLAIN, south_floor=Decimal(1)), 9)
    assert only.allocations == {"A": 9, "B": 0}


def test_where_only_the_slack_of_the_rounding_is_out_of_reach_the_floor_itself_is_tried():
    result = apportion([replace(SOUTH, maximum=500), make_hub("B", size=9)], PLAIN, 1000)
    assert result.allocations == {"A": 500, "B": 500}
    assert result.south_earmarks == {"A": 500, "B": 0}


ORDER = [
    (
        "BAD_INDICATOR",
        [SOUTH, SOUTH, make_hub("C", size={}, minimum=2, maximum=1)],
    ),
    ("MISSING", [make_hub("A", size={}, minimum=2000, maximum=1)]),
    (
        "ZERO_INDICATOR",
        [make_hub("A", size=0, minimum=2000, maximum=1)],
    ),
    (
        "BOUNDS_CONFLICT",
        [make_hub("A", minimum=2000), make_hub("B", minimum=5, maximum=4)],
    ),
    ("FLOORS_EXCEED_POOL", [make_hub("A", minimum=800), make_hub("B", minimum=800)]),
    ("CAPS_BELOW_POOL", [make_hub("A", maximum=300), make_hub("B", maximum=300)]),
    ("NO_GS_HUB", [make_hub("A", minimum=600), make_hub("B")]),
    ("GS_FLOOR_UNREACHABLE", [make_hub("A", minimum=600), make_hub("B", south="1")]),
]


@pytest.mark.parametrize(("code", "hubs"), ORDER, ids=[code for code, _ in ORDER])
def test_the_first_check_that_fails_gives_the_code(code, hubs):
    """Each world fails the later checks too, where it can."""
    assert refusal(hubs).code == code


def test_the_formula_is_checked_before_the_hubs():
    assert refusal([SOUTH, SOUTH], pool=0).code == "BAD_FORMULA"


def test_a_refusal_is_written_as_plain_values():
    found = refusal([NORTH])
    error = found.document()["error"]
    assert error == {"code": "NO_GS_HUB", "message": found.message}
    assert str(found) == f"NO_GS_HUB: {found.message}"


def test_a_code_is_one_of_the_table():
    with pytest.raises(KeyError):
        FormulaError("NO_SUCH_CODE", "")
    assert list(CODES)[-5:] == [code for code, _ in ORDER[3:]]
