"""Every rule with every option is told in whole sentences, and the examples come out as told."""

from dataclasses import fields
from itertools import product

import pytest

from voting import rules
from voting.models import GUIDES, OPTIONS, recommended, rule_label, rule_words
from voting.rules import RULES, Parameters

TIES = ("standard", "lexico", "seed:ff")


def combinations(rule: str):
    options = {**RULES[rule].options, "tie_break": TIES, "min_support": (0, 1, 2)}
    for values in product(*options.values()):
        yield dict(zip(options, values, strict=True))


@pytest.mark.parametrize("rule", RULES)
def test_no_two_ways_to_count_are_told_alike(rule):
    """Options that do nothing aside: steps without raising, points without ranks."""
    said: dict[str, dict[str, str | int]] = {}
    for options in combinations(rule):
        if not str(options.get("completion", "")).startswith("add1"):
            options = {
                name: value for name, value in options.items() if name not in ("step", "stop")
            }
        sentences = rule_words(rule, options, is_ranking=True)
        assert sentences.endswith(".")
        assert said.setdefault(sentences, options) == options
        assert rule_label(rule, options)


def test_what_is_not_said_is_told_as_it_is_counted():
    for rule in RULES:
        defaults = {field.name: field.default for field in fields(Parameters)}
        assert rule_words(rule, {}) == rule_words(rule, defaults)


def test_a_rule_without_words_goes_by_its_name():
    assert (rule_label("dice", {}), rule_words("dice", {})) == ("dice", "")


def test_points_of_rankings_are_told_where_there_are_rankings():
    assert "ranked" not in rule_words("greedy", {})
    assert "ranked" in rule_words("greedy", {}, is_ranking=True)


def test_every_option_that_can_be_chosen_is_one_the_rules_honour():
    honoured: dict[str, set[str]] = {}
    for rule in RULES.values():
        for name, values in rule.options.items():
            honoured.setdefault(name, set()).update(values)
    assert {name: {value for value, _label in values} for name, values in OPTIONS.items()} == {
        name: values for name, values in honoured.items() if name != "ranking_points"
    }
    assert {guide.rule for guide in GUIDES} == set(RULES)


def test_what_is_recommended_can_be_counted():
    nothing = rules.Instance(0, ()), rules.Profile(rules.BallotFormat.APPROVAL, ())
    for guide in GUIDES:
        rules.count(guide.rule, *nothing, Parameters(**recommended(guide.rule)))
    assert recommended("equal-shares") == {
        "satisfaction": "cost", "completion": "add1-greedy", "step": "relative",
        "stop": "overspend", "min_support": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "bought"),
    [
        ("equal-shares", ("park", "library")),
        ("greedy", ("park", "festival")),
        ("phragmen", ("festival", "library")),
    ],
)
def test_the_example_beside_each_rule_comes_out_as_it_is_told(rule, bought):
    """`templates/voting/partials/rule_guide.html`: ten people, a hundred, three projects."""
    projects = [
        rules.Project("park", 60),
        rules.Project("festival", 40),
        rules.Project("library", 40),
    ]
    ballots = [(((0, 1), (1, 1)), 5), (((0, 1),), 1), (((2, 1),), 4)]
    found = rules.count(
        rule, rules.Instance(100, tuple(projects)), rules.Profile(rules.BallotFormat.APPROVAL, ballots),
        Parameters(**recommended(rule)),
    )  # fmt: skip
    assert found.winners == bought
    if rule == "phragmen":
        assert [step.level for step in found.steps] == [8, 10]
        assert found.budget - found.cost == 20
