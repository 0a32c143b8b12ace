"""python -m voting.rules: everything that is refused, each in one sentence."""

from pathlib import Path

import pytest

from tests.voting.rules.pb_files import THREE


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


def test_too_little_memory_is_told(refused, monkeypatch):
    def greedy(path):
        raise MemoryError

    monkeypatch.setattr(Path, "read_bytes", greedy)
    assert refused("count", "{pb}") == "There is not enough memory.\n"
