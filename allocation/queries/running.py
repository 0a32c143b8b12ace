"""The formula, run: by a worker, to try something out, and once more to check what is stored."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from allocation.formula import FormulaError, apportion, explain, read_document, result_document
from allocation.models import (
    Apportionment,
    ApportionmentStatus,
    FormulaVersion,
    IndicatorSnapshot,
    Pool,
)
from allocation.queries.inputs import input_of, regional_hubs
from allocation.queries.splits import Share, Split, split_of
from audit.canonical import digest

COMPUTE_TASK = "allocation.compute_apportionment"


@dataclass(frozen=True, slots=True)
class Given:
    """What a hub gets, and its steps as [name, amount so far]."""

    amount_minor: int
    south_minor: int
    previous_minor: int | None
    steps: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: envelopes by hub, or none and the reason as the result."""

    status: ApportionmentStatus
    result: dict[str, Any]
    given: Mapping[str, Given]


def outcome_of(document: Mapping[str, Any]) -> Outcome:
    """Run the formula on an ``apportionment/1``. A run that cannot be done is an outcome too."""
    try:
        pool, formula, hubs = read_document(document)
        result = apportion(hubs, formula, pool)
        steps = explain(hubs, formula, pool)
    except FormulaError as refusal:
        return Outcome(ApportionmentStatus.INFEASIBLE, refusal.document(), {})
    given = {
        hub.code: Given(
            amount_minor=result.allocations[hub.code],
            south_minor=result.south_earmarks[hub.code],
            previous_minor=hub.previous,
            steps=[[step.name, step.amount] for step in steps[hub.code]],
        )
        for hub in sorted(hubs, key=lambda hub: hub.code)
    }
    return Outcome(ApportionmentStatus.COMPUTED, result_document(result), given)


@dataclass(frozen=True, slots=True)
class Simulation:
    """A run nobody stores: the split it would give, or None and the reason in ``error``."""

    split: Split | None
    error: Mapping[str, Any] | None


def simulate(pool: Pool, formula: FormulaVersion, snapshot: IndicatorSnapshot) -> Simulation:
    """The same engine on the same document as a run; ``formula`` need not be stored."""
    document = input_of(pool, formula, snapshot)
    outcome = outcome_of(document)
    if not outcome.given:
        return Simulation(None, outcome.result["error"])
    hubs = {hub.slug: hub for hub in regional_hubs()}
    shares = [
        Share(hubs[code], given.amount_minor, given.south_minor)
        for code, given in outcome.given.items()
    ]
    return Simulation(split_of(pool, document, shares), None)


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored run, done once more: the hashes that came out now, and what agrees."""

    input_hash: str
    result_hash: str
    code_version: str
    is_same_input: bool
    is_same_result: bool
    are_same_envelopes: bool

    @property
    def is_equal(self) -> bool:
        return self.is_same_input and self.is_same_result and self.are_same_envelopes


def replay(apportionment: Apportionment) -> Replay:
    """Recompute a run from its stored input and compare all that is stored of it."""
    outcome = outcome_of(apportionment.input)
    input_hash, result_hash = digest(apportionment.input), digest(outcome.result)
    return Replay(
        input_hash=input_hash,
        result_hash=result_hash,
        code_version=formula_code_version(),
        is_same_input=input_hash == apportionment.input_hash,
        is_same_result=(
            result_hash == apportionment.result_hash
            and digest(apportionment.result) == apportionment.result_hash
        ),
        are_same_envelopes=_envelopes(apportionment) == outcome.given,
    )


def _envelopes(apportionment: Apportionment) -> dict[str, Given]:
    return {
        envelope.hub.slug: Given(
            envelope.amount_minor, envelope.south_minor, envelope.previous_minor, envelope.steps
        )
        for envelope in apportionment.envelopes.select_related("hub")
    }


@cache
def formula_code_version() -> str:
    """SHA-256 over the source of ``allocation.formula``: what a run says it was computed by."""
    total = hashlib.sha256()
    for path in sorted(files("allocation.formula").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".py"):
            total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
