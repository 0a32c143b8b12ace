"""Invented approval elections of any size, the same every time.

Voters live somewhere on a ring and like what is near them and what many like; each marks the
projects that a lottery by these likings draws first (Gumbel's way of drawing without replacement).
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 20_000  # voters; bounds the memory


@dataclass(frozen=True)
class Kind:
    """marks: what ballots average. least, most: on one ballot.

    fame, nearness: how far what all like, and what is near, tell ballots apart from mere chance.
    share: the part of all costs that the budget is. mean_cost: of a project, in the currency.
    """

    voters: int
    projects: int
    marks: float = 8
    least: int = 1
    most: int = 20
    fame: float = 1.0
    nearness: float = 12.0
    share: float = 0.2
    mean_cost: int = 100_000
    seed: int = 7

    @property
    def name(self) -> str:
        return (
            f"generated-{self.voters}x{self.projects}-{sha256(repr(self).encode()).hexdigest()[:8]}"
        )


# Like the citywide vote of a capital: nearly every ballot is one of a kind.
CAPITAL = Kind(
    61_000, 83, marks=4.1, least=3, most=15, fame=0.5, nearness=2.0, share=0.15, mean_cost=600_000
)
GROWING = tuple(Kind(voters, 300) for voters in (10_000, 100_000, 1_000_000))


def write(kind: Kind, folder: Path) -> Path:
    """The election as a `.pb` file in the folder; one that is there already is taken."""
    path = folder / f"{kind.name}.pb"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            draw = np.random.default_rng(kind.seed)
            ids = np.array([f"p{number}" for number in range(kind.projects)])
            spread = draw.normal(0, 0.8, kind.projects)
            costs = (kind.mean_cost * np.exp(spread)).astype(int) // 100 * 100 + 100
            file.write(_head(kind, ids.tolist(), costs.tolist()))
            places = draw.random(kind.projects)
            liked = draw.gumbel(size=kind.projects)
            for first in range(0, kind.voters, _AT_ONCE):
                voters = min(_AT_ONCE, kind.voters - first)
                chosen, lengths = _ballots(kind, draw, voters, places, liked)
                file.write(_rows(first, ids[chosen].tolist(), lengths.tolist()))
        unfinished.replace(path)
    return path


def _head(kind: Kind, ids: list[str], costs: list[int]) -> str:
    meta = {
        "description": "Invented",
        "country": "Nowhere",
        "unit": "Nowhere",
        "instance": "1",
        "num_projects": kind.projects,
        "num_votes": kind.voters,
        "budget": int(sum(costs) * kind.share),
        "vote_type": "approval",
        "rule": "unknown",
        "date_begin": "1",
        "date_end": "1",
    }
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost"]
    lines += [f"{name};{cost}" for name, cost in zip(ids, costs, strict=True)]
    return "\n".join([*lines, "VOTES", "voter_id;vote", ""])


def _ballots(
    kind: Kind,
    draw: np.random.Generator,
    voters: int,
    places: NDArray[np.float64],
    liked: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The projects each voter likes best, and how many of them stand on the ballot."""
    homes = draw.random(voters)
    away = np.abs(homes[:, None] - places)
    score = (kind.fame * liked - kind.nearness * np.minimum(away, 1 - away)).astype(np.float32)
    uniform = draw.random((voters, kind.projects), dtype=np.float32)
    np.clip(uniform, 1e-7, 1 - 1e-7, out=uniform)
    score -= np.log(-np.log(uniform))
    best = np.argpartition(-score, kind.most, axis=1)[:, : kind.most]
    order = np.argsort(-np.take_along_axis(score, best, axis=1), axis=1)
    lengths = kind.least + draw.poisson(kind.marks - kind.least, voters)
    return np.take_along_axis(best, order, axis=1), np.minimum(lengths, kind.most)


def _rows(first: int, chosen: list[list[str]], lengths: list[int]) -> str:
    return "".join(
        f"{number};{','.join(names[:length])}\n"
        for number, (names, length) in enumerate(zip(chosen, lengths, strict=True), first)
    )
