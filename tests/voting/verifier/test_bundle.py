"""Good bundles agree, broken ones are named, hostile ones are refused with one sentence."""

import io
import json
import zipfile
from typing import Any

import pytest

from audit.canonical import canonical
from tests.voting.verifier.bundles import Draft, build, examine, frozen_form, sealed
from voting.verifier import verify

SEEDED = {"tie_break": "seed:00ff"}


def draft(**more):
    """Two lanes, three rules, one blank ballot."""
    parameters = {"satisfaction": "cost", "completion": "add1-greedy", **SEEDED}
    values: dict[str, Any] = {
        "lanes": [(0, "GENERAL", 1000), (1, "FOCUS", 500)],
        "items": [
            (0, "GENERAL", "P-1", 600, 'Sources; and "texts"'),
            (1, "GENERAL", "P-2", 300, "Łódź, ελληνικά"),
            (2, "FOCUS", "P-3", 400, "Archive"),
            (3, "GENERAL", "P-4", 500, "Radio"),
            (4, "FOCUS", "P-5", 200, "Two\nlines"),
        ],
        "ballots": [([[0, 1], [2, 1]], 3), ([[1, 1], [3, 1]], 4), ([[3, 1], [4, 1]], 2), ([], 1)],
        "parameters": parameters,
        "comparisons": [
            {"rule": "greedy", "parameters": {"order": "votes", **SEEDED}},
            {"rule": "phragmen", "parameters": SEEDED},
        ],
        "seed": "00ff",
    }
    return Draft(**{**values, **more})


