"""`make backup` and `make restore`: on the site the environment names, else on the demo's own servers.

`python -m config.backup backup` or `restore FILE.backup FILE.keys [--replace] [--without-keys]`.
Where PostgreSQL runs already, `manage.py backup` and `manage.py restore` are the same.
"""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from config import preflight
from config.demo import ENVIRONMENT_FILE, Stopped, environment, stop_on_signals
from config.preflight import ROOT, VAR, Problem, say
from config.services import Services

COMMANDS = ("backup", "restore")


@contextlib.contextmanager
def site() -> Iterator[dict[str, str]]:
    """The environment of a site whose database answers; the demo's is started where none is named."""
    if is_named() or is_demo_running():
        yield dict(os.environ)
        return
    say("No site is running and none is named: the demo's own database is started for this.")
    ENVIRONMENT_FILE.unlink(missing_ok=True)  # of a demo that was killed
    with Services() as services:
        services.note(f"process {os.getpid()}, a backup or restore")
        yield environment("127.0.0.1", "8000", services)


def is_named() -> bool:
    """Whether the environment, or the .env file beside the code, says where the database is."""
    if os.environ.get("DATABASE_URL"):
        return True
    file = ROOT / ".env"
    return file.exists() and bool(
        re.search(r"^\s*(export )?DATABASE_URL\s*=\s*\S", file.read_text(), re.M)
    )


def is_demo_running() -> bool:
    """Whether a demo of this checkout has its servers up, and says where in its file of settings."""
    try:
        preflight.require_not_running()
    except Problem:
        return ENVIRONMENT_FILE.exists()
    return False


def run(command: str, arguments: list[str]) -> int:
    """Run the command of manage.py on the site; returns its exit status."""
    if command not in COMMANDS:
        raise Problem(f"{command!r} is neither backup nor restore.")
    if command == "restore" and len([word for word in arguments if word[:2] != "--"]) != 2:
        raise Problem(
            "say which backup: make restore FILE=…/commonpurse-….backup KEYS=…/commonpurse-….keys"
        )
    paths = [str(Path(word).absolute()) if word[:2] != "--" else word for word in arguments]
    (VAR / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is not
    with site() as settings:
        manage = [sys.executable, str(ROOT / "manage.py"), command, *paths]
        return subprocess.run(manage, cwd=ROOT, env=settings).returncode


def main(arguments: list[str]) -> int:
    """Do what the first argument names and return the exit status."""
    stop_on_signals()
    os.umask(0o077)
    try:
        return run(arguments[0] if arguments else "nothing", arguments[1:])
    except Stopped:
        say("\nStopped. What was not finished was not kept.")
        return 1
    except Problem as problem:
        return preflight.exit_with(problem)
    except OSError as error:
        return preflight.exit_with(Problem(f"{error.strerror}: {error.filename}"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
