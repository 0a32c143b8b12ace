"""python -m allocation.formula FILE.json --json"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from allocation.formula.__main__ import main

INPUT = Path(__file__).parent / "data" / "eight_regions.json"


@pytest.fixture
def document():
    return json.loads(INPUT.read_text())


@pytest.fixture
def run(tmp_path, capsys):
    """The exit status and what is written, read as JSON."""

    def run(content):
        file = tmp_path / "input.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        status = main([str(file), "--json"])
        return status, json.loads(capsys.readouterr().out)

    return run


def alone(*arguments, seed):
    """The command in a process of its own, with nothing of this project set up."""
    return subprocess.run(
        [sys.executable, "-m", "allocation.formula", *arguments],
        cwd=Path(__file__).parents[3],
        env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": seed},
        capture_output=True,
        check=False,
    )


def test_the_same_input_gives_the_same_bytes_in_every_process():
    first, second = (alone(str(INPUT), "--json", seed=seed) for seed in ("1", "2"))
    assert first.returncode == second.returncode == 0
    assert first.stdout == second.stdout
    result = json.loads(first.stdout)
    assert result["format"] == "apportionment-result/1"
    assert sum(result["allocations"].values()) == 1_600_000_000
    assert result["south_earmarks"]["MENA"] == 56_260_000


def test_a_refusal_has_the_exit_status_2_and_its_reason_in_json(tmp_path, document):
    document["formula"]["south_floor"] = "0.49"
    file = tmp_path / "input.json"
    file.write_text(json.dumps(document))
    done = alone(str(file), "--json", seed="1")
    assert (done.returncode, done.stderr) == (2, b"")
    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["field"], error["value"]) == (
        "BAD_FORMULA",
        "south_floor",
        "0.49",
    )
    assert error["message"] == "south_floor must be from 0.5 to 1; it is 0.49."


def test_a_refusal_says_what_would_work(run, document):
    document["formula"].update({"down": "0", "step": 0})
    document["pool"] = 1_444_000_000
    status, written = run(document)
    assert status == 2
    assert written["error"]["code"] == "BOUNDS_CONFLICT"
    assert written["error"]["hub"] == "NWE"
    assert written["error"]["remedies"] == {"down": "0.1043", "max_share": "0.2791"}


def test_the_order_of_hubs_and_names_changes_no_byte(run, document):
    expected = run(document)
    document["hubs"].reverse()
    turned = {name: document[name] for name in reversed(document)}
    turned["formula"] = dict(reversed(document["formula"].items()))
    turned["formula"]["beta"] = dict(reversed(document["formula"]["beta"].items()))
    assert run(turned) == expected


@pytest.mark.parametrize(
    "content",
    ["", "{", '{"pool": 1, "pool": 2}', "[" * 100_000, '{"pool": ' + "9" * 5000 + "}"],
    ids=["empty", "cut short", "a name twice", "deep", "a number without end"],
)
def test_what_is_no_json_is_refused(run, content):
    status, written = run(content)
    assert status == 2
    assert (written["error"]["code"], written["error"]["field"]) == ("BAD_FORMULA", "file")


def test_a_file_that_is_not_there_is_refused(tmp_path, capsys):
    assert main([str(tmp_path / "nothing.json"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["field"] == "file"


def test_a_file_in_another_encoding_is_refused(tmp_path, capsys):
    file = tmp_path / "input.json"
    file.write_bytes(b'{"format": "\xe6"}')
    assert main([str(file), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["field"] == "file"


def test_without_json_a_person_reads_a_table_or_a_sentence(tmp_path, capsys, document):
    assert main([str(INPUT)]) == 0
    assert "MENA    58000000       56260000\n" in capsys.readouterr().out
    file = tmp_path / "input.json"
    file.write_text(json.dumps({**document, "pool": 0}))
    assert main([str(file)]) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("BAD_FORMULA: pool must be a whole number")
