"""What stops a start before it begins, each as one sentence with what to do about it.

This file and bootstrap.py must parse on Python 3.6, or an old Python answers with a syntax error
instead of a sentence. So: no walrus, no match, and annotations of newer kinds only in quotes.
"""

import contextlib
import errno
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: said by require_posix
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
OLDEST_PYTHON = (3, 11)
NEEDED_BYTES = 2 * 10**9


class Problem(Exception):
    """Something the person at the keyboard can put right; its text says how."""


def say(text: str) -> None:
    """Print one line of progress at once, also when output goes to a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def step(what: str) -> "Iterator[None]":
    """Say what is being done, and at its end how long it took."""
    began = time.monotonic()
    say(f"  {what} …")
    yield
    say(f"  {what}: done in {time.monotonic() - began:.1f} s")


def exit_with(problem: Problem) -> int:
    """Print the problem the way make's reader will look for it and return the exit status."""
    sys.stderr.write(f"\nStopped: {problem}\n")
    sys.stderr.flush()
    return 1


def require_posix() -> None:
    """Refuse a system without unix sockets and file locks."""
    if fcntl is None:
        raise Problem("Linux or macOS is needed; on Windows use WSL, where this works unchanged.")


def require_python(version: "tuple[int, ...]" = tuple(sys.version_info[:3])) -> None:
    """Refuse a Python that the lock files were not made for."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        raise Problem(
            "Python {}.{} or newer is needed, and this is Python {}. Install a newer one and "
            "name it: make demo PYTHON=python3.12".format(
                *OLDEST_PYTHON, ".".join(str(part) for part in version[:3])
            )
        )


def newer_python(names: "tuple[str, ...]" = ("3.14", "3.13", "3.12", "3.11")) -> "str | None":
    """Find a new enough Python beside an old `python3`, as Debian and macOS often have."""
    for name in names:
        found = shutil.which("python" + name)
        if found and subprocess.call([found, "-c", "import venv, ensurepip"]) == 0:
            return found
    return None


def require_venv() -> None:
    """Refuse a Python whose distribution split venv or ensurepip off."""
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise Problem(
            "this Python has no venv and ensurepip. On Debian or Ubuntu: "
            "sudo apt-get install python3-venv"
        )


def require_disk(folder: Path = ROOT, needed: int = NEEDED_BYTES) -> None:
    """Refuse to begin an installation that would fill the disk half way."""
    free = shutil.disk_usage(str(folder)).free
    if free < needed:
        raise Problem(
            f"{folder} has {free / 10**9:.1f} GB free, and the installation needs "
            f"{needed / 10**9:.0f} GB. Free some space, or move the checkout to another disk."
        )


def require_writable(folder: Path) -> None:
    """Refuse a checkout that belongs to somebody else."""
    if not os.access(str(folder), os.W_OK | os.X_OK):
        raise Problem(
            f"{folder} cannot be written by this user. Use a checkout of your own, or give "
            f"yourself the folder: sudo chown -R $USER {folder}"
        )


def require_port(host: str, port: str) -> None:
    """Refuse an address that the web server could not listen on."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Problem(f"PORT must be a number from 1 to 65535, not {port!r}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, int(port), type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except socket.gaierror as error:
        raise Problem(f"HOST {host!r} is not an address of this machine ({error}).") from error
    except OSError as error:
        raise Problem(_port_sentence(error, host, port)) from error


def _port_sentence(error: OSError, host: str, port: str) -> str:
    if error.errno == errno.EADDRINUSE:
        other = int(port) + 1 if int(port) < 65535 else 8000
        return (
            f"port {port} is taken by another program. "
            f"Stop that one, or take another port: make demo PORT={other}"
        )
    if error.errno == errno.EACCES:
        return f"this user may not listen on port {port}; take one above 1023: make demo PORT=8000"
    return f"the web server cannot listen on {host} port {port}: {error.strerror}."


class Lock:
    """A file lock that the kernel gives back however its holder dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1

    def take(self, wait: bool = False) -> bool:
        """Take the lock; False when somebody else has it and we do not wait."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(str(self.path), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            self.give_back()
            return False
        return True

    def note(self, text: str) -> None:
        """Leave a word for whoever finds the lock taken."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def give_back(self) -> None:
        """Release the lock; giving it back twice is harmless."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def require_not_running(base: Path = VAR / "services") -> None:
    """Refuse to touch the demo's data while a demo of this checkout uses it."""
    lock = Lock(base / "lock")
    if not lock.path.exists():
        return
    require_writable(base)
    if lock.take():
        lock.give_back()
        return
    raise Problem(already_running(lock.path))


def already_running(lock_path: Path) -> str:
    """Say who holds the lock, from the note they left in it."""
    who = lock_path.read_text().strip() or "its process is not known"
    return f"this checkout is already running ({who}). Stop that one first, with Ctrl-C."
