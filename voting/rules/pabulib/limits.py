"""The limits that META sets to votes and projects: looked after, never applied."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voting.rules.pabulib.ballots import Ballots
from voting.rules.pabulib.faults import PabulibError, PabulibWarning, shown
from voting.rules.pabulib.meta import Meta
from voting.rules.pabulib.numbers import Amount, amount
from voting.rules.pabulib.projects import FileProject
from voting.rules.pabulib.votes import POINTED, Votes
from voting.rules.profile import Ints

_KINDS = ("length", "sum_cost", "points", "sum_points", "project_cost")
_POINTS = ("points", "sum_points")


@dataclass(frozen=True, slots=True)
class _Limit:
    """kind: one of _KINDS. is_most: whether it bounds from above."""

    kind: str
    is_most: bool
    bound: Amount

    def broken(self, numbers: Ints, decimals: int = 0) -> NDArray[np.bool_]:
        """Which of the numbers, in units of 10**-decimals, are beyond the limit."""
        digits, scale = self.bound.digits * 10**decimals, 10**self.bound.decimals
        beyond = numbers > digits // scale if self.is_most else numbers < -(-digits // scale)
        return np.asarray(beyond, dtype=np.bool_)


def limit_warnings(
    meta: Meta, projects: tuple[FileProject, ...], votes: Votes, decimals: int
) -> Iterator[PabulibWarning]:
    """How many ballots or projects break each limit of META, and the line of the first."""
    costs = _exact([project.cost for project in projects], votes.ballots)
    for kind in _KINDS:
        for key in (f"min_{kind}", f"max_{kind}"):
            text = meta.values.get(key, "").strip()
            if not text or (kind in _POINTS and votes.ballots.format not in POINTED):
                continue
            try:
                limit = _Limit(kind, key.startswith("max"), amount(meta.line(key), key, text))
            except PabulibError:
                params = {"key": key, "value": shown(text)}
                yield PabulibWarning(meta.line(key), "BAD_LIMIT", params)
                continue
            yield from _broken(limit, {"key": key, "limit": text}, projects, votes, costs, decimals)


def _broken(
    limit: _Limit,
    named: dict[str, str],
    projects: tuple[FileProject, ...],
    votes: Votes,
    costs: Ints,
    decimals: int,
) -> Iterator[PabulibWarning]:
    if limit.kind == "project_cost":
        broken = np.flatnonzero(limit.broken(costs, decimals))
        lines = np.array([project.line for project in projects], dtype=np.int64)
        code, counted = "PROJECT_LIMIT_BROKEN", "projects"
    else:
        broken = np.flatnonzero(_broken_by_ballot(limit, votes.ballots, costs, decimals))
        lines = votes.lines
        code, counted = "LIMIT_BROKEN", "ballots"
    if len(broken):
        params = named | {counted: str(len(broken))}
        yield PabulibWarning(int(lines[broken[0]]), code, params)


def _broken_by_ballot(
    limit: _Limit, ballots: Ballots, costs: Ints, decimals: int
) -> NDArray[np.bool_]:
    if limit.kind == "length":
        return limit.broken(ballots.lengths)
    if limit.kind == "sum_cost":
        return limit.broken(_sums(costs[ballots.projects], ballots.starts), decimals)
    if limit.kind == "sum_points":
        return limit.broken(_sums(ballots.values, ballots.starts))
    return _sums(limit.broken(ballots.values), ballots.starts) > 0


def _exact(costs: list[int], ballots: Ballots) -> Ints:
    """The costs, as Python's own numbers where the sum over a ballot may be beyond 64 bits."""
    longest = int(ballots.lengths.max(initial=1))
    is_small = max(costs, default=0) * longest < 2**63
    return np.array(costs, dtype=np.int64 if is_small else object)


def _sums(numbers: Ints | NDArray[np.bool_], starts: Ints) -> Ints:
    """The sum over each ballot; running sums may wrap around, their differences are right."""
    kind = object if numbers.dtype == object else np.int64
    running = np.zeros(len(numbers) + 1, dtype=kind)
    np.cumsum(numbers, dtype=kind, out=running[1:])
    sums: Ints = running[starts[1:]] - running[starts[:-1]]
    return sums
