"""The demo as a newcomer runs it: up, used, stopped, up again with what was done, and honest when hurt.

It runs in a copy of the checkout, so that a demo of the person who runs the tests is left alone.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import IO, cast

import pytest

from config.preflight import ROOT
from tests.config.test_entrypoint import free_port
from tests.config.test_services import wait_gone

NOT_COPIED = (".*", "var", "node_modules", "__pycache__")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


class Demo:
    """A running demo with what it has printed so far."""

    def __init__(self, folder, port):
        self.port = port
        self.said = ""
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.demo"],
            cwd=folder,
            env={**kept, "HOST": "127.0.0.1", "PORT": port},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._output = cast("IO[str]", self.process.stdout)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._output:
            self.said += line

    def wait_up(self, seconds=150):
        deadline = time.monotonic() + seconds
        while "Ctrl-C stops it" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.1)
        return self

    def ended(self, seconds=60):
        """Return the exit status of a demo that was asked to end, or hurt."""
        self.process.wait(seconds)
        self._reader.join()
        self._output.close()
        return self.process.returncode

    def children(self):
        """Return the process numbers and command lines of everything below the demo."""
        parents = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(status.parent.name)] = int(
                    status.read_text().rpartition(")")[2].split()[1]
                )
            except OSError:
                continue  # it ended while we looked
        found, layer = set(), {self.process.pid}
        while layer:
            layer = {pid for pid, parent in parents.items() if parent in layer}
            found |= layer
        return {pid: Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in found}


@pytest.fixture(scope="module")
def checkout():
    # Not below pytest's own folder, which the account that runs PostgreSQL for root cannot enter.
    folder = Path(tempfile.mkdtemp(prefix="cp-demo-"))
    folder.chmod(0o755)
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED), dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_the_demo_starts_stops_and_goes_on(checkout):
    port = free_port()
    first = Demo(checkout, port).wait_up()
    assert f"http://localhost:{port}/" in first.said
    page = urllib.request.urlopen(f"http://localhost:{port}/", timeout=20)
    assert page.status == 200
    style = urllib.request.urlopen(f"http://localhost:{port}/static/admin/css/base.css", timeout=20)
    assert style.status == 200
    key = (checkout / "var" / "secret-key").read_text()
    assert (checkout / "var" / "secret-key").stat().st_mode & 0o077 == 0
    assert (checkout / "var" / "demo.env").stat().st_mode & 0o077 == 0

    second = Demo(checkout, free_port())
    assert second.ended() == 1
    assert "already running" in second.said
    assert f"http://127.0.0.1:{port}/" in second.said

    below = first.children()
    for program in ("postgres", "valkey-server", "gunicorn", "worker", "beat"):
        assert any(program in line for line in below.values()), program
    first.process.send_signal(signal.SIGTERM)
    assert first.ended() == 0, first.said
    assert wait_gone(*below)
    assert not (checkout / "var" / "demo.env").exists()

    again = Demo(checkout, port)
    again.wait_up(30)
    assert (checkout / "var" / "secret-key").read_text() == key
    below = again.children()
    again.process.send_signal(signal.SIGINT)
    assert again.ended() == 0, again.said
    assert wait_gone(*below)


def test_a_process_that_dies_stops_the_rest_and_says_why(checkout):
    demo = Demo(checkout, free_port()).wait_up()
    below = demo.children()
    os.kill(next(pid for pid, line in below.items() if "\0beat\0" in line), signal.SIGKILL)
    assert demo.ended() == 1
    assert "the beat process ended" in demo.said
    assert wait_gone(*below)


def test_a_killed_demo_leaves_no_process_and_starts_again(checkout):
    demo = Demo(checkout, free_port()).wait_up()
    below = demo.children()
    demo.process.kill()
    demo.ended()
    assert wait_gone(*below)

    again = Demo(checkout, free_port()).wait_up()
    again.process.send_signal(signal.SIGTERM)
    assert again.ended() == 0, again.said


def test_a_taken_port_is_said_before_anything_starts(checkout):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        demo = Demo(checkout, str(listener.getsockname()[1]))
        assert demo.ended() == 1
    assert "is taken by another program" in demo.said
    assert "PostgreSQL" not in demo.said
