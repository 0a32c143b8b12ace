"""From hubs, a formula and a pool to what each hub gets, exact to the minor unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from allocation.formula import numbers
from allocation.formula.bounds import south_floor
from allocation.formula.feasibility import Case
from allocation.formula.model import Formula, Hub, bad_formula, in_order
from allocation.formula.rounding import earmarks, largest_remainders
from allocation.formula.tilt import Lines, least_tilt, lines
from allocation.formula.weights import shares


@dataclass(frozen=True, slots=True)
class Result:
    """What each hub gets, and how it came about; every mapping is by code, in its order.

    allocations: whole minor units that sum to the pool. south_earmarks: what of them must be spent
        in the Global South; they sum to `south_floor` or more.
    tilt: how many times a line in the South counted; 1 where the floor did not bind.
    bounds: (lower, upper). shares: what the projection started from.
    untilted, exact, south_exact: before the tilt, before the rounding, and of the latter the
        lines in the South.
    """

    pool: int
    allocations: Mapping[str, int]
    south_earmarks: Mapping[str, int]
    south_floor: int
    tilt: Fraction
    bounds: Mapping[str, tuple[int, int]]
    shares: Mapping[str, Decimal]
    untilted: Mapping[str, Fraction]
    exact: Mapping[str, Fraction]
    south_exact: Mapping[str, Fraction]


def apportion(hubs: Sequence[Hub], formula: Formula, pool: int) -> Result:
    """Share the pool, in minor units, among the hubs; the order of the hubs changes nothing.

    Raises FormulaError; a rule is never relaxed so as to come to a result.
    """
    if not numbers.is_amount(pool, least=1):
        raise bad_formula("pool", pool, "a whole number of minor units, 1 or more")
    hubs = in_order(hubs)
    given = shares(hubs, formula)
    idle = frozenset(code for code, share in given.items() if not share)
    case = Case(hubs, formula, pool, idle)
    bounds = case.bounds()
    sides = lines(
        list(given.values()),
        [hub.south for hub in hubs],
        [(bound.lower, bound.upper) for bound in bounds],
        pool,
    )
    floor = south_floor(formula, pool)
    # Rounding takes less than one unit of South from each hub. Where the bounds leave no room for
    # that, the floor itself is tried, and what comes out is held against it.
    for target in (min(pool, floor + len(hubs)), floor):
        tilt = least_tilt(sides, target)
        if tilt is None:
            continue
        result = _rounded(given, sides, floor, tilt)
        if sum(result.south_earmarks.values()) >= floor:
            return result
    raise case.unreachable(bounds)


def _rounded(given: Mapping[str, Decimal], sides: Lines, floor: int, tilt: Fraction) -> Result:
    codes = list(given)
    amounts = sides.amounts(tilt)
    exact = _by_code(codes, amounts)
    south = _by_code(codes, sides.in_south(amounts, tilt))
    bounds = dict(zip(codes, sides.bounds, strict=True))
    uppers = {code: upper for code, (_, upper) in bounds.items()}
    allocations = largest_remainders(exact, uppers, sides.pool)
    return Result(
        pool=sides.pool,
        allocations=allocations,
        south_earmarks=earmarks(allocations, south),
        south_floor=floor,
        tilt=tilt,
        bounds=bounds,
        shares=given,
        untilted=_by_code(codes, sides.amounts(Fraction(1))),
        exact=exact,
        south_exact=south,
    )


def _by_code(codes: Sequence[str], ratios: Sequence[tuple[int, int]]) -> dict[str, Fraction]:
    return {code: Fraction(*ratio) for code, ratio in zip(codes, ratios, strict=True)}
