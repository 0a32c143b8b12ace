"""What the bounds refuse, in the order of the checks, with the smallest changes that would work."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from allocation.formula.bounds import Bounds, bounds_of, room, south_floor
from allocation.formula.errors import Fact, FormulaError
from allocation.formula.model import Formula, Hub
from allocation.formula.numbers import CONTEXT
from allocation.formula.remedies import remedies

_MOST_NAMED = 10
_RULES = {
    "minimum": "its minimum",
    "maximum": "its maximum",
    "max_share": "the largest share of the pool",
    "down": "the yearly band downwards",
    "up": "the yearly band upwards",
    "step": "the yearly step",
}
_CHANGES = {
    "down": "down of {} or more",
    "up": "up of {} or more",
    "step": "a step of {} or more",
    "max_share": "max_share of {} or more",
    "minimum_cut": "the part {} taken off every minimum",
    "south_floor": "south_floor of {} or less",
}


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be apportioned; `idle` are the codes of the hubs without weight."""

    hubs: Sequence[Hub]
    formula: Formula
    pool: int
    idle: frozenset[str]

    def bounds(self) -> tuple[Bounds, ...]:
        """The bounds of each hub, where all of them can be kept together.

        Raises FormulaError BOUNDS_CONFLICT, FLOORS_EXCEED_POOL, CAPS_BELOW_POOL or NO_GS_HUB.
        """
        bounds = tuple(bounds_of(hub, self.formula, self.pool) for hub in self.hubs)
        for hub, bound in zip(self.hubs, bounds, strict=True):
            if bound.lower > bound.upper:
                raise self._conflict(hub, bound)
        space = room(self.hubs, bounds, self.idle)
        if space.floors > self.pool:
            raise self._floors(space.floors)
        if space.caps < self.pool:
            raise self._caps(space.caps)
        if not any(hub.south for hub in self.hubs):
            message = "No hub has a share in the Global South, so no part of the pool can go there."
            raise FormulaError("NO_GS_HUB", message)
        return bounds

    def unreachable(self, bounds: Sequence[Bounds]) -> FormulaError:
        """The refusal GS_FLOOR_UNREACHABLE, with the best share and the bounds that bind."""
        floor = south_floor(self.formula, self.pool)
        space = room(self.hubs, bounds, self.idle)
        best = space.south(self.pool)
        share = CONTEXT.scaleb(Decimal(best * 10_000 // self.pool), -4)
        message = f"The Global South must get {floor}; the bounds let it get {best}"
        if best < floor:
            message += f" at most, the share {share}."
        else:
            message += " only if neither weight nor rounding leaves the North a unit more."
        capped = best == space.south_caps
        binding = [
            hub.code
            for hub, bound in zip(self.hubs, bounds, strict=True)
            if (hub.south and bound.upper < self.pool if capped else not hub.south and bound.lower)
        ]
        if binding:
            side = "upper" if capped else "lower"
            message += f" In the way: the {side} bounds of {_listed(binding)}."
        facts: dict[str, Fact] = {"floor": floor, "best": best, "best_share": str(share)}
        facts["caps" if capped else "floors"] = binding
        return self._refusal("GS_FLOOR_UNREACHABLE", message, **facts)

    def _conflict(self, hub: Hub, bound: Bounds) -> FormulaError:
        return self._refusal(
            "BOUNDS_CONFLICT",
            f"{hub.code} must get at least {bound.lower} ({_RULES[bound.lower_rule]})"
            f" and at most {bound.upper} ({_RULES[bound.upper_rule]}).",
            hub=hub.code,
            lower=bound.lower,
            upper=bound.upper,
            lower_rule=bound.lower_rule,
            upper_rule=bound.upper_rule,
        )

    def _floors(self, floors: int) -> FormulaError:
        short = floors - self.pool
        message = (
            f"The hubs must get {floors} at least, and the pool holds {self.pool}:"
            f" {short} too little."
        )
        return self._refusal(
            "FLOORS_EXCEED_POOL", message, floors=floors, pool=self.pool, shortfall=short
        )

    def _caps(self, caps: int) -> FormulaError:
        rest = self.pool - caps
        message = (
            f"The hubs may take {caps} at most, and the pool holds {self.pool}: {rest} stays over."
            " A smaller pool, with the rest in a reserve, is a decision to take openly."
        )
        return self._refusal("CAPS_BELOW_POOL", message, caps=caps, pool=self.pool, remainder=rest)

    def _refusal(self, code: str, message: str, **facts: Fact) -> FormulaError:
        found = remedies(self.hubs, self.formula, self.idle, self.pool)
        if found:
            changes = "; or ".join(_CHANGES[name].format(value) for name, value in found.items())
            message += f" It would work with {changes}."
        else:
            message += " No one parameter can be changed so that it works."
        return FormulaError(code, message, **facts, remedies=found)


def _listed(codes: Sequence[str]) -> str:
    more = len(codes) - _MOST_NAMED
    named = ", ".join(codes[:_MOST_NAMED])
    return f"{named} and {more} more" if more > 0 else named
