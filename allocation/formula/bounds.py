"""Step 4: what a hub gets at least and at most, in whole minor units, and which rule says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from allocation.formula.model import Formula, Hub


@dataclass(frozen=True, slots=True)
class Bounds:
    """Both bounds and the parameters that set them; `lower` > `upper` is a conflict."""

    lower: int
    upper: int
    lower_rule: str
    upper_rule: str


def bounds_of(hub: Hub, formula: Formula, pool: int) -> Bounds:
    """The tightest of the hub's own bounds, the largest share and the yearly band."""
    lowers = {"minimum": hub.minimum}
    uppers = {"max_share": floor(Fraction(formula.max_share) * pool)}
    if hub.maximum is not None:
        uppers["maximum"] = hub.maximum
    if formula.bands and hub.previous is not None:
        lowers["down"] = ceil((1 - Fraction(formula.down)) * hub.previous)
        rise, step = floor((1 + Fraction(formula.up)) * hub.previous), hub.previous + formula.step
        uppers["up" if rise >= step else "step"] = max(rise, step)
    lower_rule = max(lowers, key=lambda rule: lowers[rule])
    upper_rule = min(uppers, key=lambda rule: uppers[rule])
    return Bounds(lowers[lower_rule], uppers[upper_rule], lower_rule, upper_rule)


@dataclass(frozen=True, slots=True)
class Room:
    """What the bounds leave possible, whatever the weights.

    floors, caps: the least and the most that all hubs can get. south_caps: the most that hubs with
    a share in the South can get. north_floors: the least that the others get.
    """

    floors: int
    caps: int
    south_caps: int
    north_floors: int

    def south(self, pool: int) -> int:
        """The most of the pool that hubs with a share in the South can get."""
        return min(self.south_caps, pool - self.north_floors)


def room(hubs: Sequence[Hub], bounds: Sequence[Bounds], idle: frozenset[str]) -> Room:
    """Add up the bounds; a hub without weight, named in `idle`, takes no more than its lower one."""
    most = [
        bound.lower if hub.code in idle else bound.upper
        for hub, bound in zip(hubs, bounds, strict=True)
    ]
    return Room(
        floors=sum(bound.lower for bound in bounds),
        caps=sum(most),
        south_caps=sum(upper for hub, upper in zip(hubs, most, strict=True) if hub.south),
        north_floors=sum(
            bound.lower for hub, bound in zip(hubs, bounds, strict=True) if not hub.south
        ),
    )


def south_floor(formula: Formula, pool: int) -> int:
    """The least that must go to the South, in whole minor units."""
    return ceil(Fraction(formula.south_floor) * pool)
