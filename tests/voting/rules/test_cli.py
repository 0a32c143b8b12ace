"""python -m voting.rules count FILE.pb and rules: what is written, and every way to be refused."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from voting.rules.__main__ import main
from voting.rules.columns import WIDEST, width
from voting.rules.table import RULES

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "voting.rules"]
NAMES = {
    "latin": "A garden, and a path around it that is long enough for a name to be cut",
    "arabic": "حديقة عامة جديدة للأطفال في وسط المدينة القديمة مع ملعب كبير",
    "chinese": "在市中心为孩子们建造一个新的公共花园和一个大操场以及一条小路供大家使用和休息",
    "hostile": "\x1b[31mred\x1b[0m \u202eturned",
}


def pb(projects, votes, budget="100", vote_type="approval", columns="project_id;cost", meta=()):
    """A `.pb` file: projects are rows, votes the cells after the voter's id."""
    header = "voter_id;vote;points" if vote_type in ("cumulative", "scoring") else "voter_id;vote"
    lines = ["META", "key;value", f"budget;{budget}", f"vote_type;{vote_type}", *meta]
    lines += ["PROJECTS", columns, *projects, "VOTES", header]
    lines += [f"v{number};{vote}" for number, vote in enumerate(votes)]
    return "\n".join([*lines, ""])


THREE = pb(["a;60", "b;40", "c;20"], ["a", "a,b", "b,c", "b", ""])


@pytest.fixture
def run(tmp_path, capsys):
    """(status, output, errors) of the command in this process; {pb} and {json} name its files."""

    def run(*arguments, election=THREE, limits=None):
        file, other = tmp_path / "election.pb", tmp_path / "limits.json"
        file.write_bytes(election if isinstance(election, bytes) else election.encode())
        if limits is not None:
            other.write_bytes(limits if isinstance(limits, bytes) else json.dumps(limits).encode())
            arguments = (*arguments, "--constraints", str(other))
        status = main([argument.format(pb=file) for argument in arguments])
        written = capsys.readouterr()
        return status, written.out, written.err

    return run


@pytest.fixture
def counted(run):
    """The JSON of a count that succeeds."""

    def counted(*options, election=THREE, limits=None):
        if limits is not None:
            limits = {"format": "constraints/1"} | limits
        status, output, errors = run(
            "count", "{pb}", *options, "--json", election=election, limits=limits
        )
        assert status == 0, errors
        return json.loads(output)

    return counted


@pytest.fixture
def refused(run):
    """The one sentence of a refusal."""

    def refused(*arguments, **files):
        status, output, errors = run(*arguments, **files)
        assert (status, output) == (2, "")
        assert errors.count("\n") == 1
        assert errors.endswith((".\n", ".'\n")), errors
        assert "Traceback" not in errors
        return errors

    return refused


