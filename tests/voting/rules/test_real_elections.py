"""43 real elections against the outcomes of pabutools 1.2.3 in exact rationals.

Source of the ballots: Faliszewski, Flis, Peters, Pierczyński, Skowron, Stolicki, Szufa and Talmon,
2023, "Participatory Budgeting: Data, Tools, and Analysis".
"""

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from voting.rules import Parameters, count, pabulib

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "elections"
NAMES = sorted(path.stem for path in FOLDER.glob("*.pb"))
# One voter of this file approves the same project twice; the reference counts that as once.
REPEATS = {"Poland_Warszawa_2026_Rakowiec": 477}
# 16 voters of this file gave away fewer points than its META asks for; they count all the same.
BELOW = {"Worldwide_Mechanical_Turk_Utilities_7": (53, "min_sum_points", "16")}
COMPLETED = {"cost": "greedy(cost)", "card": "greedy(card)"}  # as the reference names them
OPTIONS = {
    ("greedy", "cost"): ("greedy", Parameters(order="votes")),
    ("greedy", "card"): ("greedy", Parameters(order="votes-per-cost")),
    ("mes", "cost"): ("equal-shares", Parameters(satisfaction="cost")),
    ("mes", "card"): ("equal-shares", Parameters(satisfaction="cardinality")),
}

pytestmark = pytest.mark.skipif(not NAMES, reason=f"no elections in {FOLDER}")


@cache
def election(name: str) -> pabulib.Election:
    return pabulib.read((FOLDER / f"{name}.pb").read_bytes(), merge_repeated=name in REPEATS)


def reference(name: str, rule: str, satisfaction: str, completion: str | None = None):
    """The reference's outcome with this completion; None where it has none."""
    for outcome in json.loads((FOLDER / "expected" / f"{name}.json").read_text())["outcomes"]:
        options = outcome["parameters"]
        if outcome["rule"] != rule or options.get("sat") != satisfaction:
            continue
        if options.get("completion") == completion and outcome.get("order") is not None:
            return outcome
    return None


CASES = [
    (name, rule, satisfaction)
    for name in NAMES
    for rule, satisfaction in OPTIONS
    if reference(name, rule, satisfaction)
]


@pytest.mark.parametrize(("name", "rule", "satisfaction"), CASES)
def test_the_outcome_is_that_of_the_reference(name, rule, satisfaction):
    expected = reference(name, rule, satisfaction)
    ours, options = OPTIONS[rule, satisfaction]
    parameters = replace(options, tie_break="lexico", ranking_points="from-zero")
    file = election(name)
    outcome = count(ours, file.instance(), file.profile(), parameters)
    assert list(outcome.winners) == expected["order"]
    assert sorted(outcome.winners) == sorted(expected["selected"])
    assert str(outcome.cost) == expected["cost"]


COMPLETIONS = [
    (name, satisfaction)
    for name in NAMES
    for satisfaction, completion in COMPLETED.items()
    if reference(name, "mes", satisfaction, completion)
]


@pytest.mark.parametrize(("name", "satisfaction"), COMPLETIONS)
def test_what_greedy_adds_is_what_the_reference_adds(name, satisfaction):
    expected = reference(name, "mes", satisfaction, COMPLETED[satisfaction])
    ours, options = OPTIONS["mes", satisfaction]
    parameters = replace(
        options, tie_break="lexico", ranking_points="from-zero", completion="greedy"
    )
    file = election(name)
    outcome = count(ours, file.instance(), file.profile(), parameters)
    assert list(outcome.winners) == expected["order"]
    assert str(outcome.cost) == expected["cost"]


def test_there_are_completions_to_compare_with():
    assert len(COMPLETIONS) > 40


def test_there_are_outcomes_of_every_kind_to_compare_with():
    assert Counter((rule, satisfaction) for _, rule, satisfaction in CASES) == {
        ("greedy", "cost"): 29,
        ("greedy", "card"): 42,
        ("mes", "cost"): 29,
        ("mes", "card"): 43,
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_read_without_a_warning_of_content(name):
    content = {warning.code for warning in election(name).warnings} - {"NO_FINAL_NEWLINE"}
    expected = {"REPEATED_PROJECT_MERGED"} if name in REPEATS else set()
    assert content == expected | ({"LIMIT_BROKEN"} if name in BELOW else set())


@pytest.mark.parametrize(("name", "found"), BELOW.items())
def test_ballots_beyond_a_limit_of_the_file_are_told_of(name, found):
    line, key, ballots = found
    (warning,) = (one for one in election(name).warnings if one.code == "LIMIT_BROKEN")
    assert (warning.line, warning.params["key"], warning.params["ballots"]) == (line, key, ballots)


@pytest.mark.parametrize(("name", "line"), REPEATS.items())
def test_a_file_that_repeats_a_project_in_a_vote_is_refused_unless_asked(name, line):
    with pytest.raises(pabulib.PabulibError) as refusal:
        pabulib.read((FOLDER / f"{name}.pb").read_bytes())
    assert (refusal.value.line, refusal.value.code) == (line, "REPEATED_PROJECT")


def test_krakow_counts_its_rankings_from_three_to_one():
    file = election("Poland_Krakow_2024")
    outcome = count("greedy", file.instance(), file.profile(), Parameters())
    support = {entry.id: (entry.votes, entry.score) for entry in outcome.support}
    assert support["BO.OM.97/24"] == (7166, 16141)
    assert support["BO.OM.5/24"] == (6998, 13578)
