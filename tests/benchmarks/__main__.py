"""Times this engine beside pabutools on the same elections, and alone on ever larger ones.

All times are CPU seconds of one thread. An outcome that differs from the peer's ends everything:
then no time is worth telling. No database is involved.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before anything imports NumPy

from config.preflight import ROOT, VAR, Problem
from tests.benchmarks import environment, generated, ours
from tests.benchmarks.cells import BY_NAME, CELLS, Cell
from tests.benchmarks.lines import (
    GROWTH_HEAD,
    HEAD,
    decided,
    growth_line,
    growth_targets,
    line,
    ratio_targets,
)

REAL = ROOT.parent / "shared" / "elections"
ELECTIONS = (
    "Poland_Swiecie_2023",
    "Poland_Wieliczka_2023_Green_Budget",
    "Netherlands_Amsterdam_285",
    "Poland_Katowice_2023",
    "Poland_Wroclaw_2015_150_-_500",
    "Poland_Krakow_2024",
)
PARTS = ("real", "capital", "growth")
GROWING = ("equal-shares cost", "equal-shares cardinality", "greedy votes", "phragmen")
FOLDER = VAR / "bench"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Measures(Protocol):
    """pabutools, or what takes its place in a test."""

    def measure(self, cell: Cell, *, merged: bool, seconds: float) -> dict[str, Any]: ...


class Peer:
    """A process of pabutools that has read one election and measures on demand."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def measure(self, cell: Cell, *, merged: bool, seconds: float) -> dict[str, Any]:
        order = {"cell": cell.name, "merged": merged, "seconds": seconds}
        if not self._process.stdin or not self._process.stdout:
            raise Problem("pabutools cannot be talked to.")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise Problem("pabutools ended without an answer; why stands above.")
        found: dict[str, Any] = json.loads(answer)
        return found | {"merged": merged}


@contextmanager
def peer(interpreter: Path, election: Path) -> Iterator[Peer]:
    """pabutools with this election."""
    with subprocess.Popen(
        [str(interpreter), "-m", "tests.benchmarks.peer", str(election)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Peer(process)
        finally:
            process.kill()


def better(
    other: Measures, cell: Cell, limit: float, *, merged: bool = True, thorough: bool = False
) -> dict[str, Any]:
    """The quicker of merged and single ballots; `merged` says which are measured first.

    The second get no more time than the first took: what takes longer is not the better. Where the
    first are over the limit, the second are tried only where all is asked for.
    """
    first = other.measure(cell, merged=merged, seconds=limit)
    if first["is_over"] and not thorough:
        return first
    seconds = limit if first["is_over"] else max(2.0, first["decision"] * 1.2)
    second = other.measure(cell, merged=not merged, seconds=min(seconds, limit))
    whole = [found for found in (first, second) if not found["is_over"]]
    return min(whole, key=lambda found: float(found["decision"]), default=first)


def compare(cell: Cell, own: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Ends everything where the outcomes differ. pabutools tells no order of Phragmén's."""
    if theirs["winners"] is None:
        return
    mine, other = list(own["winners"]), list(theirs["winners"])
    if cell.name == "phragmen":
        mine, other = sorted(mine), sorted(other)
    if mine != other:
        raise SystemExit(f"{cell.name}: the outcomes differ.\nours: {mine}\npabutools: {other}")


def beside(election: Path, interpreter: Path, options: argparse.Namespace) -> dict[str, float]:
    """Every rule on one election, ours and the peer's; returns how many times as quick we are."""
    ratios = {}
    which: dict[tuple[str, str | None], bool] = {}
    first = ours.measure(election, CELLS[0])
    say(
        f"\n{election.stem}: {first['voters']:,} voters, {first['ballots']:,} distinct ballots,"
        f" {first['marks']:,} marks, {first['projects']:,} projects, {first['vote_type']}"
    )
    say(HEAD)
    with peer(interpreter, election) as other:
        for cell in CELLS:
            if not cell.fits(first["vote_type"]):
                say(f"{cell.name:<30}pabutools has no such rule for these ballots")
                continue
            own = ours.measure(election, cell)
            # What one run of a rule likes better, its many runs with add1 like better too.
            liked = which.setdefault(cell.peer, True)
            theirs = better(other, cell, options.limit, merged=liked, thorough=options.all)
            which[cell.peer] = theirs["merged"]
            compare(cell, own, theirs)
            say(line(cell, own, theirs, options.limit))
            ratios[cell.name] = decided(own, theirs, options.limit)[1] / own["decision"]
    return ratios


def grow(folder: Path, kinds: Sequence[generated.Kind]) -> None:
    """Ours alone, on larger and larger elections."""
    say("\nGrowth, ours alone: approvals that average 8")
    say(GROWTH_HEAD)
    for kind in kinds:
        election = generated.write(kind, folder)
        found = {name: ours.measure(election, BY_NAME[name]) for name in GROWING}
        for name, own in found.items():
            say(growth_line(name, own))
        if kind == kinds[-1]:
            say(growth_targets(found[GROWING[0]]))


def real_elections(names: Sequence[str]) -> list[Path]:
    """Those that are there."""
    wanted = [REAL / f"{name}.pb" for name in ELECTIONS]
    if not all(path.exists() for path in wanted):
        say(f"Real elections are left out: some or all are not in {REAL}.")
    return [path for path in wanted if path.exists() and any(name in path.stem for name in names)]


def asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("--limit", type=float, default=45, help="CPU seconds of pabutools a cell")
    parser.add_argument(
        "--all", action="store_true", help="single ballots too where merged is over"
    )
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    parser.add_argument("--election", nargs="+", default=[""], help="part of a real one's name")
    return parser.parse_args(arguments)


def measure_beside(options: argparse.Namespace) -> None:
    """Raises Problem where there is no pabutools to measure."""
    interpreter = environment.python()
    if "real" in options.only:
        for election in real_elections(options.election):
            beside(election, interpreter, options)
    if "capital" in options.only:
        say(ratio_targets(beside(generated.write(generated.CAPITAL, FOLDER), interpreter, options)))


def main(arguments: Sequence[str] | None = None) -> None:
    options = asked(arguments)
    say(
        f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()};"
        f" CPU seconds of one thread; pabutools exact, at most {options.limit:g} s a cell"
    )
    if {"real", "capital"} & set(options.only):
        try:
            measure_beside(options)
        except Problem as problem:
            say(f"pabutools is left out: {problem}")
    if "growth" in options.only:
        grow(FOLDER, generated.GROWING)


if __name__ == "__main__":
    main()
