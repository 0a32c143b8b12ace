"""python -m voting.rules as a process of its own: rules, help, bytes and the ways it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.voting.rules.pb_files import pb
from voting.rules.table import RULES

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "voting.rules"]


def alone(*arguments, **environment):
    """The command in a process of its own, with nothing of this project set up."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        check=False,
    )


def test_a_terminal_without_unicode_gets_escapes(tmp_path):
    file = tmp_path / "election.pb"
    file.write_text(pb(["ż;10"], ["ż"]))
    done = alone("count", file, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"\\u017c" in done.stdout
    assert done.stderr == b""


def test_the_same_file_gives_the_same_bytes_in_every_process(tmp_path):
    file = tmp_path / "election.pb"
    file.write_text(pb(["ż;60", "b;40"], ["ż", "ż,b", "b"]))
    written = [
        alone("count", file, "--json", PYTHONHASHSEED=seed, PYTHONIOENCODING=encoding)
        for seed, encoding in (("1", "utf-8"), ("2", "ascii"), ("3", "utf-16"))
    ]
    assert [done.returncode for done in written] == [0, 0, 0]
    first, second = (done.stdout.split(b'"seconds"')[0] for done in written[:2])
    assert first == second
    assert first.isascii()


def test_a_large_file_is_counted(tmp_path):
    """Ballots that are known to be generated: p7 is on every ballot, so it comes first."""
    rows = (f"v{n};p7,p{n % 5},p{10 + n * n % 20}" for n in range(100_000))
    head = ["META", "key;value", "budget;5000", "vote_type;approval", "PROJECTS"]
    head += ["project_id;cost", *(f"p{n};{400 + n}" for n in range(30)), "VOTES", "voter_id;vote"]
    file = tmp_path / "large.pb"
    file.write_text("\n".join([*head, *rows, ""]))
    done = alone("count", file, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    document = json.loads(done.stdout)
    assert (document["voters"], document["winners"][0]) == (100_000, "p7")


def test_rules_lists_every_option_with_its_values_and_default(run):
    status, output, _errors = run("rules", "--json")
    assert status == 0
    rules = json.loads(output)["rules"]
    assert list(rules) == list(RULES)
    for name, rule in RULES.items():
        assert rules[name]["constraints"] == sorted(rule.constraints)
        assert set(rules[name]["options"]) == {*rule.options, "tie_break", "min_support"}
        for option, known in rule.options.items():
            entry = rules[name]["options"][option]
            assert (entry["values"], entry["default"]) == (list(known), known[0])


def test_rules_are_listed_for_a_person(run):
    status, output, _errors = run("rules")
    assert status == 0
    assert "  --completion none|greedy|add1|add1-greedy\n      default none\n" in output


@pytest.mark.parametrize("arguments", [["--help"], ["count", "--help"], ["rules", "-h"]])
def test_help_is_given(run, arguments):
    status, output, errors = run(*arguments)
    assert (status, errors) == (0, "")
    assert "usage: python -m voting.rules" in output


def test_a_reader_that_leaves_is_no_error():
    """The pipe is closed long before the first word is written."""
    process = subprocess.Popen(
        [*COMMAND, "rules", "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.close()
    process.stdout = None  # so that nobody reads it
    _output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "rules"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"The outcome cannot be written: No space left on device.\n"


def test_no_output_at_all_is_told():
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "rules"],  # noqa: S607 - every system has a shell on its path
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == b"There is no output to write to.\n"


def test_an_interruption_ends_quietly(tmp_path):
    """The file is a pipe nobody writes to, so that the command waits while it is interrupted."""
    pipe = tmp_path / "election.pb"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*COMMAND, "count", str(pipe)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    writer = os.open(pipe, os.O_WRONLY)  # returns when the command has begun to read
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    os.close(writer)
    assert (process.returncode, output, errors) == (130, b"", b"")
