"""Two people at the same moment: one of them gets the named refusal.

Each claim has a control with the row lock taken away, in which PostgreSQL's own guard answers.
"""

import pytest
from django.db.models import QuerySet

from allocation.actions import approve_apportionment, reject_apportionment
from allocation.models import Apportionment, FormulaVersion, Pool
from audit.models import TrailEntry
from tests.allocation.makers import computed, make_approver, make_formula, make_officer, make_pool
from tests.factories import NOON, make_cycle
from tests.hubs.races import at_once, ends

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)


def decide(run, action=approve_apportionment):
    return lambda: action(apportionment=run, approver=make_approver(), now=NOON)


def decided(*deeds) -> tuple[list[str], int]:
    """How the deeds end that meet at the table of runs, and how many decisions are in the trail."""
    make_approver()
    with at_once(*deeds, table="allocation_apportionment") as begun:
        pass
    verbs = ["approve_apportionment", "reject_apportionment"]
    return ends(begun), TrailEntry.objects.filter(verb__in=verbs).count()


def test_a_run_approved_by_two_at_once_is_approved_once():
    run = computed()
    assert decided(decide(run), decide(run)) == (["PoolShared", "done"], 1)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_database_refuses_the_second_approval():
    run = computed()
    assert decided(decide(run), decide(run)) == (["InternalError", "done"], 1)


def test_of_two_runs_approved_at_once_one_shares_the_pool():
    first = computed()
    second = computed(first.pool)
    assert decided(decide(first), decide(second)) == (["PoolShared", "done"], 1)
    assert Apportionment.objects.filter(status="APPROVED").count() == 1


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_second_split_runs_into_the_constraint():
    first = computed()
    second = computed(first.pool)
    assert decided(decide(first), decide(second)) == (["IntegrityError", "done"], 1)
    assert Apportionment.objects.filter(status="APPROVED").count() == 1


def test_a_run_is_approved_or_rejected_and_never_both():
    run = computed()
    found, decisions = decided(decide(run), decide(run, reject_apportionment))
    assert found in (["NotComputed", "done"], ["PoolShared", "done"])
    assert decisions == 1


def publish_two():
    make_officer()
    with at_once(make_formula, make_formula, table="allocation_formulaversion") as begun:
        pass
    return ends(begun), sorted(FormulaVersion.objects.values_list("number", flat=True))


def test_two_versions_published_at_once_get_two_numbers():
    assert publish_two() == (["done", "done"], [1, 2])


def test_without_the_lock_both_take_the_same_number(monkeypatch):
    monkeypatch.setattr("allocation.actions.formulas.NUMBERING_LOCK", None)  # waits for nobody
    assert publish_two() == (["IntegrityError", "done"], [1])


def declare_two():
    make_officer()
    make_cycle()
    with at_once(make_pool, make_pool, table="allocation_pool") as begun:
        pass
    return ends(begun), Pool.objects.count()


def test_a_pool_declared_by_two_at_once_is_declared_once():
    assert declare_two() == (["PoolDeclared", "done"], 1)


@pytest.mark.usefixtures("without_locks")
def test_without_the_lock_the_second_pool_runs_into_the_constraint():
    assert declare_two() == (["IntegrityError", "done"], 1)
