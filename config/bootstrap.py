"""Install what the demo or the tests need into .venv and node_modules: standard library only.

Run as `python3 -m config.bootstrap demo` or `dev`. Must parse on Python 3.6: see preflight.py.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from config import preflight
from config.preflight import ROOT, VAR, Problem, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {
    "demo": ("requirements-embedded.lock",),
    "tools": ("requirements-embedded.lock",),  # beside a demo that may be running
    "dev": ("requirements-dev.lock", "requirements-embedded.lock"),  # the first holds the second
}
# npm waits a minute and more between its attempts unless told otherwise.
NPM_PATIENCE = (
    "--fetch-retries=3",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
)
NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries exceeded|"
    r"Connection refused|name resolution|Network is unreachable|"
    r"ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET_TIMEOUT"
)


class Progress:
    """One moving line on a terminal; into a pipe, a new line now and then."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.began = time.monotonic()
        self._last = 0.0
        self._moving = sys.stdout.isatty()

    def at(self, how_far: str) -> None:
        """Show how far the step has come."""
        now = time.monotonic()
        if now - self._last < (0.2 if self._moving else 10):
            return
        self._last = now
        line = f"  {self.what}: {how_far}"
        if self._moving:
            sys.stdout.write("\r\x1b[K" + line[:100])
            sys.stdout.flush()
        else:
            say(line)

    def done(self, result: str = "done") -> None:
        """Close the line with how long the step took."""
        start = "\r\x1b[K" if self._moving else ""
        say(f"{start}  {self.what}: {result} in {time.monotonic() - self.began:.1f} s")


def digest(*parts: "str | bytes | Path") -> str:
    """Hash the contents of files and the text of everything else."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part
        total.update(content if isinstance(content, bytes) else content.encode())
        total.update(b"\0")
    return total.hexdigest()


def read_stamp(stamp: Path) -> "list[str]":
    """Return the digests of what was finished there, none if nothing was."""
    return stamp.read_text().split() if stamp.exists() else []


def run_logged(command: "list[str]", log: Path, progress: Progress, counter: "Counter") -> None:
    """Run a command with its output in a log file, showing how far it is; fail with a sentence."""
    log.parent.mkdir(parents=True, exist_ok=True)
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=str(ROOT),
            env=dict(os.environ, PATH=path),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            while process.poll() is None:
                progress.at(counter.how_far(log))
                time.sleep(0.1)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if process.returncode:
        raise Problem(explain(log.read_text(errors="replace"), log))


class Counter:
    """How far a command is, when it does not tell: how long it has been at it."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def how_far(self, log: Path) -> str:
        """Return the seconds so far."""
        return f"working for {time.monotonic() - self.began:.0f} s"


class PipCounter(Counter):
    """How many packages pip has fetched and then unpacked, of how many."""

    def __init__(self, lock: Path) -> None:
        super().__init__()
        self.total = len(re.findall(r"^[\w.\[\]-]+==", lock.read_text(), re.MULTILINE))
        self._before = self._installed()

    def _installed(self) -> int:
        return len(list(VENV.glob("lib/python*/site-packages/*.dist-info")))

    def how_far(self, log: Path) -> str:
        """Return the number of packages fetched or installed so far."""
        text = log.read_text(errors="replace")
        fetched = len(re.findall(r"^(?:Collecting |Requirement already)", text, re.MULTILINE))
        if "Installing collected packages" not in text:
            return f"{fetched} of {self.total} packages fetched"
        return f"{self._installed() - self._before} of up to {self.total} packages unpacked"


def explain(output: str, log: Path) -> str:
    """Turn the output of pip or npm into one sentence about what went wrong and what to do."""
    tool = log.stem
    tail = "\n".join(output.strip().splitlines()[-8:])
    if "No space left on device" in output or "ENOSPC" in output:
        return f"the disk is full ({tool} said so). Free about 2 GB and run the same command again."
    if NETWORK.search(output):
        return (
            f"{tool} could not reach its package registry. Check the network and the proxy or "
            f"mirror {tool} is set up to use, then run the same command again: it goes on "
            f"where it stopped. {tool}'s own words are in {log}."
        )
    if "DO NOT MATCH THE HASHES" in output or "EINTEGRITY" in output:
        return (
            f"{tool} got a package that is not the one this version was locked to, and refused "
            f"it. Clear its cache ({tool} cache) and try again; details in {log}."
        )
    if "No matching distribution found" in output:
        return f"the package registry pip is set up to use lacks a package:\n{tail}"
    return f"the step {tool} failed. The end of {log}:\n{tail}"


