"""Real elections against the outcomes of pabutools 1.2.3 in exact rationals, by the verifier alone.

Source of the ballots: Faliszewski, Flis, Peters, Pierczyński, Skowron, Stolicki, Szufa and Talmon,
2023, "Participatory Budgeting: Data, Tools, and Analysis". The files are read here by the verifier's
own reader of Pabulib's form.
"""

import json
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from voting.verifier import verify

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "elections"
NAMES = sorted(path.stem for path in FOLDER.glob("*.pb"))
REPEATS = "Poland_Warszawa_2026_Rakowiec"  # one voter approves the same project twice: once counts
LARGEST = 1_100  # voters; all 43 agree, the large ones take minutes
MANY_RAISES = 400  # voters; add1 counts hundreds of times
SATISFACTION = {"cost": "cost", "card": "cardinality", "cost_sqrt_float": "sqrt-cost"}
COIN = {"step": "coin", "stop": "exhaustive"}
FORMATS = {"choose-1": "approval", "ordinal": "ranking"}

pytestmark = pytest.mark.skipif(not NAMES, reason=f"no elections in {FOLDER}")


@cache
def lane(name: str) -> Any:
    data = (FOLDER / f"{name}.pb").read_bytes().removeprefix(b"\xef\xbb\xbf")
    file = verify.read_pabulib(data, name)
    kind = FORMATS.get(file.meta["vote_type"], file.meta["vote_type"])
    places = {row["project_id"]: place for place, row in enumerate(file.projects)}
    cast: Counter[Any] = Counter()
    for row in file.votes:
        vote = ",".join(dict.fromkeys(row["vote"].split(","))) if name == REPEATS else row["vote"]
        pointed = {"points": row["points"]} if kind == "cumulative" else {}
        choices = verify._choices_of({"vote": vote, **pointed}, places, kind)
        assert choices is not None
        cast[choices] += 1
    budget, *costs = [file.meta["budget"], *(row["cost"] for row in file.projects)]
    assert Fraction(budget).denominator == 1
    return verify.Lane(
        budget=int(Fraction(budget)),
        ids=tuple(places),
        costs=tuple(int(Fraction(cost)) for cost in costs),
        format=kind,
        ballots=tuple(sorted(cast.items())),
    )


def count_like(outcome: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The rule and parameters by the names that the reference has for them."""
    rule, given = outcome["rule"], outcome["parameters"]
    if rule == "seq_phragmen":
        return "phragmen", {}
    if rule == "greedy":
        return "greedy", {"order": "votes" if given["sat"] == "cost" else "votes-per-cost"}
    completion = given["completion"] or "none"
    options = {"satisfaction": SATISFACTION[given["sat"]]}
    if completion.startswith("add1e"):
        name = "add1-greedy" if "greedy" in completion else "add1"
        return "equal-shares", {**options, "completion": name, **COIN}
    return "equal-shares", {**options, "completion": completion.split("(")[0]}


def expected(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / "expected" / f"{name}.json").read_text()))


CASES = [
    (name, number)
    for name in NAMES
    if (file := expected(name))["n_voters"] <= LARGEST
    for number, outcome in enumerate(file["outcomes"])
    if outcome.get("selected") is not None
    if "add1e" not in str(outcome["parameters"]) or file["n_voters"] <= MANY_RAISES
]


@pytest.mark.parametrize(("name", "number"), CASES)
def test_the_outcome_is_that_of_the_reference(name, number):
    outcome = expected(name)["outcomes"][number]
    rule, parameters = count_like(outcome)
    if lane(name).format == "ranking":
        parameters = {**parameters, "ranking_points": "from-zero"}
    trace = verify.count(rule, {"tie_break": "lexico", **parameters}, lane(name))
    if outcome["order"] is not None:
        assert trace.winners == outcome["order"]
    assert sorted(trace.winners) == sorted(outcome["selected"])
    assert Fraction(outcome["cost"]) == trace.ledger.total()


def test_every_rule_and_completion_is_among_them():
    kinds = Counter(
        str(sorted(count_like(expected(name)["outcomes"][number])[1].items()))
        for name, number in CASES
    )
    assert len(kinds) == 11  # two orders, Phragmén, and eight kinds of Equal Shares
    assert min(kinds.values()) >= 5


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("Netherlands_Assen_2024", "overspend"),
        ("Netherlands_Assen_2024", "exhaustive"),
        ("Poland_Swiecie_2023", "overspend"),
        ("Poland_Swiecie_2023", "exhaustive"),
        ("Poland_Wieliczka_2023_Green_Budget", "overspend"),
    ],
)
def test_cities_that_counted_with_equal_shares_have_the_same_winners(name, stop):
    parameters = {"tie_break": "lexico", "completion": "add1", "step": "coin", "stop": stop}
    official = expected(name)["official"]["selected_field_1_2_3"]
    assert sorted(verify.count("equal-shares", parameters, lane(name)).winners) == sorted(official)
