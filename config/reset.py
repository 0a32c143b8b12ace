"""Deletes the demo's data, after saying what: the next demo begins anew. Standard library only."""

import shutil
import sys
from pathlib import Path

from config import preflight
from config.preflight import VAR, Problem, say

# Everything the site has written. The installed packages and the secret key stay.
DATA = ("services", "keys", "media", "board", "mail", "beat", "log", "demo.env", "people.txt")


def elsewhere(base: Path) -> "list[Path]":
    """Return the folder root's servers keep their data in when they cannot reach the checkout."""
    pointer = base / "data-lies-in"
    if not pointer.exists():
        return []
    folder = Path(pointer.read_text().strip())
    return [folder] if folder.parent == Path("/var/lib/commonpurse") else []


def reset(var: Path = VAR) -> None:
    """Delete what the demo has kept, unless it is running."""
    preflight.require_posix()
    preflight.require_not_running(var / "services")
    for path in [*elsewhere(var / "services"), *(var / name for name in DATA)]:
        if not path.exists():
            continue
        say(f"Deleting {path}")
        if path.is_dir():
            shutil.rmtree(str(path))
        else:
            path.unlink()
    say("Nothing of the demo's data is left. A database that DATABASE_URL names was not touched.")


def main() -> int:
    """Reset and return the exit status."""
    try:
        reset()
    except Problem as problem:
        return preflight.exit_with(problem)
    except OSError as error:
        return preflight.exit_with(Problem(f"{error.strerror}: {error.filename}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
