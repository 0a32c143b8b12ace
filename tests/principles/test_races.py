"""Two operators at once: one version is founded, and no number is given twice."""

import pytest

from audit.models import OPERATOR
from principles.actions import adopt_framework, founding
from principles.models import FrameworkVersion
from tests.factories import NOON
from tests.hubs.races import meanwhile
from tests.principles.makers import make_draft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_lock(monkeypatch):
    monkeypatch.setattr(founding, "_one_at_a_time", lambda: None)


def two_foundings():
    first, second = make_draft(), make_draft()

    def adopt(version):
        return lambda: adopt_framework(framework=version, adopter=OPERATOR, now=NOON)

    ended = meanwhile(adopt(first), adopt(second))
    return ended, FrameworkVersion.objects.filter(status="ACTIVE").count()


def test_of_two_founders_the_second_is_told_that_there_was_a_first():
    assert two_foundings() == (["AlreadyFounded"], 1)


@pytest.mark.usefixtures("without_lock")
def test_without_the_lock_the_second_founder_runs_into_the_constraint():
    assert two_foundings() == (["IntegrityError"], 1)


def two_loads():
    ended = meanwhile(make_draft, make_draft)
    return ended, sorted(FrameworkVersion.objects.values_list("number", flat=True))


def test_two_versions_loaded_at_once_get_two_numbers():
    assert two_loads() == (["done"], [1, 2])


@pytest.mark.usefixtures("without_lock")
def test_without_the_lock_both_take_the_same_number():
    assert two_loads() == (["IntegrityError"], [1])
