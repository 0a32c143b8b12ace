"""The same arguments give the same bytes, whatever the process, its threads and the ballots' order."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
# Constraints hold sets of names, whose order follows the hash seed of the process; the ballots are
# many enough for sums that are split among threads.
SCRIPT = """
import hashlib, json, random, sys
from dataclasses import replace
import numpy as np
from tests.voting.rules.close_calls import close_election, close_loads
from voting.rules import BallotFormat, Category, Constraints, Instance, Parameters, Profile, Project, count

order = random.Random(sys.argv[1])
told = []

def tell(rule, instance, profile, parameters):
    ballots = list(profile.ballots)
    order.shuffle(ballots)
    outcome = count(rule, instance, Profile(profile.format, ballots), parameters)
    told.append(json.dumps(outcome.as_json()))

for seed in range(25):
    tell("equal-shares", *close_election(seed))
    tell("phragmen", *close_loads(seed))

draw = np.random.default_rng(5)
names = ["p%d" % number for number in range(40)]
projects = tuple(Project(name, int(cost)) for name, cost in zip(names, draw.integers(1, 10**6, 40)))
halves = {"x": frozenset(names[:20]), "y": frozenset(names[20:])}
bound = Instance(
    5 * 10**6, projects,
    constraints=Constraints(
        categories={key: Category(half, maximum=2 * 10**6) for key, half in halves.items()},
        recipients=halves, recipient_maximum=2 * 10**6,
        exclusive=(frozenset(names[::3]), frozenset(names[1::7])),
    ),
)
chosen = np.sort(np.argsort(draw.random((60000, 40)), axis=1)[:, :6], axis=1)
mixed = np.random.default_rng(abs(hash(sys.argv[1]))).permutation(60000)
ballots = chosen[mixed]
profile = Profile.of_arrays(
    BallotFormat.APPROVAL, np.arange(60001) * 6, ballots.ravel(),
    np.ones(360000, dtype=np.int64), np.ones(60000, dtype=np.int64),
)
for instance in (bound, replace(bound, constraints=Constraints())):
    for rule in ("greedy", "equal-shares", "phragmen"):
        told.append(json.dumps(count(rule, instance, profile, Parameters()).as_json()))
print(hashlib.sha256("\\n".join(told).encode()).hexdigest())
"""


def digest(seed: str, threads: str) -> str:
    surroundings = os.environ | {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, seed],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def expected() -> str:
    return digest("0", "1")


@pytest.mark.parametrize(("seed", "threads"), [("0", "2"), ("1", "1"), ("4294967295", "2")])
def test_outcomes_are_the_same_bytes(seed, threads, expected):
    assert len(expected) == 64
    assert digest(seed, threads) == expected
