"""From pools to envelopes: what each act does, and what it refuses by name."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from allocation import actions
from allocation.formula import FormulaError
from allocation.models import Apportionment, Envelope, FormulaVersion, IndicatorSnapshot, Pool
from allocation.queries import (
    FIRST_PARAMETERS,
    envelopes_left,
    input_of,
    plain,
    runs_to_decide,
    simulate,
)
from audit.canonical import digest
from audit.models import TrailEntry
from hubs.models import Cycle, Hub
from jobs.actions import JobNotFailed, LeaseLost, fail_job, take_job
from jobs.models import Job
from tests.allocation.makers import (
    SIXTEEN_MILLION,
    approved,
    asked,
    compute,
    computed,
    make_approver,
    make_figures,
    make_formula,
    make_officer,
    make_pool,
    make_regions,
    make_snapshot,
)
from tests.factories import NOON, make_cycle, make_hub
from tests.voting.makers import tampering

pytestmark = pytest.mark.django_db
TABLES = ("allocation_apportionment", "allocation_envelope")


def entry(verb: str) -> TrailEntry:
    return TrailEntry.objects.get(verb=verb)


def result_of(apportionment: Apportionment) -> dict[str, Any]:
    """What came out of a run, which has one."""
    assert apportionment.result is not None
    found: dict[str, Any] = apportionment.result
    return found


# What there is


def test_a_pool_is_declared_once_and_leaves_a_trace():
    pool = make_pool()
    assert (pool.kind, pool.currency, pool.amount_minor) == ("MONEY", "USD", SIXTEEN_MILLION)
    told = entry("declare_pool")
    assert (told.role, told.after["amount_minor"]) == ("ALLOCATION_OFFICER", SIXTEEN_MILLION)
    with pytest.raises(actions.PoolDeclared):
        make_pool()
    make_pool("STAFF_TIME", 90_000)
    assert Pool.objects.count() == 2


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"kind": "DATA", "currency": ""}, actions.DataIsNotDivided),
        ({"amount_minor": 0}, actions.NothingToShare),
        ({"amount_minor": -1}, actions.NothingToShare),
        ({"currency": ""}, actions.WrongCurrency),
        ({"currency": "QQQ"}, actions.WrongCurrency),
        ({"kind": "CAPACITY", "currency": "USD"}, actions.WrongCurrency),
    ],
)
def test_what_is_no_pool_is_refused_by_name(told, refusal):
    whole = {"kind": "MONEY", "currency": "USD", "amount_minor": 1} | told
    with pytest.raises(refusal):
        actions.declare_pool(cycle=make_cycle(), declarer=make_officer(), now=NOON, **whole)
    assert not Pool.objects.exists()


# The formula


def test_versions_are_numbered_and_leave_a_trace():
    assert [make_formula().number, make_formula("0.6").number] == [1, 2]
    assert TrailEntry.objects.filter(verb="publish_formula").count() == 2


@pytest.mark.parametrize("floor", ["0.4999", "0.49", "0", "-1"])
def test_no_version_has_a_floor_below_half(floor):
    with pytest.raises(actions.FloorBelowHalf):
        make_formula(floor)
    assert not FormulaVersion.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sigma": "-1"}, "sigma"),
        ({"beta": {"readers": "0.6", "community": "0.5"}}, "beta"),
        ({"beta": {"readers": "0.6", "fame": "0.4"}}, "beta"),
        ({"gamma": 0.5}, "gamma"),
        ({"step": -1}, "step"),
        ({"minimum": -1}, "minimum"),
        ({"minimum": "15"}, "minimum"),
        ({"south_floor": "0.1"}, "south_floor"),
        ({"surprise": "1"}, "surprise"),
    ],
)
def test_a_bad_parameter_is_refused_by_its_name(changes, field):
    with pytest.raises(FormulaError) as refusal:
        actions.publish_formula(
            parameters={**FIRST_PARAMETERS, **changes},
            south_floor=Decimal("0.5"),
            publisher=make_officer(),
            now=NOON,
        )
    assert (refusal.value.code, refusal.value.facts["field"]) == ("BAD_FORMULA", field)
    assert not FormulaVersion.objects.exists()


# The figures


def test_a_set_of_figures_holds_seven_of_every_regional_hub():
    make_regions()
    make_hub("heritage", "THEMATIC")
    snapshot = make_snapshot()
    assert snapshot.values.count() == 7 * 8
    assert set(snapshot.values.values_list("indicator", "status")) == {
        ("PREVIOUS", "PUBLISHED"), ("READERS", "ILLUSTRATIVE"), ("COMMUNITY", "ILLUSTRATIVE"),
        ("INCOME", "ILLUSTRATIVE"), ("UNDER", "ILLUSTRATIVE"), ("FUNDING", "ILLUSTRATIVE"),
        ("SOUTH", "ILLUSTRATIVE"),
    }  # fmt: skip
    assert entry("publish_indicators").after["cycle"] == "2026"


def publish(figures):
    return actions.publish_indicators(
        cycle=make_cycle(), values=figures, publisher=make_officer(), now=NOON
    )


def test_a_figure_that_is_missing_is_named():
    make_regions()
    figures = [f for f in make_figures() if (f.hub.slug, f.indicator) != ("sa", "INCOME")]
    with pytest.raises(actions.MissingIndicator) as refusal:
        publish(figures)
    assert (refusal.value.hub, refusal.value.indicator) == ("sa", "INCOME")
    assert not IndicatorSnapshot.objects.exists()


def test_a_hub_without_any_figure_is_named():
    make_regions()
    figures = make_figures()
    make_hub("antarctica")
    with pytest.raises(actions.MissingIndicator) as refusal:
        publish(figures)
    assert refusal.value.hub == "antarctica"


def test_a_figure_twice_or_of_a_thematic_hub_is_refused():
    make_regions()
    figures = make_figures()
    with pytest.raises(actions.StrayIndicator):
        publish([*figures, figures[0]])
    Hub.objects.filter(slug="sa").update(kind="THEMATIC")
    with pytest.raises(actions.StrayIndicator) as refusal:
        publish(figures)
    assert refusal.value.hub == "sa"


# A run


def test_a_run_is_fed_from_the_rows_and_its_input_is_hashed():
    apportionment, job = asked()
    document = apportionment.input
    assert apportionment.input_hash == digest(document)
    assert (document["format"], document["pool"]) == ("apportionment/1", SIXTEEN_MILLION)
    assert document["formula"]["south_floor"] == "0.5"
    assert "minimum" not in document["formula"]
    assert [hub["code"] for hub in document["hubs"]] == sorted(h["code"] for h in document["hubs"])
    mena = next(hub for hub in document["hubs"] if hub["code"] == "mena")
    assert mena == {
        "code": "mena", "size": {"readers": "370", "community": "20"}, "income": "20000",
        "under": "0.65", "funding": "0.262126", "south": "0.97", "previous": 23_000_000,
        "minimum": 15_000_000, "maximum": None,
    }  # fmt: skip
    assert (job.kind, job.subject) == ("allocation.compute_apportionment", str(apportionment.pk))
    assert entry("request_apportionment").after["input"] == apportionment.input_hash


def test_the_published_budgets_give_what_the_research_found():
    """C4: the North loses a fifth, the Middle East gets 580,000 and South Asia 750,000."""
    apportionment = computed()
    given = {e.hub.slug: e for e in apportionment.envelopes.select_related("hub")}
    assert sum(e.amount_minor for e in given.values()) == SIXTEEN_MILLION
    assert given["mena"].amount_minor == 58_000_000
    assert given["sa"].amount_minor == 75_000_000
    assert given["na"].amount_minor == 234_000_000 * 8 // 10
    assert given["nwe"].amount_minor == 403_000_000 * 8 // 10
    assert 2 * sum(e.south_minor for e in given.values()) >= SIXTEEN_MILLION
    assert (given["na"].south_minor, given["nwe"].south_minor) == (0, 0)
    assert {e.previous_minor for e in given.values()} >= {23_000_000, 403_000_000}
    assert all(e.steps[-1] == ["rounding", e.amount_minor] for e in given.values())


def test_a_computed_run_keeps_result_hash_and_code_and_ends_its_job():
    apportionment = computed()
    assert apportionment.status == "COMPUTED"
    assert result_of(apportionment)["format"] == "apportionment-result/1"
    assert apportionment.result_hash == digest(Apportionment.objects.get().result)
    assert len(apportionment.code_version) == 64
    assert Job.objects.get().state == "DONE"
    assert entry("compute_apportionment").after["result"] == apportionment.result_hash


def test_a_run_that_cannot_be_done_says_why_and_gives_no_envelopes():
    apportionment = computed(down="0", max_share="0.25")
    assert apportionment.status == "INFEASIBLE"
    error = result_of(apportionment)["error"]
    assert (error["code"], error["hub"]) == ("BOUNDS_CONFLICT", "nwe")
    assert error["lower"] == 403_000_000
    assert not Envelope.objects.exists()
    assert Job.objects.get().state == "DONE"


def test_a_hub_that_came_after_the_figures_makes_the_run_say_what_is_missing():
    make_regions()
    snapshot = make_snapshot()
    make_hub("antarctica")
    _apportionment, job = actions.request_apportionment(
        pool=make_pool(),
        formula=make_formula(),
        snapshot=snapshot,
        officer=make_officer(),
        now=NOON,
    )
    error = result_of(compute(job))["error"]
    assert (error["code"], error["hub"]) == ("MISSING", "antarctica")


def test_a_correction_is_another_set_and_another_input():
    first, _job = asked()
    second, _job = actions.request_apportionment(
        pool=first.pool,
        formula=first.formula,
        snapshot=make_snapshot(sa={"READERS": "1100"}),
        officer=make_officer(),
        now=NOON,
    )
    assert first.input_hash != second.input_hash
    assert first.snapshot.values.get(hub__slug="sa", indicator="READERS").value == 1000


def test_figures_of_another_cycle_are_refused():
    pool = make_pool()
    make_regions()
    with pytest.raises(actions.SnapshotElsewhere):
        actions.request_apportionment(
            pool=pool,
            formula=make_formula(),
            snapshot=make_snapshot(cycle=make_cycle("2025")),
            officer=make_officer(),
            now=NOON,
        )
    assert not Apportionment.objects.exists()


def test_hours_have_no_last_year_and_so_no_yearly_limits():
    make_regions()
    apportionment = computed(make_pool("STAFF_TIME", 100_000), minimum=0)
    given = list(apportionment.envelopes.all())
    assert {envelope.previous_minor for envelope in given} == {None}
    assert sum(envelope.amount_minor for envelope in given) == 100_000
    assert 2 * sum(envelope.south_minor for envelope in given) >= 100_000


def test_a_run_whose_input_was_changed_is_not_computed():
    apportionment, job = asked()
    with tampering(*TABLES):
        Apportionment.objects.update(input=apportionment.input | {"pool": 1})
    with pytest.raises(actions.InputTampered):
        compute(job)
    assert not Envelope.objects.exists()


def test_a_lost_lease_keeps_nothing():
    apportionment, job = asked()
    taken = take_job(job_id=job.pk, now=NOON)
    Job.objects.update(lease=apportionment.pk)  # another worker's
    with pytest.raises(LeaseLost):
        actions.compute_apportionment(
            job=taken, progress=lambda done, total: None, clock=lambda: NOON
        )
    apportionment.refresh_from_db()
    assert (apportionment.status, Envelope.objects.count()) == ("REQUESTED", 0)


def test_a_run_that_broke_off_may_be_tried_again_and_a_changed_one_may_not():
    apportionment, job = asked()
    retry: dict[str, Any] = {"apportionment": apportionment, "officer": make_officer(), "now": NOON}
    with pytest.raises(JobNotFailed):
        actions.retry_apportionment(**retry)
    fail_job(job=take_job(job_id=job.pk, now=NOON), error_code="UNFORESEEN", error="", now=NOON)
    compute(actions.retry_apportionment(**retry))
    assert entry("retry_apportionment").target_id == str(apportionment.pk)

    apportionment, job = asked()
    fail_job(job=take_job(job_id=job.pk, now=NOON), error_code="InputTampered", error="", now=NOON)
    with pytest.raises(actions.InputTampered):
        actions.retry_apportionment(**retry | {"apportionment": apportionment})


# The decision


def test_an_approved_run_is_final_and_says_who_approved_it():
    apportionment = approved()
    assert (apportionment.status, apportionment.decided_by) == ("APPROVED", make_approver())
    assert entry("approve_apportionment").role == "ALLOCATION_APPROVER"
    for decide in (actions.approve_apportionment, actions.reject_apportionment):
        with pytest.raises((actions.NotComputed, actions.PoolShared)):
            decide(apportionment=apportionment, approver=make_approver(), now=NOON)


def test_a_pool_that_is_shared_is_not_shared_again():
    waiting = computed()
    approved(waiting.pool)
    with pytest.raises(actions.PoolShared):
        actions.approve_apportionment(apportionment=waiting, approver=make_approver(), now=NOON)
    with pytest.raises(actions.PoolShared):
        asked(waiting.pool)
    actions.reject_apportionment(apportionment=waiting, approver=make_approver(), now=NOON)
    assert entry("reject_apportionment").target_id == str(waiting.pk)


@pytest.mark.parametrize("decide", ["approve_apportionment", "reject_apportionment"])
def test_nobody_decides_on_a_run_of_their_own(decide):
    with pytest.raises(actions.SamePerson):
        getattr(actions, decide)(apportionment=computed(), approver=make_officer(), now=NOON)


@pytest.mark.parametrize("decide", ["approve_apportionment", "reject_apportionment"])
def test_what_was_not_computed_is_not_decided(decide):
    waiting, _job = asked()
    impossible = computed(waiting.pool, down="0", max_share="0.25")
    for apportionment in (waiting, impossible):
        with pytest.raises(actions.NotComputed):
            getattr(actions, decide)(
                apportionment=apportionment, approver=make_approver(), now=NOON
            )


def test_a_run_whose_envelopes_were_changed_is_not_approved():
    apportionment = computed()
    with tampering(*TABLES):
        Envelope.objects.filter(hub__slug="na").update(amount_minor=1, south_minor=0)
    with pytest.raises(actions.ReplayDiffers):
        actions.approve_apportionment(
            apportionment=apportionment, approver=make_approver(), now=NOON
        )


def test_a_run_waits_for_the_approver_until_its_pool_is_shared():
    first = computed()
    second = computed(first.pool)
    assert set(runs_to_decide(make_approver(), NOON)) == {first, second}
    assert list(runs_to_decide(make_officer(), NOON)) == []
    actions.approve_apportionment(apportionment=second, approver=make_approver(), now=NOON)
    assert list(runs_to_decide(make_approver(), NOON)) == []


def test_a_hub_has_its_envelopes_once_they_are_approved():
    run = computed()
    mena = Hub.objects.get(slug="mena")
    assert list(envelopes_left(mena)) == []
    actions.approve_apportionment(apportionment=run, approver=make_approver(), now=NOON)
    assert [envelope.amount_minor for envelope in envelopes_left(mena)] == [58_000_000]


# Trying out


def test_trying_out_uses_the_same_engine_and_writes_nothing():
    apportionment = computed()
    before = (Apportionment.objects.count(), TrailEntry.objects.count(), Job.objects.count())
    found = simulate(apportionment.pool, apportionment.formula, apportionment.snapshot)
    after = (Apportionment.objects.count(), TrailEntry.objects.count(), Job.objects.count())
    assert before == after
    assert found.split is not None
    assert {row.hub.slug: row.amount_minor for row in found.split.rows} == (
        result_of(apportionment)["allocations"]
    )
    assert found.split.south_share_before == Decimal("0.495")
    assert found.split.south_share >= Decimal("0.5")


def test_what_cannot_be_done_is_said_without_a_run_too():
    make_regions()
    found = simulate(make_pool(), make_formula(down="0", max_share="0.25"), make_snapshot())
    assert found.split is None
    assert found.error is not None
    assert found.error["code"] == "BOUNDS_CONFLICT"


def test_a_version_that_nobody_published_can_be_tried_out():
    make_regions()
    unpublished = FormulaVersion(parameters=dict(FIRST_PARAMETERS), south_floor=Decimal("0.6"))
    found = simulate(make_pool(), unpublished, make_snapshot())
    assert found.split is not None
    assert found.split.south_share >= Decimal("0.6")


@pytest.mark.parametrize(
    ("value", "text"), [("1260000.000000", "1260000"), ("0.350000", "0.35"), ("0", "0")]
)
def test_decimals_are_written_plainly(value, text):
    assert plain(Decimal(value)) == text


def test_the_order_of_rows_changes_no_input():
    """The same figures, stored the other way round, are the same document."""
    make_regions()
    pool, formula = make_pool(), make_formula()
    first = input_of(pool, formula, publish(make_figures()))
    second = input_of(pool, formula, publish(list(reversed(make_figures()))))
    assert digest(first) == digest(second)
    assert Cycle.objects.get().ends_on == date(2026, 12, 31)
