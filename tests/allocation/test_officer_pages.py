"""The pages of the allocation officer: versions, pools, trying out and running."""

import pytest

from allocation.models import Apportionment, FormulaVersion, Pool
from allocation.queries import FIRST_PARAMETERS
from jobs.models import Job
from tests.allocation.makers import (
    approved,
    make_formula,
    make_officer,
    make_pool,
    make_regions,
    make_snapshot,
)
from tests.allocation.reading import at, plain, read
from tests.factories import make_cycle
from tests.hubs.reading import browser, complaints, messages, page, rows, typed, words

pytestmark = pytest.mark.django_db
PUBLISH = "/en/allocation/formulas/publish/"
DECLARE = "/en/pools/declare/"


def test_a_floor_of_49_percent_is_refused_and_the_rest_is_kept():
    officer = browser(make_officer())
    told = typed(page(officer.get(PUBLISH)))
    assert told["south_floor"] == "50"
    assert told["max_share"] == "25"
    back = page(officer.post(PUBLISH, told | {"south_floor": "49", "sigma": "0.8"}))
    (complaint,) = complaints(back)
    assert "At least half of every pool is for the Global South" in complaint
    assert typed(back) == told | {"south_floor": "49", "sigma": "0.8"}
    assert not FormulaVersion.objects.exists()


@pytest.mark.parametrize("floor", ["49.99", "0", "-50", "101", "NaN", "fifty", ""])
def test_no_other_spelling_of_less_than_half_passes(floor):
    officer = browser(make_officer())
    told = typed(page(officer.get(PUBLISH))) | {"south_floor": floor}
    assert len(complaints(page(officer.post(PUBLISH, told)))) == 1
    assert not FormulaVersion.objects.exists()


def test_a_version_is_published_as_it_was_typed_and_fills_the_next_form():
    officer = browser(make_officer())
    told = typed(page(officer.get(PUBLISH)))
    changed = told | {"south_floor": "62.5", "up": "45", "readers": "55", "community": "45"}
    done = officer.post(PUBLISH, {k: v for k, v in changed.items() if v})
    assert done["Location"] == "/en/allocation/formulas/1/"
    version = FormulaVersion.objects.get()
    assert str(version.south_floor) == "0.6250"
    assert version.parameters == {
        **FIRST_PARAMETERS, "up": "0.45", "beta": {"readers": "0.55", "community": "0.45"}
    }  # fmt: skip
    assert typed(page(officer.get(PUBLISH))) == changed
    shown = {row[1]: row[2] for row in rows(page(officer.get("/en/allocation/formulas/1/")))}
    assert shown["south_floor"] == "62.5%"
    assert shown["up"] == "45%"
    assert shown["bands"] == "Yes"
    assert plain(shown["beta"]) == "Active community: 45%; Potential readers: 55%"
    assert shown["step"] == "35,000,000"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"readers": "50"}, "must add up to 100 percent"),
        ({"sigma": "-1"}, "greater than or equal to 0"),
        ({"max_share": "0"}, "greater than or equal to 0.01"),
        ({"income_band": "0.5"}, "greater than or equal to 1"),
        ({"step": "1.5"}, "whole number"),
    ],
)
def test_what_the_formula_does_not_take_is_said_at_its_field(change, complaint):
    officer = browser(make_officer())
    told = typed(page(officer.get(PUBLISH))) | change
    (said,) = complaints(page(officer.post(PUBLISH, told)))
    assert complaint in said
    assert not FormulaVersion.objects.exists()


def test_a_pool_is_declared_in_whole_units():
    make_cycle()
    officer = browser(make_officer())
    cycle = str(make_cycle().pk)
    for told in (
        {"kind": "MONEY", "currency": "JPY", "amount": "5000"},
        {"kind": "STAFF_TIME", "currency": "", "amount": "1.5"},
        {"kind": "CAPACITY", "currency": "", "amount": "7"},
    ):
        assert officer.post(DECLARE, told | {"cycle": cycle}).status_code == 302
    assert set(Pool.objects.values_list("kind", "currency", "amount_minor")) == {
        ("MONEY", "JPY", 5000), ("STAFF_TIME", "", 90), ("CAPACITY", "", 7),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"kind": "DATA"}, "Select a valid choice"),
        ({"currency": ""}, "Choose a currency for money"),
        ({"kind": "CAPACITY"}, "none for hours or credits"),
        ({"amount": "0"}, "holds more than nothing"),
        ({"amount": "0.001"}, "more decimals than the unit"),
        ({"amount": "99999999999999"}, "more than can be stored"),
    ],
)
def test_what_is_no_pool_comes_back_with_a_reason(told, complaint):
    cycle = str(make_cycle().pk)
    whole = {"cycle": cycle, "kind": "MONEY", "currency": "USD", "amount": "100"} | told
    back = page(browser(make_officer()).post(DECLARE, whole))
    assert complaint in complaints(back)[0]
    assert typed(back)["amount"] == whole["amount"]
    assert not Pool.objects.exists()


def test_a_pool_declared_twice_comes_back_with_a_reason():
    pool = make_pool()
    told = {"cycle": str(pool.cycle_id), "kind": "MONEY", "currency": "USD", "amount": "1"}
    back = page(browser(make_officer()).post(DECLARE, told))
    assert "has such a pool already" in complaints(back)[0]


def test_the_officer_tries_out_and_then_runs():
    make_regions()
    make_formula()
    make_formula("0.6")
    make_snapshot()
    pool = make_pool()
    officer = browser(make_officer())
    address = f"/en/pools/{pool.pk}/apportion/"
    assert "What version 2 would give" in read(officer.get(address))
    tried = page(officer.get(f"{address}?formula=1"))
    assert "What version 1 would give" in words(tried)
    assert len(rows(tried)) == 9
    assert not tried.select("main tbody a")
    assert not Apportionment.objects.exists()

    done = officer.post(address, {"formula": "1"})
    run = Apportionment.objects.get()
    assert done["Location"] == at(run)
    assert (run.formula.number, run.requested_by) == (1, make_officer())
    assert Job.objects.get().subject == str(run.pk)


def test_what_cannot_be_shared_is_said_while_trying_out():
    make_regions()
    make_formula(down="0", max_share="0.25")
    make_snapshot()
    pool = make_pool()
    said = read(browser(make_officer()).get(f"/en/pools/{pool.pk}/apportion/"))
    assert "Both cannot hold" in said


def test_trying_out_without_a_formula_or_figures_says_what_comes_next():
    pool = make_pool()
    officer = browser(make_officer())
    address = f"/en/pools/{pool.pk}/apportion/"
    assert "No version of the formula is published" in read(officer.get(address))
    make_formula()
    assert "No indicators are published for this cycle" in read(officer.get(address))
    assert officer.post(address, {"formula": "1"}).status_code == 200
    assert officer.get(f"{address}?formula=99").status_code == 200
    make_regions()
    make_snapshot()
    assert officer.post(address).status_code == 200  # nothing is run that was not chosen
    assert not Apportionment.objects.exists()


def test_a_pool_that_is_shared_is_not_run_again():
    run = approved()
    officer = browser(make_officer())
    back = page(officer.post(f"/en/pools/{run.pool_id}/apportion/", {"formula": "1"}, follow=True))
    assert messages(back) == ["Nothing was changed: a split of this pool is approved already."]
