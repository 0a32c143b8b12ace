"""Runs the embedded services until its input ends, for the tests that kill things.

A process of its own, because the servers end with whoever started them.
"""

import json
import sys
from pathlib import Path

from config import services
from config.preflight import Problem


def main(base: str, ephemeral: str, system_state: str) -> None:
    """Start the services, tell what they are on one line, stop when asked."""
    services.SYSTEM_STATE = Path(system_state)
    try:
        with services.Services(Path(base), ephemeral == "ephemeral") as running:
            postgres, valkey = running.postgres, running.valkey
            about = {
                "environ": running.environ(),
                "test_environ": running.environ(test=True),
                "data": str(running.data),
                "postgres": postgres.pid if postgres else 0,
                "valkey": valkey.pid if valkey else 0,
            }
            sys.stdout.write(json.dumps(about) + "\n")
            sys.stdout.flush()
            sys.stdin.read()
    except Problem as problem:
        sys.stdout.write(json.dumps({"problem": str(problem)}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
