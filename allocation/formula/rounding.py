"""Step 6: whole minor units that sum to the pool, and what of them is for the South."""

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor


def largest_remainders(
    exact: Mapping[str, Fraction], uppers: Mapping[str, int], pool: int
) -> dict[str, int]:
    """Round down, then one unit more each for the largest remainders; ties go by code.

    Needs exact amounts that sum to the pool, none above its upper bound.
    """
    amounts = {code: floor(amount) for code, amount in exact.items()}
    order = sorted(exact, key=lambda code: (amounts[code] - exact[code], code))
    may_rise = [code for code in order if amounts[code] < uppers[code]]
    for code in may_rise[: pool - sum(amounts.values())]:
        amounts[code] += 1
    return amounts


def earmarks(amounts: Mapping[str, int], south: Mapping[str, Fraction]) -> dict[str, int]:
    """What each hub must spend in the South: its line there rounded up, at most all it gets."""
    return {code: min(amount, ceil(south[code])) for code, amount in amounts.items()}
