"""Small worlds: made by hand, and for Hypothesis."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from allocation.formula import Formula, FormulaError, Hub, apportion

INFEASIBLE = {
    "BOUNDS_CONFLICT",
    "FLOORS_EXCEED_POOL",
    "CAPS_BELOW_POOL",
    "NO_GS_HUB",
    "GS_FLOOR_UNREACHABLE",
}
FORMULA = Formula(
    beta={"readers": Decimal("0.6"), "editors": Decimal("0.4")},
    sigma=Decimal("0.75"),
    gamma=Decimal("0.35"),
    income_reference=Decimal(20000),
    income_band=Decimal(4),
    theta=Decimal(1),
    eta=Decimal("0.3"),
    funding_reference=Decimal(1),
    funding_band=Decimal(3),
    south_floor=Decimal("0.5"),
    down=Decimal("0.2"),
    up=Decimal("0.4"),
    step=0,
    bands=False,
    pace=Decimal(1),
    max_share=Decimal(1),
)
PLAIN = replace(FORMULA, sigma=Decimal(1), gamma=Decimal(0), theta=Decimal(0), eta=Decimal(0))
"""Shares in proportion to size alone."""


def make_hub(code, size=1, south="0", **changes):
    """A hub of one size in both measures, or with the measures given; otherwise average."""
    measures = (
        size if isinstance(size, dict) else {"readers": Decimal(size), "editors": Decimal(size)}
    )
    hub = Hub(
        code=code,
        size=measures,
        income=Decimal(20000),
        under=Decimal(0),
        funding=Decimal(1),
        south=Decimal(south),
    )
    return replace(hub, **changes)


def thousandths(least, most):
    return st.integers(least, most).map(lambda number: Decimal(number) / 1000)


@st.composite
def worlds(draw, *, bands=None, max_share=None):
    """(hubs, formula, pool), many of them with a floor that binds, some infeasible."""
    number = draw(st.integers(2, 8))
    pool = draw(st.one_of(st.integers(20, 200), st.integers(10_000, 3_000_000_000)))
    previous = st.one_of(st.none(), st.integers(1, max(1, pool // number * 2)))
    # Where the North is large the floor binds; where it is small it does not.
    north = draw(st.sampled_from([Decimal(0), Decimal(1)]))
    south = st.one_of(st.sampled_from([Decimal(0), north, Decimal(1)]), thousandths(0, 1000))
    hubs = [
        Hub(
            code=f"H{index}",
            size={
                "readers": draw(thousandths(1, 10**9)),
                "editors": draw(thousandths(1, 10**7)),
            },
            income=draw(thousandths(500_000, 90_000_000)),
            under=draw(thousandths(0, 1000)),
            funding=draw(thousandths(1, 20_000)),
            south=draw(south),
            previous=draw(previous),
            minimum=draw(st.integers(0, pool // (4 * number))),
        )
        for index in range(number)
    ]
    formula = replace(
        FORMULA,
        south_floor=draw(st.sampled_from([Decimal("0.5"), Decimal("0.6"), Decimal("0.85")])),
        bands=draw(st.booleans()) if bands is None else bands,
        pace=draw(st.sampled_from([Decimal(1), Decimal("0.5")])),
        max_share=max_share or draw(st.sampled_from([Decimal(1), Decimal("0.6")])),
        step=draw(st.sampled_from([0, pool // 20, pool // 2])),
    )
    return hubs, formula, pool


def apportioned(hubs, formula, pool):
    """The result, or None for a world that is refused for a reason worlds may have (P7)."""
    try:
        return apportion(hubs, formula, pool)
    except FormulaError as refusal:
        if refusal.code in INFEASIBLE:
            return None
        raise


def remedies_offered(hubs, formula, pool):
    """What a refusal says would work, by parameter; nothing where nothing is refused."""
    try:
        apportion(hubs, formula, pool)
    except FormulaError as refusal:
        return refusal.facts.get("remedies", {})
    return {}


def changed(world, name, value):
    """The world with a remedy put into practice."""
    hubs, formula, pool = world
    if name == "minimum_cut":
        kept = 1 - Fraction(value)
        return [replace(hub, minimum=int(kept * hub.minimum)) for hub in hubs], formula, pool
    return hubs, replace(formula, **{name: value if name == "step" else Decimal(value)}), pool
