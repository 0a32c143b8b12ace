"""Starting programs that end when we end, and ending those an earlier start left behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.preflight import Problem

SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)

# Loaded before any fork: loading a library between fork and exec can deadlock.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user a server runs as; nothing set means the user who starts it."""

    uid: int | None = None
    gid: int | None = None

    def options(self) -> dict[str, Any]:
        """Return what subprocess needs to become this user before the program starts."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, *folders: Path) -> None:
        """Create folders for this user and nobody else."""
        for folder in folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.uid is not None and self.gid is not None:
                os.chown(folder, self.uid, self.gid)
            folder.chmod(0o700)


def dies_with_us(death_signal: int) -> Callable[[], None] | None:
    """Return what a child runs first so that it gets the signal when we are killed.

    The kernel ties this to the thread that started the child, so start children from the main
    thread. Elsewhere than on Linux leftovers are ended at the next start.
    """
    if _libc is None:
        return None
    libc, parent = _libc, os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(SET_DEATH_SIGNAL, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # we were killed before the child could ask
            os._exit(1)

    return ask_the_kernel


def launch(
    command: Sequence[str],
    log: Path,
    *,
    cwd: Path | str = "/",
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches only us."""
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=env,
            start_new_session=True,
            preexec_fn=dies_with_us(death_signal),
            **(account or Account()).options(),
        )


def end(process: subprocess.Popen[bytes], ask: int, patience: float) -> bool:
    """Ask a process to end and insist after a while; True when asking was enough."""
    if process.poll() is None:
        process.send_signal(ask)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


def wait_until(ready: Callable[[], bool], seconds: float, failed: Callable[[], bool]) -> bool:
    """Poll until ready; False when it failed or took too long."""
    deadline = time.monotonic() + seconds
    pause = 0.01
    while time.monotonic() < deadline:
        if ready():
            return True
        if failed():
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.2)
    return False


def last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log, for a sentence about why something did not start."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def end_leftover(pid_file: Path, command_holds: str, ask: int, what: str) -> None:
    """End a server that outlived its starter and still uses the data we are about to open."""
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    if command_holds not in _command_of(pid):
        return
    os.kill(pid, ask)
    if not wait_until(lambda: command_holds not in _command_of(pid), 30, lambda: False):
        raise Problem(f"an earlier {what} (process {pid}) does not end; end it: kill {pid}")


def _command_of(pid: int) -> str:
    """Return the command line of a process, empty when there is no such process."""
    if Path("/proc/self/cmdline").exists():
        try:
            listing = Path(f"/proc/{pid}/cmdline").read_bytes()
            return listing.replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    asked = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True)  # noqa: S607
    return asked.stdout.decode(errors="replace")
