"""pabutools on one election: run in its own environment by `tests.benchmarks`, which reads its lines.

python -m tests.benchmarks.peer FILE, then a line {"cell", "merged", "seconds"} for each measurement.
Exact rationals (gmpy2), ties by project id. Nothing but a benchmark may import pabutools.
"""

import gc
import json
import sys
import time
from pathlib import Path
from typing import Any

from pabutools import fractions
from pabutools.election import (
    Additive_Borda_Sat,
    Additive_Cardinal_Sat,
    Cardinality_Sat,
    Cost_Sat,
    Instance,
    parse_pabulib,
)
from pabutools.rules import (
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)

from tests.benchmarks.cells import BY_NAME, Cell
from tests.benchmarks.forked import ENOUGH, Tell, in_child, on_average

CARDINALITY = {
    "ordinal": Additive_Borda_Sat,
    "cumulative": Additive_Cardinal_Sat,
    "scoring": Additive_Cardinal_Sat,
}


class Election:
    """The file as pabutools reads it, and what reading and merging took."""

    def __init__(self, path: str) -> None:
        began = time.process_time()
        self.instance, self.plain = parse_pabulib(path)
        self.read = time.process_time() - began
        self.vote_type = self.instance.meta["vote_type"]
        began = time.process_time()
        self.merged = self.plain.as_multiprofile()
        self.merge = time.process_time() - began

    def decide(self, cell: Cell, *, merged: bool) -> Any:
        """The projects that pabutools selects."""
        profile = self.merged if merged else self.plain
        rule, satisfaction = cell.peer
        if rule == "phragmen":
            return sequential_phragmen(self.instance, profile)
        measure = Cost_Sat if satisfaction == "cost" else self.cardinality()
        if rule == "greedy":
            return greedy_utilitarian_welfare(self.instance, profile, sat_class=measure)
        step = 1 if cell.is_raised else None
        return method_of_equal_shares(
            self.instance, profile, sat_class=measure, voter_budget_increment=step
        )

    def cardinality(self) -> Any:
        return CARDINALITY.get(self.vote_type, Cardinality_Sat)


def measure(election: Election, order: dict[str, Any]) -> dict[str, Any]:
    """One measurement, in a fork of this process."""
    cell, merged = BY_NAME[order["cell"]], order["merged"]

    def deed(tell: Tell) -> None:
        if cell.is_raised:
            tell_of_steps(tell)
        began = time.process_time()
        selected = election.decide(cell, merged=merged)
        seconds = time.process_time() - began
        if seconds < ENOUGH:
            seconds = on_average(lambda: election.decide(cell, merged=merged))
        tell({"seconds": seconds, "winners": [project.name for project in selected]})

    run = in_child(deed, order["seconds"])
    whole = next((told for told in run.told if "seconds" in told), None)
    before = election.read + (election.merge if merged else 0)
    return {
        "is_over": whole is None,
        "decision": whole and whole["seconds"],
        "end_to_end": before + (whole["seconds"] if whole else 0),
        "winners": whole and whole["winners"],
        "steps": [told["step"] for told in run.told if "step" in told],
        "peak_bytes": run.peak_bytes,
    }


def tell_of_steps(tell: Tell) -> None:
    """Of add1 every raise is told, so that one that is ended tells how long a step takes.

    pabutools asks once a raise whether the outcome is feasible.
    """
    asked = Instance.is_feasible

    def is_feasible(instance: Any, projects: Any) -> bool:
        tell({"step": time.process_time()})
        return bool(asked(instance, projects))

    Instance.is_feasible = is_feasible


def main(path: str) -> None:
    if fractions.FRACTION != fractions.GMPY_FRAC:
        raise SystemExit("pabutools is not set to exact rationals.")
    sys.setrecursionlimit(10_000)  # its Equal Shares calls itself once a purchase
    election = Election(path)
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(measure(election, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(str(Path(sys.argv[1])))
