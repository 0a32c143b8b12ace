"""Advisory locks are numbers, so two that are the same would make strangers wait for each other."""

import ast

import pytest

from tests.architecture.test_shape import python_files

ADVISORY = "pg_advisory_", "pg_try_advisory_"


def texts(tree):
    """The strings of a module, whole or in parts, without docstrings."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def takes_locks(tree):
    return any(name in text for text in texts(tree) for name in ADVISORY)


def numbers(tree):
    """The numbers that a module gives to names ending in LOCK."""
    return {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.endswith("_LOCK")
    }


def clashes(sources):
    """What is wrong with the locks of these modules: each has one name and a number of its own."""
    trees = {name: ast.parse(source) for name, source in sources.items()}
    found: dict[object, str] = {}
    wrong = []
    for name in (name for name, tree in trees.items() if takes_locks(tree)):
        here = numbers(trees[name])
        if len(here) != 1 or any(type(number) is not int for number in here.values()):
            wrong.append((name, "has not one number named ..._LOCK"))
        for number in here.values():
            if number in found:
                wrong.append((name, f"has the number of {found[number]}"))
            found.setdefault(number, name)
    return wrong


TAKEN = 'A_LOCK = 7\n\n\ndef go(cursor):\n    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [A_LOCK])\n'


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        (TAKEN.replace("7", "8"), []),
        (TAKEN, [("other", "has the number of one")]),
        (TAKEN.replace("A_LOCK = 7", "A_LOCK = 'seven'"), [
            ("other", "has not one number named ..._LOCK")
        ]),
        (TAKEN.replace("A_LOCK = 7", "NUMBER = 8"), [("other", "has not one number named ..._LOCK")]),
        ('"""Says pg_advisory_xact_lock."""\n', []),
    ],
    ids=["another number", "the same number", "no number", "no such name", "only a docstring"],
)  # fmt: skip
def test_a_number_taken_twice_is_noticed(other, wrong):
    assert clashes({"one": TAKEN, "other": other}) == wrong


def test_no_two_advisory_locks_have_the_same_number():
    sources = {str(path): path.read_text() for path in python_files()}
    users = [name for name, source in sources.items() if takes_locks(ast.parse(source))]
    assert len(users) >= 4
    assert clashes(sources) == []
