"""Step 5, for one tilt: amounts in proportion to weights, kept within bounds, exactly."""

from collections.abc import Sequence
from typing import TypeAlias

Ratio: TypeAlias = tuple[int, int]
"""Numerator and denominator, not reduced: reducing thousands of them would cost most of the time."""


def fill(weights: Sequence[int], bounds: Sequence[tuple[int, int]], pool: int) -> list[Ratio]:
    """The amounts clip(level x weight, lower, upper) that sum to the pool, by their one level.

    Needs lower <= upper, and bounds whose sums the pool lies between. A hub without weight stays
    at its lower bound. This is the projection in relative entropy of the weights onto the bounds.

    The level that would share all that is left tells, by whether the amounts cut off at the top or
    those added at the bottom are larger, on which side of it the true level lies; the hubs at
    their bounds on that side stay there, and are taken out.
    """
    amounts: list[Ratio] = [(lower, 1) for lower, _ in bounds]
    free = [index for index, weight in enumerate(weights) if weight]
    left = pool - sum(bounds[index][0] for index, weight in enumerate(weights) if not weight)
    while free:
        whole = sum(weights[index] for index in free)
        low, high = {}, {}
        for index in free:
            part = left * weights[index]
            amounts[index] = (part, whole)
            lower, upper = bounds[index]
            if part <= lower * whole:
                low[index] = lower
            if part >= upper * whole:
                high[index] = upper
        lacking = sum(low.values()) * whole - left * sum(weights[index] for index in low)
        surplus = left * sum(weights[index] for index in high) - sum(high.values()) * whole
        settled = high if surplus > lacking else low if surplus < lacking else low | high
        for index, bound in settled.items():
            amounts[index] = (bound, 1)
        if surplus == lacking:
            break
        left -= sum(settled.values())
        free = [index for index in free if index not in settled]
    return amounts
