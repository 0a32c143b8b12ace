"""43 real elections against the outcomes of pabutools 1.2.3 in exact rationals.

Source of the ballots: Faliszewski, Flis, Peters, Pierczyński, Skowron, Stolicki, Szufa and Talmon,
2023, "Participatory Budgeting: Data, Tools, and Analysis".
"""

import csv
import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from voting.rules import Instance, Parameters, Profile, count, pabulib

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "elections"
NAMES = sorted(path.stem for path in FOLDER.glob("*.pb"))
# One voter of this file approves the same project twice; the reference counts that as once.
REPEATS = {"Poland_Warszawa_2026_Rakowiec": 477}
# 16 voters of this file gave away fewer points than its META asks for; they count all the same.
BELOW = {"Worldwide_Mechanical_Turk_Utilities_7": (53, "min_sum_points", "16")}
RULE = {"greedy": "greedy", "mes": "equal-shares", "seq_phragmen": "phragmen"}
ORDER = {"cost": "votes", "card": "votes-per-cost"}
SATISFACTION = {"cost": "cost", "card": "cardinality", "cost_sqrt_float": "sqrt-cost"}
COMPLETION = {
    None: "none",
    "greedy(cost)": "greedy",
    "greedy(card)": "greedy",
    "add1e": "add1",
    "add1e+greedy(cost)": "add1-greedy",
}

pytestmark = pytest.mark.skipif(not NAMES, reason=f"no elections in {FOLDER}")


@cache
def election(name: str) -> pabulib.Election:
    return pabulib.read((FOLDER / f"{name}.pb").read_bytes(), merge_repeated=name in REPEATS)


def instance_of(name: str) -> Instance:
    file = election(name)
    return replace(file.instance(), unit=10**file.decimals)


@cache
def profile_of(name: str) -> Profile:
    return election(name).profile()


def references(name: str) -> list[dict[str, Any]]:
    """The reference's outcomes; it ran out of time for some."""
    found = json.loads((FOLDER / "expected" / f"{name}.json").read_text())["outcomes"]
    return [outcome for outcome in found if outcome.get("selected") is not None]


def options(outcome: dict[str, Any]) -> Parameters:
    """The options under which ours is the reference's count."""
    satisfaction = outcome["parameters"].get("sat")
    common = Parameters(tie_break="lexico", ranking_points="from-zero")
    if outcome["rule"] == "greedy":
        return replace(common, order=ORDER[satisfaction])
    if outcome["rule"] == "seq_phragmen":
        return common
    return replace(
        common,
        satisfaction=SATISFACTION[satisfaction],
        completion=COMPLETION[outcome["parameters"]["completion"]],
        step="coin",
        stop="exhaustive",
    )


def kind(outcome: dict[str, Any]) -> tuple[str, ...]:
    given = outcome["parameters"]
    return outcome["rule"], str(given.get("sat")), str(given.get("completion"))


CASES = [(name, outcome) for name in NAMES for outcome in references(name)]


@pytest.mark.parametrize(
    ("name", "outcome"), CASES, ids=["-".join((name, *kind(outcome))) for name, outcome in CASES]
)
def test_the_outcome_is_that_of_the_reference(name, outcome):
    # The square roots of the reference are floats: none of these elections is decided by their
    # rounding, so the exact outcome is the same.
    ours = count(RULE[outcome["rule"]], instance_of(name), profile_of(name), options(outcome))
    assert sorted(ours.winners) == sorted(outcome["selected"])
    if outcome["rule"] != "seq_phragmen":  # of which the reference names no order
        assert list(ours.winners) == outcome["order"]
    assert Fraction(ours.cost, 10 ** election(name).decimals) == Fraction(outcome["cost"])


def test_there_are_outcomes_of_every_kind_to_compare_with():
    assert Counter(kind(outcome) for _name, outcome in CASES) == {
        ("greedy", "cost", "None"): 29,
        ("greedy", "card", "None"): 42,
        ("mes", "cost", "None"): 29,
        ("mes", "card", "None"): 43,
        ("mes", "cost", "greedy(cost)"): 29,
        ("mes", "card", "greedy(card)"): 42,
        ("mes", "cost", "add1e"): 27,
        ("mes", "card", "add1e"): 39,
        ("mes", "cost", "add1e+greedy(cost)"): 27,
        ("mes", "cost_sqrt_float", "None"): 29,
        ("seq_phragmen", "None", "None"): 29,
    }


# What the cities themselves decided, as their files say.

SHARES = Parameters(completion="add1", step="coin")
CITIES = [
    ("Poland_Swiecie_2023", "overspend"),
    ("Poland_Swiecie_2023", "exhaustive"),
    ("Netherlands_Assen_2024", "overspend"),
    ("Netherlands_Assen_2024", "exhaustive"),
    ("Poland_Wieliczka_2023_Green_Budget", "overspend"),
]
# Those decided by votes or points, passing over what does not fit. The rule "greedy-no-skip" of
# other files stops there instead: it is none of ours.
GREEDY = {"greedy", "greedy-threshold"}


def official(name: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the file says of itself, and of each project's success ("" where it does not)."""
    text = (FOLDER / f"{name}.pb").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.partition("\nVOTES")[0].splitlines(), delimiter=";"))
    projects = next(at for at, row in enumerate(rows) if row == ["PROJECTS"])
    meta = {row[0]: row[1] for row in rows[1:projects] if len(row) > 1}
    table = csv.DictReader(
        text.partition("\nPROJECTS")[2].partition("\nVOTES")[0].splitlines()[1:], delimiter=";"
    )
    return meta, {row["project_id"]: row.get("selected") or "" for row in table}


def winners_of(name: str) -> set[str]:
    return {project for project, selected in official(name)[1].items() if selected == "1"}


@pytest.mark.parametrize(("name", "stop"), CITIES)
def test_a_city_that_counts_by_equal_shares_decided_the_same(name, stop):
    outcome = count("equal-shares", instance_of(name), profile_of(name), replace(SHARES, stop=stop))
    assert set(outcome.winners) == winners_of(name)


def is_greedy(name: str) -> bool:
    meta, selected = official(name)
    return meta["rule"] in GREEDY and set(selected.values()) <= {"0", "1"}


GREEDY_CITIES = [name for name in NAMES if is_greedy(name)]


@pytest.mark.parametrize("name", GREEDY_CITIES)
def test_a_city_that_counts_greedily_decided_the_same(name):
    least = official(name)[0].get("min_project_score_threshold", "0")
    parameters = Parameters(min_support=int(least))
    outcome = count("greedy", instance_of(name), profile_of(name), parameters)
    assert set(outcome.winners) == winners_of(name)


def test_there_are_cities_to_compare_with():
    assert len(GREEDY_CITIES) == 15


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
