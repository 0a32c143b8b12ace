"""What make test does where no browser is installed: it says so, except on CI, where it fails."""

import os
import subprocess
import sys

import pytest

from config.preflight import ROOT
from config.testing import INSTALL_CHROMIUM

TESTS = """
import pytest

@pytest.mark.browser
def test_a_page(): pass

@pytest.mark.browser
def test_another_page(): pass

def test_without_a_browser(): pass
"""


@pytest.fixture
def run(tmp_path):
    """Run three tests, two of them for a browser, with an empty PATH."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    (tmp_path / "test_pages.py").write_text(TESTS)

    def start(ci):
        environment = {
            "PATH": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "CI": ci,
            # Named, so that no server is started for nothing.
            "DATABASE_URL": "postgres://me@db/none",
            "REDIS_URL": "redis://queue/0",
        }
        off = ("-p", "no:django", "-p", "no:cacheprovider", "-p", "no:xdist")
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "config.testing", *off],
            cwd=tmp_path,
            env={**environment, "HOME": os.environ.get("HOME", str(tmp_path))},
            capture_output=True,
            text=True,
        )

    return start


def test_browser_tests_are_left_out_and_the_last_line_says_so(run):
    done = run(ci="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 2 skipped" in done.stdout
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("2 browser tests were left out")
    assert last.endswith(INSTALL_CHROMIUM)


def test_on_ci_a_missing_browser_is_a_failure(run):
    done = run(ci="true")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 passed, 2 errors" in done.stdout
    assert INSTALL_CHROMIUM in done.stdout
