"""The environment of the peer: its own, made from its own lock, under var/."""

import subprocess
import sys
from pathlib import Path

from config.bootstrap import Counter, Progress, digest, read_stamp, run_logged
from config.preflight import ROOT, VAR

LOCK = ROOT / "requirements-bench.lock"
FOLDER = VAR / "bench" / "venv"


def python() -> Path:
    """The Python in which pabutools can be imported, installed if need be.

    Raises config.preflight.Problem where it cannot be installed.
    """
    found, stamp = FOLDER / "bin" / "python", FOLDER / "locked"
    if digest(LOCK, sys.version) in read_stamp(stamp) and works(found):
        return found
    progress = Progress(f"pabutools from {LOCK.name}")
    log = VAR / "log"
    venv = [sys.executable, "-m", "venv", "--clear", str(FOLDER)]
    run_logged(venv, log / "bench-venv.log", progress, Counter())
    pip = [str(found), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"]
    pip += ["--disable-pip-version-check", "--progress-bar", "off", "-r", str(LOCK)]
    run_logged(pip, log / "bench-pip.log", progress, Counter())
    stamp.write_text(digest(LOCK, sys.version))
    progress.done()
    return found


def works(interpreter: Path) -> bool:
    """Whether it starts at all; an upgraded system takes the ground from under an environment."""
    try:
        done = subprocess.run([str(interpreter), "-c", ""], check=False, capture_output=True)
    except OSError:
        return False
    return not done.returncode
