"""How much is tried: little by default, and the more the higher FUZZ is set (`make fuzz`)."""

import os

from hypothesis import settings

FUZZ = int(os.environ.get("FUZZ", "1"))
SEEDS = range(150 * FUZZ)


def tries(examples: int) -> settings:
    """So many examples of Hypothesis, times FUZZ."""
    return settings(max_examples=examples * FUZZ, deadline=None)
