"""The tools of `make check` catch a planted violation of each kind, and only what was planted."""

import json
import re
import tomllib

import pytest

from config.preflight import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
CONTRACTS = {contract["name"]: contract["id"] for contract in SETTINGS["importlinter"]["contracts"]}
VERDICT = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)$", re.MULTILINE)

IMPORTS = [
    ("an app imports one above it", "audit/queries.py", "import members.models", "apps"),
    ("an app imports config", "pages/queries.py", "import config.safety", "apps"),
    ("a kind of file that has no place", "jobs/utils.py", "", "files"),
    ("models know forms", "hubs/models.py", "import hubs.forms", "actions files storage"),
    ("queries know permissions", "hubs/queries.py", "import hubs.permissions", "files"),
    ("views know addresses", "hubs/views.py", "import hubs.urls", "files"),
    ("models call an action", "hubs/models.py", "import members.actions", "storage"),
    (
        "permissions call an action",
        "voting/permissions/elections.py",
        "import hubs.actions",
        "storage",
    ),
    ("an action knows pages", "voting/actions/closing.py", "import hubs.views", "actions"),
    ("an action knows forms", "hubs/actions.py", "import members.forms", "actions"),
    ("an action knows tasks", "voting/actions/closing.py", "import jobs.tasks", "actions"),
    ("a counting rule knows Django", "voting/rules/greedy.py", "import django", "pure"),
    ("the canonical form knows models", "voting/canonical.py", "import hubs.models", "pure"),
    ("a view knows Celery", "hubs/views.py", "import celery", "celery"),
    ("an action knows the broker", "jobs/actions.py", "import kombu", "celery"),
    (
        "the verifier knows the project",
        "voting/verifier/verify.py",
        "import hubs.phases",
        "verifier",
    ),
    ("the verifier knows the engine", "voting/verifier/verify.py", "import voting.rules", "files"),
    ("the verifier needs a package", "voting/verifier/verify.py", "import django", "verifier"),
    (
        "a count leans on the verifier",
        "voting/actions/counting.py",
        "import voting.verifier.verify",
        "alone",
    ),
    ("the engine knows its peer", "voting/rules/table.py", "import pabutools", "peers"),
]

PLANTED = "hubs/planted.py"
STYLE = [
    ("a relative import", "from . import models\n\n__all__ = ['models']\n", "TID252"),
    ("an import inside a function", "def load():\n    import json\n\n    return json\n", "PLC0415"),
    ("a signal", "from django.db.models import signals\n\nprint = signals\n", "TID251"),
    ("a receiver", "from django.dispatch import receiver\n\nlisten = receiver\n", "TID251"),
    (
        "a generic foreign key",
        "from django.contrib.contenttypes.fields import GenericForeignKey\n\nkey = GenericForeignKey()\n",
        "TID251",
    ),
    (
        "Django's own user model",
        "from django.contrib.auth.models import User\n\nmodel = User\n",
        "TID251",
    ),
    ("a print", "print('here')\n", "T201"),
    ("a moment without a zone", "import datetime\n\nnow = datetime.datetime.now()\n", "DTZ005"),
    ("a value inside a message", "def say(_, name):\n    return _(f'Hello {name}')\n", "INT001"),
    ("an assertion in code", "def check(number):\n    assert number\n", "S101"),
    ("code that was commented out", "# number = 1\n", "ERA001"),
    (
        "a function with nine ways through it",
        "def choose(number):\n"
        + "".join(f"    if number == {n}:\n        number += {n}\n" for n in range(8))
        + "    return number\n",
        "C901",
    ),
]

ROUTE = """
urlpatterns.append(path("open/", views.StyleguideForm, name="open"))
"""
COLUMN = """

class Planted(models.Model):
    name = models.CharField(max_length=3)
"""
MESSAGE = """

SENTENCE = _("A sentence that no catalogue holds.")
"""


def broken(house):
    """The ids of the contracts that do not hold in the copy."""
    done = house.run("lint-imports", "--no-cache")
    verdicts = {
        CONTRACTS[found["name"]]: found["verdict"] for found in VERDICT.finditer(done.stdout)
    }
    assert verdicts.keys() == set(CONTRACTS.values()), done.stdout
    found = {name for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert done.returncode == bool(found)
    return found


def complaints(house, path):
    """The codes of what ruff finds in a file."""
    done = house.run("ruff", "check", "--no-cache", "--output-format=json", path)
    return {found["code"] for found in json.loads(done.stdout)}


def test_the_untouched_copy_keeps_every_contract(house):
    assert broken(house) == set()


@pytest.mark.parametrize(
    ("path", "line", "contracts"), [case[1:] for case in IMPORTS], ids=[case[0] for case in IMPORTS]
)
def test_a_planted_import_breaks_its_contract_and_no_other(house, path, line, contracts):
    with house.planted(path, f"\n{line}\n"):
        assert broken(house) == set(contracts.split())


def test_every_contract_is_planted_against():
    assert {name for case in IMPORTS for name in case[3].split()} == set(CONTRACTS.values())


def test_every_package_is_under_the_contracts():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert set(SETTINGS["importlinter"]["root_packages"]) == packages


@pytest.mark.parametrize(
    ("text", "code"), [case[1:] for case in STYLE], ids=[case[0] for case in STYLE]
)
def test_a_planted_habit_is_refused_by_ruff(house, text, code):
    with house.planted(PLANTED, f'"""Planted."""\n\n{text}'):
        assert code in complaints(house, PLANTED)


def test_the_untouched_copy_pleases_ruff(house):
    assert complaints(house, ".") == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def double(number):\n    return number * 2\n", "no-untyped-def"),
        ("NUMBER: int = 'one'  # type: ignore\n", "ignore-without-code"),
    ],
)
def test_a_planted_untyped_line_is_refused_by_mypy(house, text, code):
    with house.planted(PLANTED, text):
        alone = ("--follow-imports=skip", "--cache-dir=/dev/null")
        done = house.run("mypy", PLANTED, *alone)
    assert re.findall(r"\[([a-z-]+)\]$", done.stdout, re.MULTILINE) == [code]
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("command", "path", "text", "sentence"),
    [
        ("check", "pages/urls.py", ROUTE, "(config.E001) The route"),
        ("makemigrations --check --dry-run", "jobs/models.py", COLUMN, "Create model Planted"),
        ("messages --check", "hubs/forms.py", MESSAGE, "es: not up to date with the code"),
    ],
    ids=["a route without a permission", "a change without a migration", "a new message"],
)
def test_what_was_forgotten_is_refused_by_manage(house, command, path, text, sentence):
    with house.planted(path, text):
        done = house.run("manage.py", *command.split())
    assert (done.returncode, sentence in done.stdout) == (1, True), done.stdout


@pytest.mark.parametrize(
    "command", ["check", "makemigrations --check --dry-run", "messages --check"]
)
def test_the_untouched_copy_forgot_nothing(house, command):
    done = house.run("manage.py", *command.split())
    assert done.returncode == 0, done.stdout
