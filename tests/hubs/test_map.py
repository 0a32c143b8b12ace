"""The map of the hubs: every country in its hub's colour, a number beside the colour, words for who cannot see."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from hubs.models import HubCountry, HubKind
from hubs.queries import by_name, hubs_listed, map_of
from hubs.worldmap import (
    area,
    decoded,
    draw,
    joined,
    projected,
    read_world,
    shape_of,
    simplified,
    uncut,
    written,
)
from pages.demo.hubs import COUNTRIES, NAMES
from tests.factories import make_hub
from tests.hubs.reading import page, words

ATLAS = Path(settings.NPM_ROOT) / "world-atlas/countries-110m.json"
PART = re.compile(r"M(\d+) (\d+)l([-\d ]+)z")


@pytest.fixture
def movement(db) -> None:
    """The eight regional hubs of the demo, and one without countries."""
    for slug, countries in COUNTRIES.items():
        make_hub(slug, countries=countries, name_en=NAMES[slug]["en"], name_ar=NAMES[slug]["ar"])
    make_hub("theme", HubKind.THEMATIC, name_en="Archives")


def rings(path: str) -> list[list[tuple[int, int]]]:
    """A path read as a browser reads it: where each of its parts goes."""
    assert PART.sub("", path) == ""
    found = []
    for x, y, steps in PART.findall(path):
        ring = [(int(x), int(y))]
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for across, down in zip(numbers[::2], numbers[1::2], strict=True):
            ring.append((ring[-1][0] + across, ring[-1][1] + down))
        found.append(ring)
    return found


# What is drawn


def test_every_country_of_a_hub_that_the_atlas_has_is_drawn_in_its_hubs_group(client, movement):
    drawn = read_world(ATLAS).shapes
    found = page(client.get(reverse("hubs:list")))
    groups = {
        str(group["data-hub"]): {str(path["data-country"]) for path in group.select("path")}
        for group in found.select("svg [data-hub]")
    }
    assert groups == {
        slug: {code for code in countries.split() if code in drawn}
        for slug, countries in COUNTRIES.items()
    }
    assert sum(map(len, groups.values())) > 170


def test_almost_every_drawn_country_is_somebodys(movement):
    listed = set(HubCountry.objects.values_list("country", flat=True))
    assert set(read_world(ATLAS).shapes) - listed == {"TF"}  # nobody lives there


def test_a_map_without_hubs_has_every_country_in_the_quiet_colour(db):
    drawn = map_of([], ())
    assert (list(drawn.territories), len(drawn.rest)) == ([], len(read_world(ATLAS).shapes))


def test_a_hub_that_is_too_small_for_the_map_is_in_the_list_alone(client, db):
    make_hub("islands", countries="TV NR", name_en="Islands")
    found = page(client.get(reverse("hubs:list")))
    assert not found.select(".map")
    make_hub("west", countries="DK", name_en="West")
    found = page(client.get(reverse("hubs:list")))
    assert [words(item) for item in found.select(".map__legend li")] == ["1 West"]
    assert [words(card) for card in found.select(".card h3")] == ["Islands", "West"]


# How it is told apart, and told


def test_a_hub_is_known_by_its_number_on_the_map_and_in_the_legend(client, movement):
    found = page(client.get(reverse("hubs:list")))
    numbers = [words(text) for text in found.select("svg text")]
    legend = [words(item).split(" ", 1) for item in found.select(".map__legend li")]
    names = sorted(texts["en"] for slug, texts in NAMES.items() if slug in COUNTRIES)
    assert numbers == [number for number, _name in legend] == [str(n) for n in range(1, 9)]
    assert [name for _number, name in legend] == names
    titles = [words(group.title) for group in found.select("svg [data-hub]")]
    assert titles == names
    links = [link["href"] for link in found.select(".map__legend a")]
    assert sorted(links) == sorted(f"/en/hubs/{slug}/" for slug in COUNTRIES)


def colours(found) -> dict[str, tuple[str, ...]]:
    """The colour of each hub on the map, at its number and in the legend."""
    places = ("svg [data-hub]", ".map__label", ".map__legend li")
    numbered = zip(*(found.select(place) for place in places), strict=True)
    return {
        str(same[0]["data-hub"]): tuple(
            next(str(name) for name in tag["class"] if name.startswith("map-hub-")) for tag in same
        )
        for same in numbered
    }


def test_a_hub_has_one_colour_everywhere_and_in_every_language(client, movement):
    english, arabic = (colours(page(client.get(f"/{code}/hubs/"))) for code in ("en", "ar"))
    assert list(english) != list(arabic)
    assert english == arabic
    assert {len(set(places)) for places in english.values()} == {1}
    assert {places[0] for places in english.values()} == {f"map-hub-{n}" for n in range(1, 9)}


def test_every_colour_of_the_map_is_in_the_stylesheet_in_light_and_dark():
    css = (settings.BASE_DIR / "static/css/map.css").read_text()
    for number in range(1, 9):
        assert len(re.findall(rf"\.map-hub-{number} \{{ --hub: #\w{{6}}; \}}", css)) == 2


def test_the_map_is_an_image_with_a_name_and_a_description(client, movement):
    found = page(client.get(reverse("hubs:list")))
    [image] = found.select(".map svg")
    assert image["role"] == "img"
    name, description = (
        words(found.select_one(f"#{image[part]}"))
        for part in ("aria-labelledby", "aria-describedby")
    )
    assert name == "Map of the regional hubs"
    assert "each of 8 hubs" in description
    assert not image.select("a, [tabindex]")  # what is in an image cannot be reached


def test_a_name_in_another_language_says_so(client, west):
    make_hub("north", countries="NO", name_en="North")
    found = page(client.get("/da/hubs/"))
    said = [(words(tag), tag.get("lang")) for tag in found.select("svg [data-hub] > title")]
    assert said == [("North", "en"), ("Vest", None)]


def test_no_number_lies_on_another(movement):
    drawn = map_of(by_name(hubs_listed(), ("en",)), ("en",))
    middles = [territory.middle for territory in drawn.territories]
    for place, (x, y) in enumerate(middles):
        assert 0 < x < drawn.width
        assert 0 < y < drawn.height
        for other_x, other_y in middles[:place]:
            assert abs(x - other_x) > 30 or abs(y - other_y) > 30


@pytest.mark.parametrize(
    ("hub", "between"), [("ssa", (450, 570)), ("lac", (200, 350)), ("eseap", (750, 900))]
)
def test_the_number_of_a_hub_stands_inside_it(movement, hub, between):
    drawn = {t.hub.slug: t for t in map_of(list(hubs_listed()), ("en",)).territories}
    assert between[0] < drawn[hub].middle[0] < between[1]


# What it costs


def test_the_page_with_the_whole_map_is_small(client, movement):
    content = client.get(reverse("hubs:list")).content
    assert len(gzip.compress(content)) < 60_000
    assert b"style=" not in content


def test_the_atlas_is_read_once_a_process(client, movement):
    client.get(reverse("hubs:list"))
    before = read_world.cache_info()
    client.get(reverse("hubs:list"))
    after = read_world.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)


# How it is drawn


def test_every_path_is_closed_rings_inside_the_map():
    world = read_world(ATLAS)
    assert 900 < world.width < 1100
    assert len(world.shapes) > 170
    for shape in world.shapes.values():
        for ring in rings(shape.path):
            assert area(ring) > 0
            assert all(0 <= x <= world.width and 0 <= y <= world.height for x, y in ring)


def test_no_country_reaches_round_the_world():
    world = read_world(ATLAS)
    for code, shape in world.shapes.items():
        for ring in rings(shape.path):
            across = [x for x, _y in ring]
            assert max(across) - min(across) < 400, code


def test_countries_have_the_size_they_have_on_earth():
    """Square kilometres; Mercator would make Greenland as large as Africa."""
    shapes = read_world(ATLAS).shapes
    truth = {"GL": 2_166_086, "CD": 2_344_858, "DZ": 2_381_741, "AU": 7_692_024, "BR": 8_515_767}
    ratios = {code: shapes[code].size / size for code, size in truth.items()}
    assert max(ratios.values()) / min(ratios.values()) < 1.15, ratios


@pytest.mark.parametrize(
    ("west", "east"), [("US", "RU"), ("BR", "NG"), ("GF", "FR"), ("IN", "FJ"), ("CL", "ZA")]
)
def test_countries_lie_where_they_lie(west, east):
    shapes = read_world(ATLAS).shapes
    assert shapes[west].middle[0] < shapes[east].middle[0]


def test_parts_without_a_number_of_their_own_belong_to_their_country():
    atlas = json.loads(ATLAS.read_text())
    names = [
        country["properties"]["name"] for country in atlas["objects"]["countries"]["geometries"]
    ]
    assert {"N. Cyprus", "Somaliland", "Kosovo", "Antarctica"} <= set(names)
    shapes = read_world(ATLAS).shapes
    assert len(shapes) == len(names) - 3 + 1  # two joined, one dropped; Guiana is not in France
    assert "XK" in shapes
    assert "AQ" not in shapes
    assert all(len(code) == 2 for code in shapes)


TINY: dict[str, Any] = {
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [[[0, 0], [0, 10]], [[0, 10], [10, 0], [0, -10], [-10, 0]], [[0, 10], [-9, -5], [9, -5]]],
    "objects": {
        "countries": {
            "geometries": [
                {"type": "Polygon", "id": "208", "properties": {"name": "D"}, "arcs": [[0, 1]]},
                {"type": "MultiPolygon", "id": "752", "properties": {"name": "S"}, "arcs": [[[2, 0]]]},
                {"type": "Polygon", "properties": {"name": "Nowhere"}, "arcs": [[0, 1]]},
            ]
        }
    },
}  # fmt: skip


def test_neighbours_share_their_border():
    shapes = draw(TINY).shapes
    assert set(shapes) == {"DK", "SE"}
    [east], [west] = rings(shapes["DK"].path), rings(shapes["SE"].path)
    assert len(set(east) & set(west)) == 2
    assert shapes["SE"].middle[0] < shapes["DK"].middle[0]


def test_arcs_are_decoded_from_steps_and_walked_both_ways():
    transform: dict[str, list[float]] = {"scale": [0.5, 2], "translate": [10, -10]}
    assert decoded([[2, 3], [-2, 1]], transform) == [(11, -4), (10, -2)]
    flat = [[(0, 0), (1, 0)], [(1, 1), (1, 0)]]
    assert joined(flat, [0, ~1]) == [(0, 0), (1, 0), (1, 1)]


def test_a_line_over_the_date_line_goes_on():
    assert uncut([(179, 60), (-179, 61), (178, 62)]) == [(179, 60), (181, 61), (178, 62)]
    assert uncut([(-175, 65), (-172, 65)]) == [(185, 65), (188, 65)]  # Chukotka lies in the east
    assert uncut([(-165, 65), (-160, 65)]) == [(-165, 65), (-160, 65)]  # Alaska in the west


def test_the_projection_is_symmetrical_and_narrower_towards_the_poles():
    assert projected((11, 0)) == (0, 0)
    (east, equator), (west, _) = projected((101, 0)), projected((-79, 0))
    assert (east, equator) == (-west, 0)
    assert projected((101, 60))[0] < east
    assert projected((11, 60))[1] == -projected((11, -60))[1] < 0


def test_points_that_hardly_matter_are_left_out_and_ends_stay():
    assert simplified([(0, 0), (5, 0), (10, 0)]) == [(0, 0), (10, 0)]
    assert simplified([(0, 0), (5, 1), (10, 0)]) == [(0, 0), (5, 1), (10, 0)]
    assert simplified([(0, 0), (3, 3), (6, 0), (0, 0)]) == [(0, 0), (3, 3), (6, 0), (0, 0)]
    assert simplified([(4, 4)]) == [(4, 4)]


def test_a_country_that_shrinks_to_nothing_is_a_dot():
    assert shape_of([[(3, 4)]]).path == "M3 4l1 0 0 1-1 0z"


def test_a_path_is_written_as_short_as_it_can_be():
    assert written([(1, 2), (4, 0), (3, 9)]) == "M1 2l3-2-1 9z"
