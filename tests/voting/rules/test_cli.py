"""python -m voting.rules count FILE.pb: what is written."""

import json

import pytest

from tests.voting.rules.pb_files import THREE, pb
from voting.rules.columns import WIDEST, width
from voting.rules.table import RULES

NAMES = {
    "latin": "A garden, and a path around it that is long enough for a name to be cut",
    "arabic": "حديقة عامة جديدة للأطفال في وسط المدينة القديمة مع ملعب كبير",
    "chinese": "在市中心为孩子们建造一个新的公共花园和一个大操场以及一条小路供大家使用和休息",
    "hostile": "\x1b[31mred\x1b[0m \u202eturned",
}


def test_the_document_has_its_keys_in_order_and_the_defaults(counted):
    document = counted()
    assert list(document) == [
        "rule", "parameters", "budget", "cost", "voters", "projects", "winners", "seconds",
    ]  # fmt: skip
    assert document.pop("seconds") >= 0
    assert document == {
        "rule": "equal-shares",
        "parameters": {
            "satisfaction": "cost",
            "completion": "none",
            "tie_break": "standard",
            "min_support": 0,
        },
        "budget": 100,
        "cost": 40,
        "voters": 5,
        "projects": 3,
        "winners": ["b"],
    }


@pytest.mark.parametrize(
    ("options", "winners", "parameters"),
    [
        (["--rule", "greedy"], ["b", "a"], {"order": "votes"}),
        (
            ["--rule", "greedy", "--order", "votes-per-cost"],
            ["b", "c"],
            {"order": "votes-per-cost"},
        ),
        (["--rule", "phragmen", "--tie-break", "lexico"], ["b", "c"], {"tie_break": "lexico"}),
        (["--completion", "greedy"], ["b", "a"], {"completion": "greedy"}),
        (
            ["--completion", "add1", "--step", "coin", "--stop", "exhaustive"],
            ["b", "c"],
            {"completion": "add1", "step": "coin", "stop": "exhaustive"},
        ),
        (["--satisfaction", "sqrt-cost"], ["b"], {"satisfaction": "sqrt-cost"}),
        (["--min-support", "3"], ["b"], {"min_support": 3}),
        (["--tie-break", "seed:00ff"], ["b"], {"tie_break": "seed:00ff"}),
    ],
)
def test_every_option_reaches_the_count(counted, options, winners, parameters):
    document = counted(*options)
    assert document["winners"] == winners
    assert parameters.items() <= document["parameters"].items()


def test_rankings_are_worth_what_is_asked_for(counted):
    rankings = pb(["a;60", "b;60"], ["a,b", "b", "b", "b"], vote_type="ordinal")
    from_one = counted("--rule", "greedy", election=rankings)
    assert from_one["parameters"]["ranking_points"] == "from-one"
    from_zero = counted("--rule", "greedy", "--ranking-points", "from-zero", election=rankings)
    assert from_zero["parameters"]["ranking_points"] == "from-zero"
    assert (from_one["winners"], from_zero["winners"]) == (["b"], ["a"])


def test_amounts_are_numbers_where_whole_and_else_decimals(counted):
    document = counted("--rule", "greedy", election=pb(["a;12.50", "b;0.30"], ["a,b"], "100.00"))
    assert (document["budget"], document["cost"]) == (100, "12.8")


def test_a_coin_is_one_unit_of_the_currency_however_many_decimals(counted):
    """Shares of 50 raised by 1 stop at 50: b for 1 more would pass the budget; by cents they do not."""
    whole = pb(["a;50", "b;52"], ["a", "b"], "100")
    cents = pb(["a;50.00", "b;52.00"], ["a", "b"], "100.00")
    finer = pb(["a;50.001", "b;52"], ["a", "b"], "100.01")
    options = ("--completion", "add1", "--step", "coin")
    assert counted(*options, election=whole)["winners"] == ["a"]
    assert counted(*options, election=cents)["winners"] == ["a"]
    assert counted(*options, election=finer)["winners"] == ["a"]


def test_a_table_tells_a_person_what_is_bought(run):
    status, output, _errors = run("count", "{pb}", "--rule", "greedy")
    assert status == 0
    assert "Greedy selection (greedy)" in output
    assert "Spent: 100 of 100 (100.0 %)" in output
    lines = output.splitlines()
    assert lines[lines.index("") + 2].split() == ["1", "b", "40", "3", "-"]
    assert lines[lines.index("") + 3].split() == ["2", "a", "60", "2", "-"]
    assert lines[-1] == "Not bought: 1. To see why, add --explain."


