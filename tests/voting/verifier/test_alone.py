"""The verifier is one file that needs nothing but Python."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

from tests.voting.verifier.bundles import build
from tests.voting.verifier.test_bundle import draft
from voting.verifier import verify

FILE = Path(verify.__file__)


def test_it_imports_the_standard_library_and_nothing_else():
    names: set[str] = set()
    for node in ast.walk(ast.parse(FILE.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(node.module or "")
    assert "fractions" in names
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
    # Nothing that could open a connection, start a program or import by name.
    assert not names & {
        "socket",
        "ssl",
        "http",
        "urllib",
        "subprocess",
        "importlib",
        "ctypes",
        "os",
    }


def test_it_runs_alone_in_an_empty_folder(tmp_path):
    shutil.copy(FILE, tmp_path / "verify.py")
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    for name, data in build(draft()).files().items():
        (bundle / name).write_bytes(data)
    command = [sys.executable, "-I", "-S", "verify.py", "bundle"]
    done = subprocess.run(
        command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Everything that was checked agrees." in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle", "verify.py"]