def alone(*arguments, **environment):
    """The command in a process of its own, with nothing of this project set up."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        check=False,
    )


# --- what is written ---------------------------------------------------------------------------


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


def test_a_terminal_without_unicode_gets_escapes(tmp_path):
    file = tmp_path / "election.pb"
    file.write_text(pb(["ż;10"], ["ż"]))
    done = alone("count", file, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"\\u017c" in done.stdout
    assert b"" == done.stderr


def test_the_same_file_gives_the_same_bytes_in_every_process(tmp_path):
    file = tmp_path / "election.pb"
    file.write_text(pb(["ż;60", "b;40"], ["ż", "ż,b", "b"]))
    written = [
        alone("count", file, "--json", PYTHONHASHSEED=seed, PYTHONIOENCODING=encoding)
        for seed, encoding in (("1", "utf-8"), ("2", "ascii"), ("3", "utf-16"))
    ]
    assert [done.returncode for done in written] == [0, 0, 0]
    first, second = (done.stdout.split(b'"seconds"')[0] for done in written[:2])
    assert first == second
    assert first.isascii()


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
    assert [step["amount"] for step in document["steps"]][0] == 400
    assert set(document["explanation"]["projects"]) == {"a", "b", "c"}
    assert list(document)[-1] == "seconds"


def test_an_explanation_tells_a_person_why(run):
    status, output, _errors = run("count", "{pb}", "--rule", "greedy", "--explain")
    assert status == 0
    row = next(line for line in output.splitlines() if line.startswith("c  "))
    assert row.split(maxsplit=5) == ["c", "20", "1", "20", "1", "did not fit"]
    assert "Voters none of whose projects is bought: 1 of 5" in output


# --- files at the edge -------------------------------------------------------------------------

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
    if options[-1] == "exhaustive" and "10^15" in name:
        options = options[:4]
    status, output, errors = run("count", "{pb}", *options, election=election)
    assert (status, errors) == (0, "")
    assert output.startswith(("Greedy", "Method", "Sequential"))


def test_a_large_file_is_counted(tmp_path):
    """Ballots that are known to be generated: p7 is on every ballot, so it comes first."""
    rows = (f"v{n};p7,p{n % 5},p{10 + n * n % 20}" for n in range(100_000))
    head = ["META", "key;value", "budget;5000", "vote_type;approval", "PROJECTS"]
    head += ["project_id;cost", *(f"p{n};{400 + n}" for n in range(30)), "VOTES", "voter_id;vote"]
    file = tmp_path / "large.pb"
    file.write_text("\n".join([*head, *rows, ""]))
    done = alone("count", file, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    document = json.loads(done.stdout)
    assert (document["voters"], document["winners"][0]) == (100_000, "p7")


# --- constraints -------------------------------------------------------------------------------

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


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "The following arguments are required: count|rules"),
        (["tally"], "invalid choice: 'tally'"),
        (["count"], "The following arguments are required: FILE.pb"),
        (["count", "{pb}", "more"], "Unrecognized arguments: more"),
        (["count", "{pb}", "--jso"], "Unrecognized arguments: --jso"),
        (["count", "{pb}", "--rule"], "expected one argument"),
        (["count", "{pb}", "--rule", "magic"], "no rule 'magic'"),
        (["count", "{pb}", "--order", "votes"], "equal-shares has no option --order"),
        (["count", "{pb}", "--rule", "greedy", "--order", "cost"], "--order is one of votes, "),
        (["count", "{pb}", "--rule", "greedy", "--satisfaction", "cost"], "no option --satisf"),
        (["count", "{pb}", "--rule", "phragmen", "--completion", "none"], "no option --compl"),
        (["count", "{pb}", "--rule", "phragmen", "--order", "votes"], "no option --order"),
        (["count", "{pb}", "--step", "coin"], "--step has a meaning only with --completion add1"),
        (["count", "{pb}", "--stop", "overspend", "--completion", "greedy"], "--stop has a mean"),
        (["count", "{pb}", "--satisfaction", "joy"], "--satisfaction is one of cost, "),
        (["count", "{pb}", "--ranking-points", "2"], "--ranking-points is one of "),
        (["count", "{pb}", "--tie-break", "coin"], "The tie-break 'coin' is not known"),
        (["count", "{pb}", "--tie-break", "seed:abc"], "The tie-break 'seed:abc' is not known"),
        (["count", "{pb}", "--min-support", "-1"], "--min-support is a whole number from 0"),
        (["count", "{pb}", "--min-support=-1"], "--min-support is a whole number from 0"),
        (["count", "{pb}", "--min-support", "1.5"], "--min-support is a whole number from 0"),
        (["count", "{pb}", "--min-support", "9" * 5000], "--min-support is a whole number"),
        (["rules", "--explain"], "Unrecognized arguments: --explain"),
        (["count", "/nowhere/x.pb"], "/nowhere/x.pb: No such file or directory"),
        (["count", "/"], "/: Is a directory"),
        (["count", "a\0b"], "is no name of a file"),
        (["count", "{pb}", "--constraints", "/nowhere.json"], "/nowhere.json: No such file"),
        (["count", "{pb}", "--constraints", "/"], "/: Is a directory"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused_in_a_sentence(refused, arguments, said):
    assert said in refused(*arguments)


@pytest.mark.parametrize(
    ("election", "said"),
    [
        ("", "line 1: The section META is missing"),
        (THREE.replace("a,b", "a,z"), "line 13: The vote names 'z'"),
        (THREE.replace("budget;100", "budget;1e3"), "line 3: The budget '1e3' is not a number"),
        (THREE.replace("b;40", "b;-40"), "line 8: The cost '-40' is negative"),
        (THREE.replace("b;40", "b;NaN"), "line 8: The cost 'NaN' is not a finite number"),
        (THREE.encode().replace(b"a;60", b"\xff;60"), "line 7: The text is not UTF-8"),
        (THREE.encode("utf-16"), "line 1: The text"),
        (THREE.replace("a;60", "a;\x0060"), "line 7: The text holds a NUL byte"),
        (THREE.replace("approval", "app\x1b[31mroval"), "line 4: The vote type"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_with_its_line(refused, election, said):
    sentence = refused("count", "{pb}", election=election)
    assert f"election.pb: {said}" in sentence
    assert "\x1b" not in sentence


def test_a_file_nobody_may_read_is_refused(refused, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    assert "election.pb: Permission denied." in refused("count", "{pb}")


LIMITS = {
    "not an object": ([], "the file must be an object; it is []"),
    "no format": ({}, 'format must be "constraints/1"; it is null'),
    "another format": ({"format": "constraints/2"}, 'it is "constraints/2"'),
    "an unknown key": ({"floors": {}}, 'the file has the key "floors", which is not known'),
    "an unknown key of a category": ({"categories": {"x": {"min": 1}}}, 'categories.x has the key'),
    "categories in a list": ({"categories": []}, "categories must be an object"),
    "a category as a list": ({"categories": {"x": ["a"]}}, "categories.x must be an object"),
    "projects as a text": ({"categories": {"x": {"projects": "a"}}}, "must be a list of project"),
    "a project id as a number": ({"exclusive": [["a", 1]]}, "exclusive[0] must be a list of"),
    "a project twice": ({"exclusive": [["a", "a"]]}, 'names the project "a" twice'),
    "a group of one": ({"exclusive": [["a"]]}, "exclusive[0] must be two projects or more"),
    "groups in an object": ({"exclusive": {"a": "b"}}, "exclusive must be a list"),
    "an unknown project": ({"exclusive": [["a", "zz"]]}, "A constraint names 'zz'"),
    "an unknown project in a category": (
        {"categories": {"x": {"projects": ["zz"], "maximum": 1}}}, "A constraint names 'zz'",
    ),
    "an unknown recipient's project": ({"recipients": {"x": ["zz"]}}, "names 'zz'"),
    "an unknown partial project": ({"partial": {"zz": 1}}, "names 'zz'"),
    "an unknown multiplied project": ({"multipliers": {"zz": 2}}, "names 'zz'"),
    "a maximum for nobody": ({"recipient_maximum": 1}, "recipient_maximum is given, and no rec"),
    "a negative amount": ({"partial": {"a": -1}}, "partial.a must be an amount of money"),
    "an amount of 0 to begin with": ({"partial": {"a": 0}}, "partial.a must be more than 0"),
    "a float": ({"partial": {"a": 12.5}}, 'such as "12.50"; it is 12.5'),
    "an exponent": ({"partial": {"a": "1e3"}}, 'it is "1e3"'),
    "a true amount": ({"partial": {"a": True}}, "it is true"),
    "an amount without end": ({"partial": {"a": 10**31}}, "partial.a must be an amount"),
    "a text without end": ({"partial": {"a": "1." + "0" * 99 + "1"}}, "partial.a must be an amount"),
    "digits of another script": ({"partial": {"a": "١٢"}}, "partial.a must be an amount"),
    "a multiplier below 1": ({"multipliers": {"a": "1/2"}}, "multipliers.a must be a number from"),
    "a multiplier by 0": ({"multipliers": {"a": "1/0"}}, "multipliers.a must be a number from"),
    "a multiplier that is no number": ({"multipliers": {"a": None}}, "it is null"),
    "a minimum above the maximum": (
        {"categories": {"x": {"projects": ["a"], "minimum": 2, "maximum": 1}}}, "above its maximum",
    ),
    "minimums above the budget": (
        {"categories": {"x": {"projects": ["a"], "minimum": 101}}}, "more than the budget",
    ),
    "a category without projects": (
        {"categories": {"x": {"maximum": 1}}}, 'The category "x" needs projects',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_constraints_that_are_wrong_are_refused(refused, name):
    limits, said = LIMITS[name]
    if isinstance(limits, dict) and name != "no format":
        limits = {"format": "constraints/1"} | limits
    sentence = refused("count", "{pb}", "--rule", "greedy", limits=limits)
    assert "limits.json: " in sentence
    assert said in sentence


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (b"", "line 1: This is no JSON"),
        (b'{\n"format": "constraints/1",\n}', "line 3: This is no JSON"),
        (b'{"format": "constraints/1", "format": "constraints/1"}', '"format" stands twice'),
        (b'{"format": "constraints/1", "partial": {"a": NaN}}', "NaN is no number"),
        (b'{"format": "constraints/1", "partial": {"a": -Infinity}}', "-Infinity is no number"),
        (b'{"format": "constraints/1", "partial": {"a": ' + b"9" * 5000 + b"}}", "more than 30 di"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{\n"format": "\xff"}', "line 2: The text is not UTF-8"),
    ],
    ids=["empty", "a comma", "twice", "NaN", "infinite", "digits", "deep", "not UTF-8"],
)
def test_constraints_that_are_no_json_are_refused(refused, limits, said):
    assert f"limits.json: {said}" in refused("count", "{pb}", limits=limits) or said in refused(
        "count", "{pb}", limits=limits
    )


@pytest.mark.parametrize(
    ("rule", "limits", "kind"),
    [
        ("equal-shares", {"partial": {"a": 1}}, "partial"),
        ("phragmen", {"partial": {"a": 1}}, "partial"),
        ("phragmen", {"multipliers": {"a": 2}}, "multipliers"),
        ("phragmen", {"categories": {"x": {"projects": ["a"], "minimum": 1}}}, "category-minimum"),
    ],
)
def test_a_constraint_that_the_rule_does_not_honour_is_refused(refused, rule, limits, kind):
    limits = {"format": "constraints/1"} | limits
    sentence = refused("count", "{pb}", "--rule", rule, limits=limits)
    assert f"The rule {rule} does not honour the constraint {kind}." in sentence


# --- rules, help and the ways a process ends ---------------------------------------------------


def test_rules_lists_every_option_with_its_values_and_default(run):
    status, output, _errors = run("rules", "--json")
    assert status == 0
    rules = json.loads(output)["rules"]
    assert list(rules) == list(RULES)
    for name, rule in RULES.items():
        assert rules[name]["constraints"] == sorted(rule.constraints)
        assert set(rules[name]["options"]) == {*rule.options, "tie_break", "min_support"}
        for option, known in rule.options.items():
            entry = rules[name]["options"][option]
            assert (entry["values"], entry["default"]) == (list(known), known[0])


def test_rules_are_listed_for_a_person(run):
    status, output, _errors = run("rules")
    assert status == 0
    assert "  --completion none|greedy|add1|add1-greedy\n      default none\n" in output


@pytest.mark.parametrize("arguments", [["--help"], ["count", "--help"], ["rules", "-h"]])
def test_help_is_given(run, arguments):
    status, output, errors = run(*arguments)
    assert (status, errors) == (0, "")
    assert "usage: python -m voting.rules" in output


def test_a_reader_that_leaves_is_no_error():
    """The pipe is closed long before the first word is written."""
    process = subprocess.Popen(
        [*COMMAND, "rules", "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdout.close()
    with process.stderr as errors:
        assert errors.read() == b""
    assert process.wait() == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "rules"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"The outcome cannot be written: No space left on device.\n"


def test_no_output_at_all_is_told():
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "rules"],  # noqa: S607
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == b"There is no output to write to.\n"


def test_an_interruption_ends_quietly(tmp_path):
    """The file is a pipe nobody writes to, so that the command waits while it is interrupted."""
    pipe = tmp_path / "election.pb"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*COMMAND, "count", str(pipe)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    writer = os.open(pipe, os.O_WRONLY)  # returns when the command has begun to read
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    os.close(writer)
    assert (process.returncode, output, errors) == (130, b"", b"")


def test_too_little_memory_is_told(refused, monkeypatch):
    def greedy(path):
        raise MemoryError

    monkeypatch.setattr(Path, "read_bytes", greedy)
    assert refused("count", "{pb}") == "There is not enough memory.\n"
