"""A deed in a process of its own, with its CPU time limited and its memory told. Standard library only.

Both sides of the comparison are run through this, in whichever Python they live.
"""

import json
import math
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Tell = Callable[[dict[str, Any]], None]

ENOUGH = 0.5  # CPU seconds; some systems count them in hundredths
_NO_LIMIT = 100_000


@dataclass(frozen=True)
class Run:
    """What the deed told, in its own words. is_over: it was ended at the limit."""

    told: list[dict[str, Any]]
    is_over: bool
    peak_bytes: int


def on_average(deed: Callable[[], object]) -> float:
    """CPU seconds of the deed, done as often as it takes to measure them."""
    deeds = 0
    began = now = time.process_time()
    while now - began < ENOUGH:
        deed()
        deeds += 1
        now = time.process_time()
    return (now - began) / deeds


def in_child(deed: Callable[[Tell], None], seconds: float = _NO_LIMIT) -> Run:
    """Do it in a fork, for at most so many seconds of CPU time.

    Raises ChildProcessError where the deed failed; why is then on standard error.
    """
    source, sink = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if not child:
        os.close(source)
        _act(deed, sink, math.ceil(seconds))
    os.close(sink)
    with os.fdopen(source, "rb") as lines:
        # A line that was cut by the limit tells nothing.
        told = [json.loads(line) for line in lines if line.endswith(b"\n")]
    _child, status, usage = os.wait4(child, 0)
    is_over = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
    if status and not is_over:
        raise ChildProcessError(f"the measured process ended with status {status}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(told, is_over, usage.ru_maxrss * unit)


def _act(deed: Callable[[Tell], None], sink: int, seconds: int) -> None:
    status = 1
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))

        def tell(message: dict[str, Any]) -> None:
            os.write(sink, json.dumps(message).encode() + b"\n")

        deed(tell)
        status = 0
    except BaseException:  # whatever it is, the fork must not go on as its parent would
        traceback.print_exc()
    finally:
        os._exit(status)
