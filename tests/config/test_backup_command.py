"""`make backup` and `make restore`: on which site they work, and what they refuse."""

import subprocess
import sys

import pytest

from config import backup, preflight
from config.preflight import ROOT, Problem


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "ROOT", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("DATABASE_URL=postgres://a@b/c", True),
        ("DATABASE_URL=", False),
        ("# DATABASE_URL=x", False),
    ],
)
def test_a_file_of_settings_names_a_database(checkout, line, names):
    assert backup.is_named() is False
    (checkout / ".env").write_text(f"SITE_URL=http://x\n{line}\n")
    assert backup.is_named() is names


def test_the_environment_names_a_database(checkout, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://a@b/c")
    assert backup.is_named() is True
    with backup.site() as settings:
        assert settings["DATABASE_URL"] == "postgres://a@b/c"


def test_a_demo_that_was_killed_is_not_taken_for_one_that_runs(tmp_path, monkeypatch):
    file = tmp_path / "demo.env"
    file.touch()
    monkeypatch.setattr(backup, "ENVIRONMENT_FILE", file)
    monkeypatch.setattr(preflight, "require_not_running", lambda: None)
    assert backup.is_demo_running() is False

    def running() -> None:
        raise Problem("it runs")

    monkeypatch.setattr(preflight, "require_not_running", running)
    assert backup.is_demo_running() is True


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "neither backup nor restore"),
        (["restore"], "say which backup: make restore FILE="),
        (["restore", "one.backup", "--replace"], "say which backup"),
    ],
)
def test_what_is_not_said_is_asked_for(arguments, said):
    ended = subprocess.run(
        [sys.executable, "-m", "config.backup", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert said in ended.stderr