@pytest.mark.parametrize("options", [[], ["--explain"]])
@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_the_table(run, name, options):
    rows = [
        f"{NAMES[name][:50].replace(',', '')};{10**15};{NAMES[name]}",
        f"x;{10**15};{NAMES[name]}",
    ]
    election = pb(rows, ["x", f'"{NAMES[name][:50].replace(",", "")}"'], 10**15)
    election = election.replace("project_id;cost", "project_id;cost;name")
    status, output, errors = run("count", "{pb}", "--rule", "greedy", *options, election=election)
    assert status == 0, errors
    assert max(width(line) for line in output.splitlines()) <= WIDEST
    assert not set(output) & set("\x1b\u202e")
    assert output.count("\u2068") == output.count("\u2069")
    assert ("\u2068" in output) == (name == "arabic")


def test_the_order_of_ballots_changes_nothing_but_the_time(counted):
    turned = pb(["a;60", "b;40", "c;20"], ["", "b", "b,c", "a,b", "a"])
    one, other = counted(), counted(election=turned)
    assert {**one, "seconds": 0} == {**other, "seconds": 0}


def test_limits_of_the_file_are_told_and_not_applied(run):
    election = pb(["a;60", "b;40"], ["a,b", "a,b"], meta=["max_length;1", "max_sum_cost;50"])
    status, output, errors = run("count", "{pb}", "--json", "--rule", "greedy", election=election)
    assert status == 0
    assert json.loads(output)["winners"] == ["b", "a"]
    assert "not applied: max_length 1, max_sum_cost 50." in errors


def test_what_is_odd_in_a_file_is_told(run):
    election = pb(["a;60"], ["a,a"], meta=["num_votes;7"])
    status, output, errors = run("count", "{pb}", "--json", election=election)
    assert (status, json.loads(output)["winners"]) == (0, ["a"])
    assert "note: line 5: The file says 7 votes and holds 1.\n" in errors
    assert "counts once" in errors


def test_ranking_points_without_rankings_are_told_to_be_idle(run):
    status, output, errors = run("count", "{pb}", "--ranking-points", "from-zero", "--json")
    assert status == 0
    assert "ranking_points" not in json.loads(output)["parameters"]
    assert "no effect" in errors


@pytest.mark.parametrize("rule", RULES)
def test_an_explanation_has_its_unit_and_exact_steps(counted, rule):
    document = counted("--rule", rule, "--explain", election=THREE.replace("c;20", "c;20.5"))
    assert document["unit"] == 10
    assert [step["project"] for step in document["steps"]] == document["winners"]
    assert document["steps"][0]["amount"] == 400
    assert set(document["explanation"]["projects"]) == {"a", "b", "c"}
    assert list(document)[-1] == "seconds"


def test_an_explanation_tells_a_person_why(run):
    status, output, _errors = run("count", "{pb}", "--rule", "greedy", "--explain")
    assert status == 0
    row = next(line for line in output.splitlines() if line.startswith("c  "))
    assert row.split(maxsplit=5) == ["c", "20", "1", "20", "1", "did not fit"]
    assert "Voters none of whose projects is bought: 1 of 5" in output


EDGES = {
    "a project of cost 0": (pb(["a;0", "b;40"], ["a"]), ["a"], 0),
    "no votes": (pb(["a;60", "b;30"], []), [], 0),
    "no projects": (pb([], ["", ""]), [], 0),
    "nothing at all": (pb([], []), [], 0),
    "nothing affordable": (pb(["a;101", "b;1000"], ["a,b"]), [], 0),
    "one voter": (pb(["a;60", "b;50"], ["a,b"]), ["b"], 50),
    "a cost of 10^15": (pb([f"a;{10**15}", "b;1"], ["a", "a"], 10**15), ["a"], 10**15),
    "a budget of 0": (pb(["a;1"], ["a"], 0), [], 0),
    "a budget and a cost of 0": (pb(["a;0"], ["a"], 0), ["a"], 0),
}


@pytest.mark.parametrize("name", EDGES)
def test_an_election_at_the_edge_is_counted(counted, name):
    election, winners, cost = EDGES[name]
    document = counted("--min-support", "1", election=election)
    assert (document["winners"], document["cost"]) == (winners, cost)


@pytest.mark.parametrize("name", EDGES)
@pytest.mark.parametrize("options", [
    ["--rule", "greedy"],
    ["--rule", "greedy", "--order", "votes-per-cost"],
    ["--rule", "phragmen"],
    ["--completion", "add1-greedy"],
    ["--completion", "add1", "--step", "coin", "--stop", "exhaustive"],
    ["--satisfaction", "sqrt-cost", "--completion", "greedy"],
])  # fmt: skip
def test_every_rule_counts_at_the_edge(run, name, options):
    election, _winners, _cost = EDGES[name]
    status, output, errors = run("count", "{pb}", *options, election=election)
    assert (status, errors) == (0, "")
    assert output.startswith(("Greedy", "Method", "Sequential"))
