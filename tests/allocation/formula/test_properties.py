"""What holds for every world: P1 to P7, scale, and that the result is the one the method defines."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.allocation.formula import properties
from tests.allocation.formula.worlds import apportioned, changed, remedies_offered, worlds

many = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.large_base_example]
)
some = settings(many, max_examples=50)


@many
@given(worlds())
def test_p1_amounts_sum_to_the_pool_within_bounds_and_the_south_gets_its_floor(world):
    properties.the_books_balance(*world)


@some
@given(worlds(), st.data())
def test_p2_order_changes_nothing(world, data):
    order = data.draw(st.permutations(range(len(world[0]))))
    properties.order_changes_nothing(world, order)


@many
@given(
    worlds(),
    st.integers(0, 7),
    st.sampled_from(["income", "under", "funding", "size"]),
    st.integers(2, 50),
)
def test_p3_more_need_never_means_less_money(world, index, kind, factor):
    properties.more_need_is_never_less_money(world, index, kind, factor)


@some
@given(worlds(), st.integers(2, 10**6))
def test_p4_the_unit_of_an_indicator_changes_nothing(world, factor):
    properties.units_change_nothing(world, factor)


@many
@given(worlds(bands=False, max_share=Decimal(1)), st.integers(1, 10**7))
def test_p5_a_larger_pool_takes_from_nobody(world, more):
    properties.a_larger_pool_takes_from_nobody(world, more)


@many
@given(worlds())
def test_p6_the_units_left_over_go_to_the_largest_remainders(world):
    properties.rounding_goes_by_largest_remainder(*world)


@many
@given(worlds())
def test_p7_what_fits_is_not_refused_and_every_remedy_offered_works(world):
    properties.what_fits_is_not_refused(*world)
    for name, value in remedies_offered(*world).items():
        assert apportioned(*changed(world, name, value)) is not None


@many
@given(worlds())
def test_the_result_meets_the_conditions_of_the_least_entropy(world):
    """A certificate that needs no solver: with these conditions a convex problem has this optimum.

    All hubs between their bounds have one ratio of amount to tilted weight; a hub at its lower bound
    has no smaller, one at its upper bound no larger; and the tilt is 1 or the floor is just met.
    """
    hubs, formula, pool = world
    result = apportioned(hubs, formula, pool)
    if result is None:
        return
    above_lower, below_upper = [], []
    for hub in hubs:
        south = Fraction(hub.south)
        sides = 1 - south + south * result.tilt
        amount, (lower, upper) = result.exact[hub.code], result.bounds[hub.code]
        assert result.south_exact[hub.code] == amount * south * result.tilt / sides
        ratio = amount / (Fraction(result.shares[hub.code]) * sides)
        above_lower += [ratio] if amount > lower else []
        below_upper += [ratio] if amount < upper else []
    if above_lower and below_upper:
        assert max(above_lower) <= min(below_upper)
    south_total = sum(result.south_exact.values())
    assert south_total >= result.south_floor
    if result.tilt > 1:
        assert south_total <= result.south_floor + len(hubs) + properties.EVEN


@some
@given(worlds(), st.sampled_from([10, 100, 1000]))
def test_the_unit_of_the_money_changes_nothing_but_the_rounding(world, factor):
    """Whole thousands, so that shares of them are whole; the slack of the floor does not grow."""
    hubs, formula, pool = world
    hubs = [
        replace(
            hub,
            previous=None if hub.previous is None else hub.previous * 1000,
            minimum=hub.minimum * 1000,
        )
        for hub in hubs
    ]
    formula, pool = replace(formula, step=formula.step * 1000), pool * 1000
    small = apportioned(hubs, formula, pool)
    scaled = [
        replace(
            hub,
            previous=None if hub.previous is None else hub.previous * factor,
            minimum=hub.minimum * factor,
        )
        for hub in hubs
    ]
    large = apportioned(scaled, replace(formula, step=formula.step * factor), pool * factor)
    if small is None or large is None:
        return
    for code, amount in small.exact.items():
        if small.tilt == large.tilt == 1:
            assert large.exact[code] == amount * factor
        assert abs(large.exact[code] / factor - amount) <= len(hubs) + properties.EVEN
