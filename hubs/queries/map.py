"""The map of the hubs: which countries are drawn for which hub, and where its number stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from hubs.models import Hub
from hubs.worldmap import Point, Shape, read_world
from members.languages import Worded
from texts.queries import localized

COLOURS = 8  # classes map-hub-1 to map-hub-8 of map.css


@dataclass(frozen=True, slots=True)
class Territory:
    """A hub on the map: the paths of its countries by code, its number, and where that stands."""

    hub: Hub
    name: Worded
    number: int
    colour: int
    paths: Sequence[tuple[str, str]]
    middle: Point


@dataclass(frozen=True, slots=True)
class HubMap:
    """Everything that is drawn, in the units of its view box; ``rest`` are countries of no hub."""

    width: int
    height: int
    territories: Sequence[Territory]
    rest: Sequence[str]


def map_of(hubs: Sequence[Hub], chain: Sequence[str]) -> HubMap:
    """The hubs on the map, numbered in their order; those whose countries are too small are left out.

    ``hubs`` come with their countries. A hub keeps its colour in every language.
    """
    world = read_world(Path(settings.NPM_ROOT) / "world-atlas/countries-110m.json")
    colours = {
        hub.pk: n % COLOURS + 1 for n, hub in enumerate(sorted(hubs, key=lambda hub: hub.pk))
    }
    territories: list[Territory] = []
    taken: set[str] = set()
    for hub in hubs:
        codes = [place.country for place in hub.countries.all() if place.country in world.shapes]
        if codes:
            territories.append(
                Territory(
                    hub,
                    localized(hub, "name", chain),
                    len(territories) + 1,
                    colours[hub.pk],
                    [(code, world.shapes[code].path) for code in codes],
                    middle_of([world.shapes[code] for code in codes]),
                )
            )
            taken.update(codes)
    rest = [shape.path for code, shape in world.shapes.items() if code not in taken]
    return HubMap(world.width, world.height, territories, rest)


def middle_of(shapes: Sequence[Shape]) -> Point:
    """The middle of that country which is nearest to all the others; of two such, of the larger.

    A mean of all of them might lie in the sea, or in another hub.
    """

    def apart(shape: Shape) -> tuple[float, int]:
        away = sum(math.dist(shape.middle, other.middle) for other in shapes)
        return round(away, 3), -shape.size

    return min(shapes, key=apart).middle
