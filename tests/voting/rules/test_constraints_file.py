"""python -m voting.rules count --constraints: what each kind of constraint does to an outcome."""

from types import SimpleNamespace

import pytest

from tests.voting.rules.pb_files import pb
from voting.rules.constraints_file import BadConstraints, read_constraints

FOUR = pb(["a;60", "b;40", "c;30", "d;20"], ["a,b", "a,b", "a,c", "d"], "150")


def test_a_maximum_keeps_a_category_within_it(counted):
    limits = {"categories": {"green": {"projects": ["a", "b"], "maximum": 60}}}
    assert counted("--rule", "greedy", election=FOUR, limits=limits)["winners"] == ["a", "d", "c"]


def test_a_minimum_is_counted_first(counted):
    limits = {"categories": {"small": {"projects": ["c", "d"], "minimum": "20.00"}}}
    assert counted("--rule", "greedy", election=FOUR, limits=limits)["winners"][0] == "d"


def test_a_recipient_receives_no_more_than_the_maximum(counted):
    limits = {"recipients": {"club": ["a", "c"]}, "recipient_maximum": "89.99"}
    document = counted("--rule", "greedy", election=FOUR, limits=limits)
    assert (document["winners"], document["cost"]) == (["a", "b", "d"], 120)


def test_one_of_an_exclusive_group_is_bought(counted):
    limits = {"exclusive": [["a", "b"]]}
    assert "b" not in counted("--rule", "phragmen", election=FOUR, limits=limits)["winners"]


def test_a_project_begins_with_its_least_amount_and_its_decimals_are_kept(counted):
    limits = {"partial": {"c": "0.001"}}
    election = FOUR.replace("budget;150", "budget;120.5").replace("d;20", "d;200")
    document = counted("--rule", "greedy", election=election, limits=limits)
    assert (document["winners"], document["cost"]) == (["a", "b", "c"], "120.5")


def test_a_multiplier_moves_a_project_up(counted):
    election = pb(["a;60", "b;60"], ["a", "a", "b"], "60")
    assert counted("--rule", "greedy", election=election)["winners"] == ["a"]
    limits = {"multipliers": {"b": "5/2"}}
    assert counted("--rule", "greedy", election=election, limits=limits)["winners"] == ["b"]


def test_a_person_reads_what_multipliers_changed(run):
    election = pb(["a;60", "b;60"], ["a", "a", "b"], "60")
    limits = {"format": "constraints/1", "multipliers": {"b": 3}}
    status, output, _errors = run(
        "count", "{pb}", "--rule", "greedy", election=election, limits=limits
    )
    assert status == 0
    assert "Without multipliers also bought: a\n" in output
    assert "Without multipliers not bought: b\n" in output


def test_part_of_a_project_is_marked(run):
    limits = {"format": "constraints/1", "partial": {"c": 10}}
    election = FOUR.replace("budget;150", "budget;120").replace("d;20", "d;200")
    _status, output, _errors = run(
        "count", "{pb}", "--rule", "greedy", election=election, limits=limits
    )
    assert " 20*  " in output
    assert "*: in part" in output


def test_decimals_of_the_constraints_change_no_outcome(counted):
    coarse = {"categories": {"green": {"projects": ["a"], "maximum": 60}}}
    fine = {"categories": {"green": {"projects": ["a"], "maximum": "60.0001"}}}
    for options in (["--completion", "add1", "--step", "coin"], ["--satisfaction", "sqrt-cost"]):
        one = counted(*options, election=FOUR, limits=coarse)
        other = counted(*options, election=FOUR, limits=fine)
        assert {**one, "seconds": 0} == {**other, "seconds": 0}


def test_a_category_without_projects_is_that_of_the_election():
    limits = read_constraints(
        b'{"format": "constraints/1", "categories": {"green": {"maximum": "1.5"}}}'
    )
    rows = [
        SimpleNamespace(id="a", categories=("green", "sport")),
        SimpleNamespace(id="b", categories=("sport",)),
        SimpleNamespace(id="c", categories=("green",)),
    ]
    assert limits.decimals == 1
    found = limits.constraints(rows, 2).categories["green"]
    assert (found.projects, found.minimum, found.maximum) == (frozenset({"a", "c"}), None, 150)
    with pytest.raises(BadConstraints, match='"green" needs projects'):
        limits.constraints(rows[1:2], 2)
