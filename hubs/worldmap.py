"""The countries of the world as paths of an SVG: TopoJSON in, integers on a flat map out.

The projection is Equal Earth: no region looks larger than it is. Lines are simplified before they
are joined to countries, so that neighbours still meet.
"""

import itertools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.core import get_global

Place = tuple[float, float]  # longitude and latitude in degrees
Point = tuple[int, int]

EQUATOR = 1100  # its length on the map; nobody lives at its ends, so the map is narrower
TOLERANCE = 0.5  # how far, in units of the map, a simplified line may be from the one it stands for
NOBODYS_HOME = "AQ"  # no hub lists it, and it would be a third of the map

# The atlas gives these no number. Kosovo has a code in use; ISO 3166, by which hubs list their
# countries, counts the other two to these.
UNNUMBERED = {"Kosovo": "XK", "N. Cyprus": "CY", "Somaliland": "SO"}
CENTRE = 11.0  # degrees east: the map is cut in the Bering Strait, where it parts no country
GUIANA_WEST_OF = -40.0  # the atlas draws it as a part of France; in ISO 3166 it is GF


@dataclass(frozen=True, slots=True)
class Shape:
    """A country: its path, the middle of its largest part, and the size of all of them."""

    path: str
    middle: Point
    size: int


@dataclass(frozen=True, slots=True)
class World:
    """The drawn countries by code; those too small for the atlas are not among them."""

    width: int
    height: int
    shapes: Mapping[str, Shape]


@cache
def read_world(path: Path) -> World:
    """The map in the file ``countries-110m.json`` of world-atlas; read once a process."""
    return draw(json.loads(path.read_text(encoding="utf-8")))


def draw(topology: Mapping[str, Any]) -> World:
    """Place every country of a TopoJSON topology on a map that is just as large as they need."""
    lines = [uncut(decoded(arc, topology["transform"])) for arc in topology["arcs"]]
    flat = [simplified([projected(place) for place in line]) for line in lines]
    countries: dict[str, list[list[Point]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        for polygon in polygons_of(geometry):
            code = code_of(geometry, lines[_arc(polygon[0][0])][0])
            if code and code != NOBODYS_HOME:
                countries.setdefault(code, []).extend(joined(flat, ring) for ring in polygon)
    points = [point for rings in countries.values() for ring in rings for point in ring]
    left, top = (min(point[axis] for point in points) for axis in (0, 1))
    right, bottom = (max(point[axis] for point in points) for axis in (0, 1))
    shapes = {
        code: shape_of([[(x - left, y - top) for x, y in ring] for ring in rings])
        for code, rings in sorted(countries.items())
    }
    return World(right - left, bottom - top, shapes)


def decoded(arc: Sequence[Sequence[int]], transform: Mapping[str, Sequence[float]]) -> list[Place]:
    """The places of an arc: TopoJSON writes steps in whole numbers."""
    (across, up), (west, south) = transform["scale"], transform["translate"]
    column = row = 0
    places = []
    for step in arc:
        column, row = column + step[0], row + step[1]
        places.append((column * across + west, row * up + south))
    return places


def uncut(line: Sequence[Place]) -> list[Place]:
    """The line without jumps where longitudes begin anew, on the side of the map it belongs to."""
    turned = 0
    places = [line[0]]
    for (before, _), (longitude, latitude) in itertools.pairwise(line):
        turned += (longitude - before < -180) - (longitude - before > 180)
        places.append((longitude + 360 * turned, latitude))
    middle = sum(longitude for longitude, _latitude in places) / len(places)
    whole = math.floor((middle - CENTRE + 180) / 360)
    return [(longitude - 360 * whole, latitude) for longitude, latitude in places]


def projected(place: Place) -> Point:
    """Where a place lies on the map (Equal Earth; Šavrič, Patterson and Jenny, 2018)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    longitude, latitude = math.radians(place[0] - CENTRE), math.radians(place[1])
    t = math.asin(math.sqrt(3) / 2 * math.sin(latitude))
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1
    x = 2 * math.sqrt(3) * longitude * math.cos(t) / (3 * slope)
    y = a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t
    scale = EQUATOR * 3 * a1 / (4 * math.sqrt(3) * math.pi)
    return round(x * scale), round(-y * scale)


def simplified(line: Sequence[Point]) -> list[Point]:
    """The line without the points that hardly matter (Douglas and Peucker); its ends stay."""
    kept, open_parts = {0, len(line) - 1}, [(0, len(line) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        inside = range(first + 1, last)
        far = max(inside, key=lambda n: distance(line[n], line[first], line[last]), default=None)
        if far is not None and distance(line[far], line[first], line[last]) > TOLERANCE:
            kept.add(far)
            open_parts += [(first, far), (far, last)]
    return [line[number] for number in sorted(kept)]


def distance(point: Point, start: Point, end: Point) -> float:
    """How far a point is from the line through two others, or from both where they are one."""
    length = math.dist(start, end)
    if not length:
        return math.dist(point, start)
    (x, y), (x1, y1), (x2, y2) = point, start, end
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def polygons_of(geometry: Mapping[str, Any]) -> list[list[list[int]]]:
    """Polygons as rings of numbers of arcs: the outline first, then holes."""
    arcs = geometry["arcs"]
    return [arcs] if geometry["type"] == "Polygon" else list(arcs)


def code_of(geometry: Mapping[str, Any], place: Place) -> str:
    """The two letters of a country that has a part at this place; empty where it has no code."""
    known = get_global("territory_aliases").get(geometry.get("id", ""), [])
    code = known[0] if known else UNNUMBERED.get(geometry["properties"]["name"], "")
    return "GF" if code == "FR" and place[0] < GUIANA_WEST_OF else code


def _arc(number: int) -> int:
    """The place of an arc in its list: TopoJSON writes ``~n`` for arc n walked backwards."""
    return number if number >= 0 else ~number


def joined(flat: Sequence[Sequence[Point]], ring: Iterable[int]) -> list[Point]:
    """The points of a ring, each arc going on where the one before it ends."""
    points: list[Point] = []
    for number in ring:
        arc = flat[_arc(number)]
        points += arc if number >= 0 else reversed(arc)
    return [point for n, point in enumerate(points) if point != points[n - 1]] or points[:1]


def shape_of(rings: Sequence[Sequence[Point]]) -> Shape:
    """A country from its rings; one that has shrunk to nothing is a dot, so that it is there."""
    whole = [ring for ring in rings if area(ring)]
    if not whole:
        x, y = rings[0][0]
        whole = [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]]
    largest = max(whole, key=area)
    x = (min(x for x, _y in largest) + max(x for x, _y in largest)) // 2
    y = (min(y for _x, y in largest) + max(y for _x, y in largest)) // 2
    size = math.ceil(sum(map(area, whole)))
    return Shape("".join(written(ring) for ring in whole), (x, y), size)


def area(ring: Sequence[Point]) -> float:
    corners = ((ring[n - 1], point) for n, point in enumerate(ring))
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in corners)) / 2


def written(ring: Sequence[Point]) -> str:
    """A ring as a part of a path: the first point, then steps, as short as they can be written."""
    return f"M{ring[0][0]} {ring[0][1]}l{''.join(_steps(ring)).lstrip()}z"


def _steps(ring: Sequence[Point]) -> Iterator[str]:
    for number in range(1, len(ring)):
        for before, after in zip(ring[number - 1], ring[number], strict=True):
            step = after - before
            yield f"{step}" if step < 0 else f" {step}"