def venv_works() -> bool:
    """Tell whether .venv is ours: whole, in its place, and of this very Python."""
    code = "import sys, pip; print(sys.prefix, sys.version)"
    try:
        found = subprocess.check_output([str(PYTHON), "-c", code], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return False
    return found.decode().strip() == f"{VENV} {sys.version}"


def make_venv() -> None:
    """Create .venv, or create it again when another Python made it or it is broken."""
    if venv_works():
        return
    progress = Progress("virtual environment .venv")
    if VENV.is_symlink() or VENV.is_file():
        raise Problem(f"{VENV} is not a folder; move it away and run the same command again.")
    if VENV.exists():
        shutil.rmtree(str(VENV))
    preflight.require_venv()
    # --copies is not used: a moved or upgraded Python is then noticed by venv_works.
    command = [sys.executable, "-m", "venv", str(VENV)]
    run_logged(command, VAR / "log" / "venv.log", progress, Counter())
    progress.done()


def install_python_packages(kind: str) -> None:
    """Install the lock file of this kind with pip, only what its hashes allow."""
    locks = [ROOT / name for name in LOCKS[kind]]
    stamp = VENV / "locked"
    digests = [digest(lock) for lock in locks]
    if digests[0] in read_stamp(stamp):
        return
    progress = Progress(f"Python packages from {locks[0].name}")
    if stamp.exists():
        stamp.unlink()
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    # The lock is complete, so nothing is left to resolve; compiling is left to first use, which
    # compiles the tenth that is used.
    command += ["--no-compile", "--disable-pip-version-check", "--no-input", "--retries", "3"]
    command += ["--progress-bar", "off", "--no-warn-script-location", "-r", str(locks[0])]
    run_logged(command, VAR / "log" / "pip.log", progress, PipCounter(locks[0]))
    stamp.write_text("\n".join(digests))
    progress.done()


def install_node_packages() -> None:
    """Install the front-end packages with the npm that came as a Python package."""
    folder = ROOT / "node_modules"
    stamp = folder / ".locked"
    key = digest(ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
    if key in read_stamp(stamp):
        return
    progress = Progress("front-end packages from package-lock.json")
    command = [str(VENV / "bin" / "npm"), "ci", "--no-progress", *NPM_PATIENCE]
    run_logged(command, VAR / "log" / "npm.log", progress, Counter())
    folder.mkdir(exist_ok=True)
    stamp.write_text(key)
    progress.done()


def compile_messages() -> None:
    """Compile the message catalogues, so that the first page is in the reader's language."""
    catalogues = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
    stamp = VAR / "messages.stamp"
    key = digest(*catalogues, *(str(path.relative_to(ROOT)) for path in catalogues))
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues)
    if not catalogues or (compiled and key in read_stamp(stamp)):
        return
    progress = Progress("message catalogues")
    command = [str(PYTHON), "-m", "config.offline", "manage.py", "messages", "--compile"]
    run_logged(command, VAR / "log" / "messages.log", progress, Counter())
    stamp.write_text(key)
    progress.done(f"{len(catalogues)} compiled")


def unfinished(kind: str) -> bool:
    """Tell whether anything big is still to be installed."""
    lock, front_end = ROOT / LOCKS[kind][0], ROOT / "node_modules" / ".locked"
    return digest(lock) not in read_stamp(VENV / "locked") or not front_end.exists()


def bootstrap(kind: str) -> None:
    """Bring .venv and node_modules to what the lock files say; costs nothing when they are."""
    preflight.require_posix()
    preflight.require_writable(ROOT)
    if kind == "demo":
        preflight.require_not_running()
        preflight.require_port(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))
    VAR.mkdir(exist_ok=True)
    preflight.require_writable(VAR)
    if unfinished(kind):
        preflight.require_disk()
        say("Installing what is missing; this is done once.")
    lock = preflight.Lock(VAR / "bootstrap.lock")
    if not lock.take():
        say("  another command is installing in this checkout; waiting for it")
        lock.take(wait=True)
    try:
        make_venv()
        install_python_packages(kind)
        install_node_packages()
        compile_messages()
    finally:
        lock.give_back()


def main(arguments: "list[str]") -> int:
    """Install for `demo` or `dev` and return the exit status."""
    try:
        if sys.version_info < preflight.OLDEST_PYTHON:
            newer = preflight.newer_python()
            if newer:
                os.execv(newer, [newer, "-m", "config.bootstrap", *arguments])  # noqa: S606
        preflight.require_python()
        bootstrap(arguments[0])
    except Problem as problem:
        return preflight.exit_with(problem)
    except OSError as error:
        return preflight.exit_with(Problem(f"{error.strerror}: {error.filename}"))
    except KeyboardInterrupt:
        return preflight.exit_with(Problem("interrupted; the same command goes on from here."))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
