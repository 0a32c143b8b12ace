"""Every single field of a good bundle, changed on its own: nothing may pass.

Whoever tampers is given what they could do: put right the hashes in bundle.json, those of a tally,
and in the end all of them. Against the last only a hash published outside the bundle helps, and then
it must help against every change.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest

from audit.canonical import canonical
from tests.voting.verifier.bundles import Bundle, Draft, build, examine, sealed
from tests.voting.verifier.test_bundle import SEEDED
from voting.verifier import verify

GONE = object()


def draft() -> Draft:
    """Small, with something in every part: reserve, fill, two lanes, a comparison, a blank ballot."""
    constraints = {
        "format": "constraints/1",
        "categories": {"new": {"projects": ["P-2"], "minimum": "3.00"}},
        "multipliers": {"P-3": "3/2"},
    }
    return Draft(
        lanes=[(0, "GENERAL", 1000), (1, "FOCUS", 500)],
        items=[
            (0, "GENERAL", "P-1", 600, 'One; or "more"'),
            (1, "GENERAL", "P-2", 300, "Łódź"),
            (2, "GENERAL", "P-3", 500, "Three"),
            (3, "FOCUS", "P-4", 400, "Four"),
        ],
        ballots=[([[0, 1], [2, 1]], 2), ([[1, 1], [2, 1], [3, 1]], 1), ([], 1)],
        parameters={
            "completion": "add1-greedy",
            "step": "coin",
            **SEEDED,
            "constraints": constraints,
        },
        comparisons=[{"rule": "phragmen", "parameters": {"min_support": 1, **SEEDED}}],
        seed="00ff",
        max_choices=3,
    )


GOOD = build(draft())
FILES = GOOD.files()
PIN = examine(FILES)[1].hashes["manifest_hash"]


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a JSON value, lists and objects too."""
    if path:
        yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*path, number))


def changes(value: object) -> list[object]:
    """What somebody might write instead: the nearest lie, and nothing at all."""
    if isinstance(value, bool):
        return [not value, int(value), GONE]
    if isinstance(value, int):
        return [value + 1, GONE, *([bool(value)] if value in (0, 1) else [])]
    if isinstance(value, str):
        return [f"{value}7", GONE]
    if value is None:
        return [0, GONE]
    return [[] if isinstance(value, dict) else {}, GONE]


STRANGE: list[object] = [None, True, -1, 10**39, "", "\0", "x" * 300, [], [[]], {}, {"": None}]


def changed(value: Any, path: tuple[Any, ...], instead: object) -> Any:
    copy = deepcopy(value)
    node = copy
    for key in path[:-1]:
        node = node[key]
    if instead is GONE:
        del node[path[-1]]
    else:
        node[path[-1]] = instead
    return copy


def of(bundle: Bundle) -> dict[str, Any]:
    """Everything in a bundle that is not a hash of something else in it."""
    return {
        "frozen": bundle.frozen,
        "manifest": bundle.manifest,
        "ballots": bundle.ballots,
        "tally": bundle.tally,
        "tables": bundle.tables,
    }


def passes(files: dict[str, bytes], **wanted: Any) -> bool:
    return files != FILES and examine(files, **wanted)[0] == 0


def survivors(
    values: Any, forge: Callable[[Any], dict[str, bytes]], **wanted: Any
) -> list[tuple[Any, ...]]:
    """The changes that nobody would notice."""
    found = []
    for path in places(values):
        old = values
        for key in path:
            old = old[key]
        for instead in changes(old):
            if passes(forge(changed(values, path, instead)), **wanted):
                found.append((*path, "deleted" if instead is GONE else instead))
    return found


def test_the_bundle_is_good_before_anything_is_changed():
    assert examine(FILES, manifest_hash=PIN)[1].differences == []
    decisive, beside = GOOD.tally[0]["outcome"], GOOD.tally[1]["outcome"]
    assert decisive["phases"][0]["reserve"] == "new"
    assert decisive["winners"] != beside["winners"]
    assert decisive["without_multipliers"] is not None
    lost = decisive["explanation"]["projects"]["P-1"]
    assert (lost["why"], lost["more_votes"] is None) == ("DID_NOT_FIT", False)