KINDS: dict[str, dict[str, Any]] = {
    "approval": {},
    "knapsack": {"format": "KNAPSACK"},
    "limited": {"max_choices": 2},
    "points": {
        "format": "CUMULATIVE",
        "ballots": [([[0, 2], [2, 0]], 3), ([[1, 1], [3, 5]], 4), ([], 1)],
    },
    "scores": {"format": "SCORING", "ballots": [([[0, 9], [4, 1]], 3), ([[3, 5]], 4)]},
    "ranking": {
        "format": "RANKING",
        "ballots": [([[0, 2], [2, 1], [3, 3]], 3), ([[1, 1], [4, 2]], 4)],
        "parameters": {"ranking_points": "from-zero", **SEEDED},
    },
    "imported": {"origin": "IMPORTED", "seed": "", "decimals": 0},
    "nobody": {"ballots": []},
    "constrained": {
        "parameters": {
            "completion": "greedy",
            **SEEDED,
            "constraints": {
                "format": "constraints/1",
                "categories": {"new": {"projects": ["P-1", "P-3"], "minimum": "4.00"}},
                "multipliers": {"P-2": "3/2"},
            },
        }
    },
    "cardinality": {"parameters": {"satisfaction": "cardinality", **SEEDED}},
    "greedy": {"rule": "greedy", "parameters": {"order": "votes-per-cost", **SEEDED}},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_bundle_agrees(kind):
    status, report = examine(build(draft(**KINDS[kind])).files())
    assert (status, report if status == 2 else report.differences) == (0, [])
    assert (
        len(report.checked) == 5 + 6 + 2
    )  # the files, each lane by each rule, each lane once more
    assert report.left_out == []


def test_margins_are_confirmed_and_may_be_left_out():
    bundle = build(draft())
    lost = bundle.tally[0]["outcome"]["explanation"]["projects"]["P-1"]
    assert lost["more_votes"] > 1
    assert lost["less_cost"] > 1
    for key, wrong in (("more_votes", 1), ("more_votes", None), ("less_cost", -1)):
        changed = bundle.copy()
        changed.tally[0]["outcome"]["explanation"]["projects"]["P-1"][key] += wrong or 0
        if wrong is None:
            changed.tally[0]["outcome"]["explanation"]["projects"]["P-1"][key] = None
        changed.reseal()
        status, report = examine(changed.files())
        assert status == 1
        assert [d.path for d in report.differences] == [
            f"[0].outcome.explanation.projects.P-1.{key}"
        ]
        status, report = examine(changed.files(), margins=False)
        assert (status, len(report.left_out)) == (0, 2)


def test_the_hashes_that_were_published_can_be_given():
    files = build(draft()).files()
    hashes = examine(files)[1].hashes
    wanted = {
        "frozen_hash": hashes["frozen_hash"],
        "manifest_hash": hashes["manifest_hash"].upper(),
    }
    assert examine(files, **wanted)[0] == 0
    for name in wanted:
        status, report = examine(files, **{name: "0" * 64})
        assert status == 1
        assert report.differences[0].path.startswith(name)


def packed(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


def run(tmp_path, capsys, data, *options):
    """(exit status, what was printed) of the command on these bytes."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    capsys.readouterr()
    status = verify.main([str(path), *options])
    printed = capsys.readouterr()
    assert printed.err == ""
    return status, printed.out


def test_the_command_says_what_it_checked(tmp_path, capsys):
    files = build(draft()).files()
    status, said = run(tmp_path, capsys, packed(files.items()))
    assert status == 0
    assert "Agrees: Lane 0, equal-shares (decides): the recount buys the same" in said
    assert "A recount says nothing about who voted" in said
    status, said = run(tmp_path, capsys, packed(files.items()), "--json")
    assert (status, json.loads(said)["agrees"], json.loads(said)["differences"]) == (0, True, [])


def test_the_command_names_what_differs(tmp_path, capsys):
    bundle = build(draft())
    bundle.tally[0]["outcome"]["winners"].reverse()
    bundle.reseal()
    status, said = run(tmp_path, capsys, packed(bundle.files().items()))
    assert status == 1
    assert "DIFFERS: tally.json, [0].outcome.winners[0]: expected P-4, found P-2." in said
    status, said = run(tmp_path, capsys, packed(bundle.files().items()), "--json")
    found = json.loads(said)["differences"][0]
    assert (status, found["file"], found["expected"], found["found"]) == (
        1,
        "tally.json",
        "P-4",
        "P-2",
    )


def test_what_is_no_bundle_is_refused(tmp_path, capsys):
    status, said = run(tmp_path, capsys, b"PK\x03\x04 nothing")
    assert (status, said.count("\n")) == (2, 1)
    assert said.startswith("This is no bundle that can be checked: ")
    assert verify.main([str(tmp_path / "missing.zip")]) == 2
    status, said = run(tmp_path, capsys, b"", "--json")
    assert (status, set(json.loads(said))) == (2, {"agrees", "refused"})
    (tmp_path / "empty").mkdir()
    assert verify.main([str(tmp_path / "empty")]) == 2


@pytest.mark.parametrize(
    "extra", ["../election.json", "/etc/passwd", "notes.txt", "lane-x.pb", "a/"]
)
def test_a_member_that_is_no_part_of_a_bundle_is_refused(tmp_path, capsys, extra):
    members = [*build(draft()).files().items(), (extra, b"")]
    status, said = run(tmp_path, capsys, packed(members))
    assert status == 2
    assert "no part of one" in said or "times" in said


def test_a_name_that_is_cut_off_at_a_nul_is_refused(tmp_path, capsys):
    data = packed(build(draft()).files().items()).replace(b"tally.json", b"tally.js\0n")
    assert run(tmp_path, capsys, data)[0] == 2


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(tmp_path, capsys):
    members = list(build(draft()).files().items())
    status, said = run(tmp_path, capsys, packed([*members, members[0]]))
    assert (status, "2 times" in said) == (2, True)


def test_a_member_that_unpacks_to_more_than_any_bundle_needs_is_refused(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(verify, "LARGEST_FILE", 100_000)
    files = build(draft()).files() | {"ballots.ndjson": b"0" * 10_000_000}
    status, said = run(tmp_path, capsys, packed(files.items()))
    assert (status, "larger than any bundle needs" in said) == (2, True)


def test_all_members_together_are_limited(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(verify, "LARGEST_BUNDLE", 2_000)
    status, said = run(tmp_path, capsys, packed(build(draft()).files().items()))
    assert (status, "larger than any bundle needs" in said) == (2, True)


def test_a_zip_that_is_cut_off_or_damaged_is_refused_or_differs(tmp_path, capsys):
    data = packed(build(draft()).files().items())
    for at in range(0, len(data), 37):
        assert run(tmp_path, capsys, data[:at])[0] == 2
        damaged = bytearray(data)
        damaged[at] ^= 0x55
        run(tmp_path, capsys, bytes(damaged))  # raises nothing; unused bytes of the form may change


def test_a_link_in_a_folder_is_not_followed(tmp_path):
    folder = tmp_path / "bundle"
    folder.mkdir()
    for name, data in build(draft()).files().items():
        (folder / name).write_bytes(data)
    assert verify.main([str(folder)]) == 0
    secret = tmp_path / "secret"
    (folder / "projects.csv").rename(secret)
    (folder / "projects.csv").symlink_to(secret)
    assert verify.main([str(folder)]) == 2


@pytest.mark.parametrize("name", ["bundle.json", "election.json", "tally.json", "ballots.ndjson"])
@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"{} ", b"[", b"nul", b"1.5", b"1e9", b"NaN", b"Infinity", b"-Infinity", b"{}{}",
        b'{"a":1,"a":1}', b'{"a": 1}', b'{"b":1,"a":1}', b'"\\ud800"', b'"\xff"', "\"é\"".encode(),
        b"[" * 100_000, b"[" * 200 + b"]" * 200, b'{"a":' * 5_000, b"9" * 5_000, b"true", b"[[]]",
        b"\xef\xbb\xbf{}", b"\0",
    ],
)  # fmt: skip
def test_text_that_is_no_canonical_json_is_refused(name, text):
    files = build(draft()).files()
    end = b"\n" if name == "ballots.ndjson" else b""
    assert examine(sealed({**files, name: text + end}) | ({name: text} if not end else {}))[0] == 2


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("projects.csv", b"\xff\xfe"),
        ("projects.csv", b'a,"b'),
        ("lane-0.pb", b"\xff"),
        ("lane-0.pb", b""),
        ("lane-0.pb", b"PROJECTS\nMETA\n"),
        ("lane-0.pb", b"META\nkey;value\nPROJECTS\nproject_id;cost\nVOTES\nvoter_id\n"),
        (
            "lane-0.pb",
            b"META\nkey;value\na;b\na;b\nPROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\n",
        ),
        ("ballots.ndjson", b'{"choices":[],"voters":1}'),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(name, data):
    assert examine(sealed({**build(draft()).files(), name: data}))[0] == 2


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"ballots": [([[9, 1]], 1)]}, "only items"),
        ({"ballots": [([[0, 1], [0, 1]], 1)]}, "each item once"),
        ({"ballots": [([[0, 2]], 1)]}, "a vote of the format approval"),
        ({"ballots": [([[0, 1], [1, 1]], 1)], "max_choices": 1}, "at most 1 items"),
        ({"ballots": [([[0, 1], [3, 1]], 1)], "format": "KNAPSACK"}, "fit its budget"),
        ({"ballots": [([[0, 1], [1, 3]], 1)], "format": "RANKING"}, "format ranking"),
        ({"ballots": [([[0, -1]], 1)], "format": "SCORING"}, "format scoring"),
        ({"ballots": [([[0, 1]], 0)]}, "at least one voter"),
        ({"ballots": [([[0, 1]], 1), ([[0, 1]], 1)]}, "distinct ballots"),
        ({"roll": 9}, "at most 9 ballots"),
    ],
)
def test_a_ballot_that_could_not_be_cast_is_named(changes, line):
    good = build(draft())
    bad = draft(**changes)
    good.frozen = frozen_form(bad)
    good.ballots = [{"choices": choices, "voters": voters} for choices, voters in bad.ballots]
    good.ballots.sort(key=lambda found: canonical(found["choices"]))
    good.reseal()
    status, report = examine(good.files())
    assert status == 1
    assert [d.expected for d in report.differences if line in d.expected]
    assert report.left_out


def test_ballots_out_of_order_are_named():
    bundle = build(draft())
    bundle.ballots.reverse()
    assert examine(bundle.files())[0] == 1


def test_a_lane_file_too_many_or_too_few_is_named():
    files = build(draft()).files()
    status, report = examine(sealed({**files, "lane-7.pb": files["lane-0.pb"]}))
    assert (status, report.differences[0].file) == (1, "lane-7.pb")
    del files["lane-1.pb"]
    status, report = examine(sealed(files))
    assert (status, report.differences[0].file) == (1, "lane-1.pb")


def test_a_tally_too_many_or_too_few_is_named():
    bundle = build(draft())
    bundle.tally.append(bundle.tally[0])
    assert examine(bundle.files())[1].differences[0].path == "[6]"
    bundle.tally[:] = bundle.tally[1:-1]
    assert examine(bundle.files())[1].differences[0].path == "lane 0"


def test_a_count_by_another_tie_break_than_the_seed_is_named():
    bundle = build(draft(seed="beef"))
    assert examine(bundle.files())[1].differences[0].path == "frozen.parameters.tie_break"
