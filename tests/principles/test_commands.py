"""The founding, on the command line of the operator."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import TrailEntry
from principles.models import FrameworkVersion
from principles.queries import active_framework
from tests.principles.makers import changed, make_draft, make_preset

pytestmark = pytest.mark.django_db


def load(*args: str) -> str:
    said = StringIO()
    call_command("load_framework", *args, stdout=said)
    return said.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(preset) -> str:
        path = tmp_path / "preset.json"
        path.write_text(json.dumps(preset))
        return str(path)

    return write


def test_without_a_file_the_twelve_come_into_force():
    assert load() == "Version 1 is in force: 12 principles, 14 criteria.\n"
    found = active_framework().first()
    assert found is not None
    assert found.principles.get(position=1).code == "equity"
    assert [entry.role for entry in TrailEntry.objects.all()] == ["OPERATOR", "OPERATOR"]


def test_a_movement_brings_its_own_file(file):
    assert load(file(make_preset())) == "Version 1 is in force: 2 principles, 3 criteria.\n"


def test_a_draft_that_waits_does_not_stand_in_the_way(file):
    make_draft()
    assert load(file(make_preset())).startswith("Version 2 is in force")


def test_a_second_time_is_refused_and_leaves_no_draft(file):
    load()
    with pytest.raises(CommandError, match="The next version comes by participation"):
        load(file(make_preset()))
    assert FrameworkVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        (make_preset((1, 2, 3)), "What is asked of recipients weighs 6 together; it must be 100."),
        (make_preset(dimensions=("POWER",) * 3), "No criterion stands for OPPORTUNITY, OUTCOME."),
        (
            changed(make_preset(), "criteria.0.weight", 0),
            r"This is not a whole framework. criteria\[0\].weight: a whole number from 1 to 100",
        ),
        ([], "This is not a whole framework. the preset: names and values in curly brackets"),
    ],
)
def test_what_cannot_come_into_force_leaves_nothing_behind(file, preset, said):
    with pytest.raises(CommandError, match=said):
        load(file(preset))
    assert not FrameworkVersion.objects.exists()
    assert not TrailEntry.objects.exists()


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.json cannot be read"):
        load(str(tmp_path / "nothing.json"))
