"""What every rule shares: the table, its options, refusals, progress and the outcome as JSON."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from voting.rules import (
    RULES,
    BallotFormat,
    Instance,
    InvalidInstance,
    Outcome,
    Parameters,
    Profile,
    Project,
    Step,
    UnknownRule,
    UnsupportedParameter,
    count,
)

ROOT = Path(__file__).resolve().parents[3]
INSTANCE = Instance(10, (Project("a", 4), Project("b", 5), Project("c", 0), Project("d", 3)))
PROFILE = Profile(
    BallotFormat.APPROVAL, ((((0, 1), (1, 1)), 2), (((1, 1),), 1), ((), 1), (((2, 1),), 1))
)
SUPPORT = count("greedy", INSTANCE, PROFILE, Parameters()).support
RANKING = Profile(BallotFormat.RANKING, ((((0, 2), (1, 1)), 1),))


@pytest.mark.parametrize(
    ("ballot_format", "ballot"),
    [
        (BallotFormat.APPROVAL, ((0, 2),)),
        (BallotFormat.APPROVAL, ((0, 0),)),
        (BallotFormat.KNAPSACK, ((0, 1), (1, 3))),
        (BallotFormat.CUMULATIVE, ((0, -1),)),
        (BallotFormat.SCORING, ((0, 4), (1, -1))),
        (BallotFormat.RANKING, ((0, 2),)),
        (BallotFormat.RANKING, ((0, 1), (1, 1))),
        (BallotFormat.RANKING, ((0, 0), (1, 1))),
        (BallotFormat.APPROVAL, ((1, 1), (0, 1))),
        (BallotFormat.APPROVAL, ((0, 1), (0, 1))),
        (BallotFormat.APPROVAL, ((-1, 1),)),
    ],
)
def test_a_ballot_that_is_none_is_refused(ballot_format, ballot):
    with pytest.raises(InvalidInstance):
        Profile(ballot_format, ((ballot, 1),))


def test_a_ballot_needs_voters():
    with pytest.raises(InvalidInstance, match="0 voters"):
        Profile(BallotFormat.APPROVAL, (((), 0),))


def test_an_instance_holds_no_negative_amount_and_no_id_twice():
    with pytest.raises(InvalidInstance, match="budget is negative"):
        Instance(-1, ())
    with pytest.raises(InvalidInstance, match="'a' is negative"):
        Project("a", -1)
    with pytest.raises(InvalidInstance, match="the id 'a'"):
        Instance(1, (Project("a", 1), Project("b", 1), Project("a", 2)))


def test_voters_are_counted_with_those_who_said_nothing():
    assert PROFILE.voters == 5
    assert Profile(BallotFormat.APPROVAL, ()).voters == 0


@pytest.mark.parametrize("rule", RULES)
def test_a_ballot_for_a_project_that_is_not_there_is_refused(rule):
    profile = Profile(BallotFormat.APPROVAL, ((((0, 1), (4, 1)), 1),))
    with pytest.raises(InvalidInstance, match="number 4 of 4"):
        count(rule, INSTANCE, profile, Parameters())


def test_the_table_holds_the_rules_by_name_and_cannot_be_changed():
    assert list(RULES) == ["greedy", "equal-shares", "phragmen"]
    assert all(rule.name == name for name, rule in RULES.items())
    with pytest.raises(TypeError):
        RULES["mine"] = RULES["greedy"]  # type: ignore[index]


def test_a_rule_that_is_not_in_the_table_is_refused_with_those_that_are():
    with pytest.raises(UnknownRule, match="'stv'; there are: greedy, equal-shares, phragmen"):
        count("stv", INSTANCE, PROFILE, Parameters())


@pytest.mark.parametrize(
    ("rule", "parameters", "message"),
    [
        ("greedy", Parameters(satisfaction="cardinality"), "greedy has no option satisfaction"),
        ("greedy", Parameters(completion="greedy"), "greedy has no option completion"),
        ("greedy", Parameters(order="cost"), "knows no order 'cost'"),
        ("equal-shares", Parameters(order="votes-per-cost"), "equal-shares has no option order"),
        ("equal-shares", Parameters(satisfaction="effort"), "knows no satisfaction 'effort'"),
        ("equal-shares", Parameters(completion="add2"), "knows no completion 'add2'"),
        ("equal-shares", Parameters(step="euro"), "knows no step 'euro'"),
        ("phragmen", Parameters(satisfaction="cardinality"), "phragmen has no option satisfaction"),
        ("equal-shares", Parameters(ranking_points="from-two"), "knows no ranking_points"),
        ("greedy", Parameters(tie_break="coin"), "tie-break 'coin' is not known"),
        ("greedy", Parameters(min_support=-1), "min_support is negative"),
    ],
)
def test_an_option_the_rule_does_not_honour_is_refused(rule, parameters, message):
    with pytest.raises(UnsupportedParameter, match=message):
        count(rule, INSTANCE, PROFILE, parameters)


def test_the_outcome_names_the_options_that_apply_and_no_others():
    common = {"tie_break": "standard", "min_support": 0}
    greedy = count("greedy", INSTANCE, PROFILE, Parameters())
    shares = count("equal-shares", INSTANCE, RANKING, Parameters(min_support=1))
    assert greedy.parameters == {"order": "votes"} | common
    assert shares.parameters == common | {
        "satisfaction": "cost",
        "completion": "none",
        "ranking_points": "from-one",
        "min_support": 1,
    }


def test_the_outcome_is_plain_json_of_known_bytes():
    # Five voters have 2 each. c is free; b has 3 voters: 5/3 each, 1/3 per unit of cost; then a's
    # two have 1/3 each, of 4.
    outcome = count("equal-shares", INSTANCE, PROFILE, Parameters())
    assert json.dumps(outcome.as_json()) == (
        '{"rule": "equal-shares", "parameters": {"satisfaction": "cost", "completion": "none",'
        ' "tie_break": "standard", "min_support": 0}, "winners": ["c", "b"], "cost": 5,'
        ' "budget": 10, "support": [{"id": "a", "votes": 2, "score": 2},'
        ' {"id": "b", "votes": 3, "score": 3}, {"id": "c", "votes": 1, "score": 1},'
        ' {"id": "d", "votes": 0, "score": 0}],'
        ' "phases": [{"reserve": null, "budget": 10, "endowment": "2/1", "raises": null}],'
        ' "steps": [{"project": "c", "amount": 0, "level": "0/1", "price": "0/1",'
        ' "remaining": 10, "fill": false, "reserve": null},'
        ' {"project": "b", "amount": 5, "level": "5/3", "price": "1/3",'
        ' "remaining": 5, "fill": false, "reserve": null}], "without_multipliers": null}'
    )


def test_a_greedy_step_has_no_price():
    steps = count("greedy", INSTANCE, PROFILE, Parameters()).as_json()["steps"]
    common = {"level": None, "price": None, "fill": False, "reserve": None}
    assert steps == [
        {"project": "b", "amount": 5, "remaining": 5} | common,
        {"project": "a", "amount": 4, "remaining": 1} | common,
        {"project": "c", "amount": 0, "remaining": 1} | common,
    ]


def test_a_price_longer_than_python_turns_into_text_at_once_is_written_whole():
    digits = "12" + "0" * 4500 + "7" + "0" * 4000
    price = Fraction(12 * 10**8501 + 7 * 10**4000, 10**4000 - 1)
    step = Step("a", 0, price, Fraction(1), 0)
    outcome = Outcome("equal-shares", {}, ("a",), 0, 0, (), (), (step,))
    assert outcome.as_json()["steps"][0]["price"] == f"{digits}/{'9' * 4000}"


@pytest.mark.parametrize("min_support", [0, 2, 9])
@pytest.mark.parametrize("rule", RULES)
def test_progress_is_told_from_nothing_done_to_all_done(rule, min_support):
    calls = []
    parameters = Parameters(min_support=min_support)
    count(rule, INSTANCE, PROFILE, parameters, lambda done, total: calls.append((done, total)))
    assert calls[0] == (0, 4)
    assert calls[-1] == (4, 4)
    assert calls == sorted(calls)
    assert {total for _, total in calls} == {4}
    assert len(calls) > sum(entry.votes >= min_support for entry in SUPPORT)


@pytest.mark.parametrize("completion", ["none", "add1"])
def test_progress_is_told_once_a_round_at_least(completion):
    instance = Instance(60, tuple(Project(f"p{n}", 10) for n in range(9)))
    ballots = tuple((((n, 1), (8, 1)), 1) for n in range(8))
    calls = []
    parameters = Parameters(completion=completion)
    profile = Profile(BallotFormat.APPROVAL, ballots)
    outcome = count("equal-shares", instance, profile, parameters, lambda *call: calls.append(call))
    raises = outcome.phases[0].raises
    assert (raises is None) == (completion == "none")
    assert len(calls) > (raises or 0) // 2 + len(outcome.winners)


@pytest.mark.parametrize("rule", RULES)
def test_a_progress_that_raises_ends_the_count(rule):
    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count(rule, INSTANCE, PROFILE, Parameters(), stop)


def test_the_rules_load_nothing_but_the_standard_library_and_numpy():
    script = (
        "import sys; before = set(sys.modules)\n"
        "import voting.rules, voting.rules.pabulib\n"
        "loaded = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(loaded - sys.stdlib_module_names))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['numpy', 'voting']"
