"""The installation: what stops it is said in one sentence, and what is done is not done again."""

import ast
import os
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from config import bootstrap, preflight
from config.preflight import ROOT, Problem
from config.reset import reset

OLD_PYTHONS_READ = ("bootstrap.py", "preflight.py", "reset.py")
LOCK_FILES = sorted(ROOT.glob("requirements*.lock"))


@pytest.fixture
def closed_port():
    """A loopback port where nothing listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An empty checkout for the bootstrap to work in."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VAR", tmp_path / "var")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    (tmp_path / "var").mkdir()
    return tmp_path


def write_locks(checkout):
    """Write lock files of which the second is part of the first."""
    (checkout / "requirements-dev.lock").write_text("six==1\nruff==1\n")
    (checkout / "requirements-embedded.lock").write_text("six==1\n")


def pip_asks(monkeypatch, url):
    """Point pip at one registry, whatever the machine has set up."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", url)


@pytest.mark.parametrize("name", OLD_PYTHONS_READ)
def test_an_old_python_can_read_the_file_that_tells_it_so(name):
    tree = ast.parse((ROOT / "config" / name).read_text(), feature_version=(3, 6))
    imported = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {
        node.module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert "__future__" not in imported  # Python 3.6 has no annotations to import from there
    assert imported <= set(sys.stdlib_module_names) | {"config"}


def test_an_old_python_is_named_and_told_what_to_do():
    with pytest.raises(
        Problem, match=r"3\.11 or newer is needed, and this is Python 3\.9\.2.*make"
    ):
        preflight.require_python((3, 9, 2))
    preflight.require_python((3, 11, 0))
    preflight.require_python((4, 0, 0))


def test_a_newer_python_beside_an_old_one_is_found_when_it_works(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert preflight.newer_python() is None
    for name, status in (("python3.13", 1), ("python3.12", 0)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    assert preflight.newer_python() == str(tmp_path / "python3.12")


def test_a_python_without_venv_is_told_the_package(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Problem, match="apt-get install python3-venv"):
        preflight.require_venv()


def test_a_full_disk_is_noticed_before_it_is_full(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**10, 9 * 10**9, 10**9))
    with pytest.raises(Problem, match=r"1\.0 GB free.*needs 2 GB"):
        preflight.require_disk()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**10, 0, 10**10))
    preflight.require_disk()


def test_a_taken_port_is_said_with_one_that_may_be_free():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(Problem, match=rf"port {port} is taken.*make demo PORT={port + 1}"):
            preflight.require_port("127.0.0.1", str(port))


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", ""])
def test_what_is_no_port_is_refused(port):
    with pytest.raises(Problem, match="from 1 to 65535"):
        preflight.require_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(Problem, match=r"192\.0\.2\.1"):
        preflight.require_port("192.0.2.1", "8000")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_somebody_elses_checkout_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(Problem, match="cannot be written by this user"):
        preflight.require_writable(tmp_path)


def test_no_registry_is_said_as_that(checkout, monkeypatch, closed_port):
    pip_asks(monkeypatch, f"http://127.0.0.1:{closed_port}/simple")
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    (checkout / ".venv").mkdir()
    wanted = "commonpurse-not-there==1.0 --hash=sha256:" + "0" * 64
    (checkout / "requirements-embedded.lock").write_text(wanted + "\n")

    with pytest.raises(Problem, match=r"pip could not reach its package registry.*same command"):
        bootstrap.install_python_packages("demo")

    assert not (checkout / ".venv" / "locked").exists()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code ENOSPC", "the disk is full"),
        ("npm error code ECONNREFUSED", "could not reach its package registry"),
        ("npm error code ENOTFOUND", "could not reach its package registry"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM", "not the one this version was locked to"),
        ("npm error code EINTEGRITY", "not the one this version was locked to"),
        ("ERROR: No matching distribution found for x==1", "lacks a package"),
        ("something nobody has seen before", "something nobody has seen before"),
    ],
)
def test_what_pip_and_npm_say_becomes_a_sentence(output, sentence, tmp_path):
    assert sentence in bootstrap.explain(output, tmp_path / "npm.log")


