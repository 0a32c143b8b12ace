"""The way from a pool to envelopes in a real browser, in English and in Arabic."""

import pytest

from allocation.models import Apportionment
from jobs.models import Job
from tests.allocation.makers import (
    approved,
    compute,
    computed,
    make_approver,
    make_officer,
    make_pool,
    make_regions,
    make_snapshot,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_officer_is_refused_49_percent_then_runs_and_the_approver_approves(open_tab):
    make_regions()
    make_snapshot()
    pool = make_pool()
    tab = open_tab(make_officer())
    tab.go("allocation/formulas/publish/")
    tab.look("publish-formula")
    tab.fill(south_floor="49", sigma="0.8")
    tab.send()
    tab.look("publish-formula-refused")
    assert tab.typed("south_floor", "sigma") == {"south_floor": "49", "sigma": "0.8"}
    tab.fill(south_floor="50", sigma="0.75")
    tab.send()
    assert tab.path == "allocation/formulas/1/"
    tab.look("formula")

    tab.go("allocation/")
    tab.follow(f"pools/{pool.pk}/apportion/")
    tab.look("try-out")
    with tab.page.expect_navigation():
        tab.page.locator('main form[method="post"] button').click()
    run = Apportionment.objects.get()
    assert tab.path == f"apportionments/{run.pk}/"
    tab.look("run-waiting")
    compute(Job.objects.get())
    tab.go(f"apportionments/{run.pk}/")
    tab.look("run-computed")

    tab = open_tab(make_approver())
    tab.go(f"apportionments/{run.pk}/")
    tab.look("run-to-approve")
    with tab.page.expect_navigation():
        tab.page.locator('form[action$="/approve/"] button').click()
    assert Apportionment.objects.get().status == "APPROVED"
    tab.look("run-approved")


def test_anyone_reads_the_split_its_steps_and_its_replay(open_tab):
    run = approved()
    make_pool("STAFF_TIME", 90_000)
    tab = open_tab()
    tab.go("allocation/")
    tab.look("split")
    tab.follow(f"apportionments/{run.pk}/hubs/ceeca/")
    tab.look("hub-share")
    tab.go(f"apportionments/{run.pk}/replay/")
    tab.look("replay")
    tab.go("allocation/formulas/")
    tab.look("formulas")


def test_what_cannot_be_shared_is_said(open_tab):
    run = computed(down="0", max_share="0.25")
    tab = open_tab(make_officer())
    tab.go(f"apportionments/{run.pk}/")
    tab.look("run-infeasible")
    tab.go("allocation/indicators/publish/")
    tab.look("publish-indicators")
    tab.go("pools/declare/")
    tab.look("declare-pool")
