"""Times reading and counting beside a peer that does the same plainly, and compares what they find.

Peers: for reading, Python's own csv.reader splitting the same bytes, unchecked; for the rules,
tests/voting/rules/oracle.py, one wallet of fractions for every single voter. A peer is left out
where it would take minutes. No database is involved.
"""

import csv
import io
import platform
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.voting.rules import oracle
from voting.rules import Parameters, count, pabulib

REAL = Path(__file__).resolve().parents[3] / "shared" / "elections"
ROUNDS = 3  # of each measurement the shortest is shown ...
ENOUGH = 2.0  # ... but nothing is begun again after so many seconds
PEERS_LARGEST = 60_000  # voters times projects
LEXICO = Parameters(tie_break="lexico")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def generated(voters: int, projects: int) -> bytes:
    """An invented approval election, the same every time."""
    choose = random.Random(voters)  # noqa: S311 - invented ballots, to be the same every time
    codes = [f"p{number}" for number in range(projects)]
    weights = [1 / (place + 1) for place in range(projects)]
    costs = [choose.randint(500, 9_000) for _ in codes]
    rows = [
        f"{voter};{','.join(sorted(set(choose.choices(codes, weights, k=choose.randint(1, 8)))))}"
        for voter in range(voters)
    ]
    meta = ("META", "key;value", f"budget;{sum(costs) // 3}", "vote_type;approval")
    listed = [f"{code};{cost}" for code, cost in zip(codes, costs, strict=True)]
    lines = [*meta, "PROJECTS", "project_id;cost", *listed, "VOTES", "voter_id;vote", *rows, ""]
    return "\n".join(lines).encode()


def files() -> Iterator[tuple[str, bytes]]:
    """Generated elections, then the smallest, the middle and the largest of the real ones."""
    for voters, projects in ((300, 15), (1_000, 20), (30_000, 60)):
        yield f"generated {voters} x {projects}", generated(voters, projects)
    real = sorted(REAL.glob("*.pb"), key=lambda path: (path.stat().st_size, path.name))
    if not real:
        say(f"The real elections are left out: there are none in {REAL}.")
        return
    for path in (real[0], real[len(real) // 2], real[-1]):
        yield path.stem, path.read_bytes()


def shortest(deed: Callable[[], object]) -> float:
    """Seconds of the shortest of a few runs."""
    taken: list[float] = []
    while len(taken) < ROUNDS and sum(taken) < ENOUGH:
        began = time.perf_counter()
        deed()
        taken.append(time.perf_counter() - began)
    return min(taken)


def split(data: bytes) -> int:
    """The peer of reading: cells, without looking at one of them."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")
    return sum(1 for _row in rows)


Deed = Callable[[], object]


def measured(data: bytes) -> Iterator[tuple[str, Deed, Deed | None]]:
    """(what, ours, the peer's) for one election; the peer finds the same winners or we stop."""
    file = pabulib.read(data, merge_repeated=True)
    yield "read", lambda: pabulib.read(data, merge_repeated=True), lambda: split(data)
    instance, profile = file.instance(), file.profile()
    small = profile.voters * len(instance.projects) <= PEERS_LARGEST

    def ours(rule: str) -> list[str]:
        return list(count(rule, instance, profile, LEXICO).winners)

    def greedy() -> list[str]:
        return oracle.greedy(instance, profile, LEXICO)

    def equal_shares() -> list[str]:
        return [code for code, _price in oracle.equal_shares(instance, profile, LEXICO)]

    for rule, peer in (("greedy", greedy), ("equal-shares", equal_shares)):
        if small and ours(rule) != peer():
            raise SystemExit(f"{rule} and its peer disagree: no time is worth telling.")
        yield rule, lambda rule=rule: ours(rule), peer if small else None  # type: ignore[misc]  # a default binds the rule


def main() -> None:
    say(
        f"{platform.python_implementation()} {platform.python_version()}, shortest of {ROUNDS} runs"
    )
    say("peers: csv.reader, unchecked (read); tests/voting/rules/oracle.py (rules)\n")
    say(f"{'election':<44}{'what':<14}{'ours ms':>10}{'peer ms':>11}{'peer/ours':>11}")
    for name, data in files():
        for what, ours, peer in measured(data):
            own = shortest(ours) * 1000
            line = f"{name[:42]:<44}{what:<14}{own:>10.2f}"
            if peer is None:
                say(f"{line}{'left out':>11}")
                continue
            theirs = shortest(peer) * 1000
            say(f"{line}{theirs:>11.2f}{theirs / own:>11.2f}")


if __name__ == "__main__":
    main()
