"""A copy of the tree in which a test may plant what the tools must catch."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.preflight import ROOT


class House:
    """The copied tree, and the real tools run in it with the real configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def planted(self, path: str, text: str) -> Iterator[Path]:
        """A file that goes on with ``text`` (or is made of it), and is as it was afterwards."""
        file = self.folder / path
        before = file.read_text() if file.exists() else None
        file.write_text((before or "") + text)
        try:
            yield file
        finally:
            if before is None:
                file.unlink()
            else:
                file.write_text(before)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the copy, as `make check` does."""
        return subprocess.run(
            [sys.executable, "-m", "config.offline", *command],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "400"},  # no line of a report is broken in two
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="package")
def house(tmp_path_factory) -> House:
    folder = tmp_path_factory.mktemp("house")
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).splitlines():
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / "tests").mkdir()
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return House(folder)
