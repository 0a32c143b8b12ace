"""What the demo says when it is up, and which file it was given."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from config.demo import chosen_election, environment, welcome

SERVICES = cast(Any, SimpleNamespace(data="/d", base="/d", environ=dict))


@pytest.mark.parametrize("given", [{}, {"ELECTION": ""}, {"ELECTION": "  "}])
def test_no_file_is_no_election(given):
    assert chosen_election(given) == []


def test_a_file_is_found_from_where_make_was_called(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert chosen_election({"ELECTION": "city.pb"}) == [str(tmp_path / "city.pb")]
    assert chosen_election({"ELECTION": "~/city.pb"}) == [str(Path.home() / "city.pb")]


def test_it_says_where_it_is_what_it_shows_and_how_to_end_it(capsys):
    settings = {"SITE_URL": "http://localhost:8000", "HOST": "127.0.0.1"}
    welcome(settings, "It shows a movement.\nStart at /tour/\n", SERVICES, 12.3)
    said = capsys.readouterr().out.strip().splitlines()
    assert said[:4] == [
        "Commonpurse is running: http://localhost:8000/   (use this name, not 127.0.0.1: passkeys refuse addresses)",
        "It shows a movement.",
        "Start at /tour/",
        "Ctrl-C stops it; `make demo` again continues where you were; `make reset` starts over.",
    ]
    assert said[5].startswith("Up in 12 s. Data: /d")


def test_on_other_machines_it_warns_and_names_no_passkeys(capsys):
    welcome({"SITE_URL": "http://box:8000", "HOST": "0.0.0.0"}, "", SERVICES, 1)  # noqa: S104
    said = capsys.readouterr().out
    assert "passkeys" not in said
    assert "Anyone who reaches this machine can sign in as anyone" in said


def test_the_demo_keeps_its_keys_where_reset_finds_them(monkeypatch):
    monkeypatch.setenv("KEYS_DIR", "/somewhere/else")
    assert environment("127.0.0.1", "8000", SERVICES)["KEYS_DIR"] == ""
