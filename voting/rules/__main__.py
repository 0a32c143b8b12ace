"""python -m voting.rules count FILE.pb, or rules: count an election again, anywhere.

Exit status 0 with the outcome, 2 with one sentence that says what is wrong, 130 when interrupted.
"""

import os
import sys
from collections.abc import Sequence

from voting.rules.cli import run, say

INTERRUPTED = 130
NOBODY_READS = 141  # as a shell tells of a program that a closed pipe ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status; never raises."""
    try:
        if sys.stdout is None:
            say(sys.stderr, "There is no output to write to.")
            return 2
        status = run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return NOBODY_READS
    except OSError as fault:
        _silence()
        say(sys.stderr, f"The outcome cannot be written: {fault.strerror}.")
        return 2
    return status


def _silence() -> None:
    """What is still to be flushed when Python ends goes nowhere instead of failing again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