def test_a_broken_or_moved_virtual_environment_is_made_anew(checkout, monkeypatch):
    broken = checkout / ".venv" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert not bootstrap.venv_works()

    bootstrap.make_venv()

    assert bootstrap.venv_works()
    made_at = broken.parent.stat().st_mtime_ns
    bootstrap.make_venv()
    assert broken.parent.stat().st_mtime_ns == made_at

    (checkout / ".venv").rename(checkout / "moved")
    monkeypatch.setattr(bootstrap, "PYTHON", checkout / "moved" / "bin" / "python")
    assert not bootstrap.venv_works()


def test_packages_are_installed_once_and_again_when_the_lock_changes(checkout, monkeypatch):
    installed = []
    monkeypatch.setattr(bootstrap, "run_logged", lambda command, *rest: installed.append(command))
    (checkout / ".venv").mkdir()
    write_locks(checkout)

    bootstrap.install_python_packages("dev")
    bootstrap.install_python_packages("dev")
    bootstrap.install_python_packages("demo")  # the tests' packages hold the demo's
    assert len(installed) == 1
    assert {"--require-hashes", "--no-deps"} <= set(installed[0])

    (checkout / "requirements-embedded.lock").write_text("six==2\n")
    bootstrap.install_python_packages("demo")
    bootstrap.install_python_packages("dev")  # what the demo installed may not be the tests'
    assert len(installed) == 3


def test_an_interrupted_installation_is_not_taken_for_a_whole_one(checkout, monkeypatch):
    (checkout / ".venv").mkdir()
    write_locks(checkout)
    monkeypatch.setattr(bootstrap, "run_logged", lambda *anything: None)
    bootstrap.install_python_packages("demo")

    def fails(*anything):
        raise Problem("the disk is full")

    monkeypatch.setattr(bootstrap, "run_logged", fails)
    with pytest.raises(Problem):
        bootstrap.install_python_packages("dev")
    assert bootstrap.read_stamp(checkout / ".venv" / "locked") == []


def test_front_end_packages_are_installed_once(checkout, monkeypatch):
    installed = []
    monkeypatch.setattr(bootstrap, "run_logged", lambda command, *rest: installed.append(command))
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (checkout / name).write_text("{}")
    bootstrap.install_node_packages()
    bootstrap.install_node_packages()
    assert len(installed) == 1
    (checkout / "package-lock.json").write_text("{ }")
    bootstrap.install_node_packages()
    assert len(installed) == 2


@pytest.mark.parametrize("lock", LOCK_FILES, ids=lambda path: path.name)
def test_lock_files_name_hashes_and_no_registry(lock):
    text = lock.read_text()
    packages = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert packages
    assert all("==" in line for line in packages)
    assert text.count("--hash=sha256:") >= len(packages)
    for word in ("http", "file:", "--index", "--extra-index", "--find-links"):
        assert word not in text


def test_the_front_end_lock_names_hashes_and_no_registry():
    text = (ROOT / "package-lock.json").read_text()
    assert '"integrity"' in text
    assert '"resolved"' not in text


def test_the_smaller_lock_files_are_part_of_the_larger():
    def pins(name):
        lines = (ROOT / name).read_text().splitlines()
        return {line.rstrip("\\ ") for line in lines if line and not line.startswith(" ")}

    assert len(LOCK_FILES) == 4
    assert pins("requirements.lock") < pins("requirements-embedded.lock")
    assert pins("requirements-embedded.lock") < pins("requirements-dev.lock")


def test_the_peer_is_locked_apart_and_without_its_proprietary_solver():
    peers = (ROOT / "requirements-bench.lock").read_text()
    assert "pabutools==" in peers
    assert "gurobipy" not in peers
    others = [lock.read_text() for lock in LOCK_FILES if lock.name != "requirements-bench.lock"]
    assert not any("pabutools" in lock for lock in others)


def test_make_alone_lists_the_targets():
    answer = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    for target in ("demo", "test", "check", "lint", "types", "messages", "bench", "reset"):
        assert f"make {target} " in answer.stdout


def test_a_reset_takes_the_keys_of_elections_with_the_elections(tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "require_not_running", lambda base: None)
    kept = tmp_path / "secret-key"
    kept.write_text("kept")
    for name in ("keys", "mail", "log"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a file").write_text("")
    reset(tmp_path)
    assert list(tmp_path.iterdir()) == [kept]