@pytest.mark.parametrize("name", FILES)
def test_a_byte_of_any_file_does_not_change_unnoticed(name):
    for data in (FILES[name] + b" ", FILES[name][:-1], FILES[name].replace(b"1", b"2", 1)):
        status, report = examine({**FILES, name: data})
        assert status in (1, 2)
        if status == 1 and name != "bundle.json":
            assert f"files.{name}" in [
                d.path for d in report.differences if d.file == "bundle.json"
            ]


@pytest.mark.parametrize("name", ["election.json", "tally.json"])
def test_a_field_does_not_change_unnoticed_though_bundle_json_is_put_right(name):
    values = GOOD.values()
    assert survivors(values[name], lambda value: GOOD.files({**values, name: value})) == []


def test_what_bundle_json_says_does_not_change_unnoticed():
    body = {
        "format": "bundle/1",
        "election": GOOD.frozen["election"],
        "files": {name: verify.sha256(data) for name, data in FILES.items()},
    }
    del body["files"]["bundle.json"]
    assert canonical(body) == FILES["bundle.json"]
    assert survivors(body, lambda value: {**FILES, "bundle.json": canonical(value)}) == []


def test_a_ballot_does_not_change_unnoticed_though_bundle_json_is_put_right():
    def forge(ballots: Any) -> dict[str, bytes]:
        lines = b"".join(canonical(line) + b"\n" for line in ballots)
        return sealed({**FILES, "ballots.ndjson": lines})

    assert survivors(GOOD.ballots, forge) == []


def test_no_cell_and_no_line_of_a_table_changes_unnoticed():
    def forge(tables: Any) -> dict[str, bytes]:
        copy = GOOD.copy()
        copy.tables = tables
        return copy.files()

    assert survivors(GOOD.tables, forge) == []
    twice = [
        (name, number)
        for name, rows in GOOD.tables.items()
        for number, row in enumerate(rows)
        if passes(forge({**GOOD.tables, name: [*rows[:number], row, *rows[number:]]}))
    ]
    assert twice == []


def test_a_tally_does_not_change_unnoticed_though_its_own_hashes_are_put_right():
    def forge(tally: Any) -> dict[str, bytes]:
        copy = GOOD.copy()
        copy.tally = tally
        for entry in filter(lambda entry: isinstance(entry, dict), tally):
            copy.settle(entry)
        return copy.files()

    assert survivors(GOOD.tally, forge) == []


def resealed(values: Any) -> dict[str, bytes]:
    """The bundle of somebody who may change everything; what cannot be sealed stays as it is."""
    copy = Bundle(**deepcopy(values))
    with suppress(AttributeError, KeyError, TypeError):
        copy.reseal()
    return copy.files()


@pytest.mark.parametrize("part", ["frozen", "manifest", "ballots"])
def test_with_every_hash_put_right_the_published_hash_still_tells(part):
    everything = of(GOOD)
    found = survivors(
        everything[part],
        lambda value: resealed({**everything, part: value}),
        manifest_hash=PIN,
        margins=False,
    )
    assert found == []


@pytest.mark.parametrize("part", ["frozen", "manifest", "ballots", "tally"])
def test_whatever_stands_in_a_field_nothing_breaks(part):
    everything = of(GOOD)
    for number, path in enumerate(places(everything[part])):
        for instead in (STRANGE * 2)[number % len(STRANGE) :][:3]:  # each in turn, three a place
            values = {**everything, part: changed(everything[part], path, instead)}
            try:
                files = resealed(values)
            except (AttributeError, TypeError):
                continue
            status, _report = examine(files, margins=False)  # raises nothing
            assert status in (0, 1, 2)
