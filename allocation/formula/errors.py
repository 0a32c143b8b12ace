"""What can be wrong with a formula or its inputs: one exception, with stable codes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

Fact: TypeAlias = str | int | list[str] | dict[str, str | int] | None

CODES: Mapping[str, str] = MappingProxyType(
    {
        "BAD_FORMULA": "A parameter is missing or out of its range; or the document is not readable.",
        "MISSING": "A hub has no value of an indicator.",
        "WITHHELD": "A hub's value exists and may not be shown.",
        "BAD_INDICATOR": "A hub's value is no number, or out of its range.",
        "STALE_CLASSIFICATION": "A country is missing in the scheme; raised where hubs are put together.",
        "ZERO_INDICATOR": "A measure of size is zero for all hubs.",
        "ZERO_WEIGHTS": "No hub has any weight.",
        "BOUNDS_CONFLICT": "A hub must get more than it may get.",
        "FLOORS_EXCEED_POOL": "The hubs must get more than there is.",
        "CAPS_BELOW_POOL": "The hubs may not take all there is.",
        "NO_GS_HUB": "No hub has a share in the Global South.",
        "GS_FLOOR_UNREACHABLE": "The bounds keep the South below its floor.",
    }
)
"""Every code and what it means, in the order of the checks."""


class FormulaError(ValueError):
    """Nothing was apportioned, and why.

    code: a key of CODES. message: one or two English sentences. facts: what the sentences say, as
    plain values, so that they can be said in another language; `remedies` holds, by parameter,
    the smallest single changes that would work.
    """

    def __init__(self, code: str, message: str, **facts: Fact) -> None:
        if code not in CODES:
            raise KeyError(code)
        self.code = code
        self.message = message
        self.facts = facts
        super().__init__(f"{code}: {message}")

    def document(self) -> dict[str, dict[str, Fact]]:
        """The refusal as it is written in JSON."""
        return {"error": {**self.facts, "code": self.code, "message": self.message}}
