"""What the database refuses, whoever asks; each guard is tried by someone who breaks the rule."""

from datetime import date

import pytest
from django.db import connection

from allocation.actions import approve_apportionment, reject_apportionment
from allocation.models import (
    Apportionment,
    Envelope,
    FormulaVersion,
    IndicatorSnapshot,
    IndicatorValue,
    Pool,
)
from allocation.queries import FIRST_PARAMETERS
from hubs.models import Hub
from tests.allocation.makers import (
    approved,
    asked,
    computed,
    make_approver,
    make_formula,
    make_officer,
    make_pool,
    make_regions,
    make_snapshot,
)
from tests.factories import NOON, make_cycle, make_hub
from tests.hubs.refusals import guards_of, refused
from tests.voting.makers import tampering

pytestmark = pytest.mark.django_db
MODELS = (Pool, FormulaVersion, IndicatorSnapshot, IndicatorValue, Apportionment, Envelope)


def a_pool(**fields):
    told = {"kind": "MONEY", "currency": "USD", "amount_minor": 1, "declared_at": NOON} | fields
    return lambda: Pool.objects.create(cycle=make_cycle(), **told)


def a_version(**fields):
    told = {"number": 1, "parameters": {}, "south_floor": "0.5", "published_at": NOON} | fields
    return lambda: FormulaVersion.objects.create(**told)


def a_figure(**fields):
    snapshot = IndicatorSnapshot.objects.create(cycle=make_cycle(), published_at=NOON)
    told = {
        "snapshot": snapshot, "hub": make_hub(), "indicator": "READERS", "value": 1,
        "status": "PUBLISHED", "source": "A census", "observed_on": date(2026, 1, 1),
    } | fields  # fmt: skip
    return lambda: IndicatorValue.objects.create(**told)


def twice(make):
    def begin():
        make()()
        return make()

    return begin


def the_same_figure_twice():
    again = a_figure()
    again()
    return again


def changed(make, **fields):
    def begin():
        thing = make()
        return lambda: type(thing).objects.filter(pk=thing.pk).update(**fields)

    return begin


def decided_by_whoever_ran_it():
    run = computed()
    return lambda: Apportionment.objects.filter(pk=run.pk).update(
        status="REJECTED", decided_by=make_officer(), decided_at=NOON
    )


def approved_twice():
    waiting = computed()
    approved(waiting.pool)
    return lambda: Apportionment.objects.filter(pk=waiting.pk).update(
        status="APPROVED", decided_by=make_approver(), decided_at=NOON
    )


def a_run_of_another_cycle():
    make_regions()
    snapshot = make_snapshot(cycle=make_cycle("2025"))
    pool, formula = make_pool(), make_formula()
    return lambda: Apportionment.objects.create(
        pool=pool, formula=formula, snapshot=snapshot, input={}, input_hash="",
        requested_by=make_officer(), requested_at=NOON,
    )  # fmt: skip


def begun_as_approved():
    run = computed()
    return lambda: Apportionment.objects.create(
        pool=run.pool, formula=run.formula, snapshot=run.snapshot, input={}, input_hash="",
        requested_by=run.requested_by, requested_at=NOON, status="COMPUTED",
    )  # fmt: skip


def deleted(make):
    def begin():
        thing = make()
        return lambda: type(thing).objects.filter(pk=thing.pk)._raw_delete("default")

    return begin


def an_envelope_later():
    run = computed()
    hub = make_hub("later")
    return lambda: Envelope.objects.create(
        apportionment=run, hub=hub, amount_minor=1, south_minor=0
    )


def an_envelope(**fields):
    def begin():
        run, _job = asked()
        hub = Hub.objects.get(slug="na")
        told = {"amount_minor": 2, "south_minor": 1} | fields
        return lambda: Envelope.objects.create(apportionment=run, hub=hub, **told)

    return begin


def an_envelope_twice():
    again = an_envelope()()
    again()
    return again


def less_than_the_pool():
    run = computed()
    with tampering("allocation_envelope"):
        na = run.envelopes.get(hub__slug="na")
        Envelope.objects.filter(pk=na.pk).update(amount_minor=na.amount_minor - 1)
    return by_hand(run)


def by_hand(run):
    """The approval, written by someone who owns the tables."""
    member = make_approver()

    def approve():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE allocation_apportionment SET status = 'APPROVED', decided_by_id = %s,"
                " decided_at = now() WHERE id = %s",
                [member.pk, run.pk],
            )

    return approve


# name of the guard: what breaks the rule
ATTEMPTS = {
    "allocation_pool_one_per_kind": twice(a_pool),
    "allocation_pool_kind_known": lambda: a_pool(kind="GOLD", currency=""),
    "allocation_pool_data_is_not_divided": lambda: a_pool(kind="DATA", currency=""),
    "allocation_pool_money_has_a_currency": lambda: a_pool(currency=""),
    "allocation_pool_holds_something": lambda: a_pool(amount_minor=0),
    "Pool.append_only": changed(make_pool, amount_minor=2),
    "FormulaVersion.number": twice(a_version),
    "allocation_formula_half_for_the_south": lambda: a_version(south_floor="0.4999"),
    "allocation_formula_floor_said_once": lambda: a_version(parameters={"south_floor": "0.1"}),
    "FormulaVersion.append_only": changed(make_formula, south_floor="0.6"),
    "IndicatorSnapshot.append_only": changed(
        lambda: IndicatorSnapshot.objects.create(cycle=make_cycle(), published_at=NOON),
        published_at=None,
    ),
    "allocation_value_one_per_hub": the_same_figure_twice,
    "allocation_value_indicator_known": lambda: a_figure(indicator="LUCK"),
    "allocation_value_status_known": lambda: a_figure(status="RUMOURED"),
    "allocation_value_not_negative": lambda: a_figure(value=-1),
    "allocation_value_has_a_source": lambda: a_figure(source=""),
    "IndicatorValue.append_only": changed(lambda: a_figure()(), value=2),
    "allocation_apportionment_status_known": changed(lambda: asked()[0], status="LOST"),
    "allocation_apportionment_two_people": decided_by_whoever_ran_it,
    "allocation_apportionment_decided_by_someone": changed(computed, status="REJECTED"),
    "allocation_apportionment_one_approved": approved_twice,
    "Apportionment.status_moves_along_the_table": changed(computed, status="REQUESTED"),
    "Apportionment.asked_once": changed(computed, input={}),
    "Apportionment.begins_as_a_request": begun_as_approved,
    "Apportionment.figures_of_its_cycle": a_run_of_another_cycle,
    "Apportionment.kept": deleted(lambda: asked()[0]),
    "Apportionment.half_for_the_south": less_than_the_pool,
    "allocation_envelope_one_per_hub": an_envelope_twice,
    "allocation_envelope_south_within_it": an_envelope(south_minor=3),
    "Envelope.append_only": changed(lambda: computed().envelopes.first(), amount_minor=0),
    "Envelope.while_computed": an_envelope_later,
}
# where PostgreSQL's sentence does not hold the name of the guard
SENTENCES = {
    "FormulaVersion.number": "allocation_formulaversion_number",
    "Apportionment.status_moves_along_the_table": "does not move from COMPUTED to REQUESTED",
    "Apportionment.asked_once": "what was computed or decided does not change",
    "Apportionment.begins_as_a_request": "begins as a request",
    "Apportionment.figures_of_its_cycle": "of another cycle",
    "Apportionment.kept": "a run is kept",
    "Apportionment.half_for_the_south": "the envelopes give 1599999999, the pool holds 1600000000",
    "Envelope.while_computed": "envelopes come from the run alone",
    "allocation_apportionment_status_known": "status_known|does not move",
} | {name: "is append-only" for name in ATTEMPTS if name.endswith(".append_only")}


@pytest.mark.parametrize("guard", ATTEMPTS)
def test_the_guard_holds(guard):
    break_it = ATTEMPTS[guard]()
    with refused(SENTENCES.get(guard, guard)):
        break_it()


def test_no_guard_is_without_someone_who_tries_to_break_it():
    assert set(ATTEMPTS) == guards_of(*MODELS)


# The floor, whichever way someone comes

LESS = {"parameters": dict(FIRST_PARAMETERS), "south_floor": "0.49", "published_at": NOON}
WAYS = {
    "create": lambda: FormulaVersion.objects.create(number=2, **LESS),
    "bulk": lambda: FormulaVersion.objects.bulk_create([FormulaVersion(number=2, **LESS)]),
    "update": lambda: FormulaVersion.objects.update(south_floor="0.49"),
    "bulk update": lambda: FormulaVersion.objects.bulk_update(
        [FormulaVersion(pk=FormulaVersion.objects.get().pk, south_floor="0.49")], ["south_floor"]
    ),
    "raw": lambda: connection.cursor().execute(
        "UPDATE allocation_formulaversion SET south_floor = 0.49"
    ),
    "raw insert": lambda: connection.cursor().execute(
        "INSERT INTO allocation_formulaversion (number, parameters, south_floor, published_at)"
        " VALUES (2, '{}', 0.49, now())"
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leads_below_half(way):
    make_formula()
    with refused("allocation_formula_half_for_the_south|append-only"):
        WAYS[way]()
    assert str(FormulaVersion.objects.get().south_floor) == "0.5000"


def test_not_even_the_owner_of_the_tables_who_turns_the_triggers_off():
    make_formula()
    with tampering("allocation_formulaversion"):
        for way in ("update", "bulk update", "raw"):
            with refused("allocation_formula_half_for_the_south"):
                WAYS[way]()


# The approval, whichever way someone comes


def test_a_split_with_less_than_half_for_the_south_is_not_approved_by_hand():
    run = computed()
    for south, is_enough in ((run.pool.amount_minor // 2 - 1, False), (0, False)):
        with tampering("allocation_envelope"):
            Envelope.objects.filter(apportionment=run).update(south_minor=0)
            spread(run, south)
        with refused("less than its floor"):
            by_hand(run)()
        assert not is_enough
    with tampering("allocation_envelope"):
        spread(run, run.pool.amount_minor // 2)
    by_hand(run)()
    run.refresh_from_db()
    assert run.status == "APPROVED"


def spread(run, south: int) -> None:
    """This much of a run's envelopes is for the South, as far as each goes."""
    for envelope in run.envelopes.order_by("-amount_minor"):
        part = min(south, envelope.amount_minor)
        Envelope.objects.filter(pk=envelope.pk).update(south_minor=part)
        south -= part


def test_a_formula_that_promises_more_than_half_is_held_to_it():
    run = computed(south_floor="0.6")
    with tampering("allocation_envelope"):
        spread(run, run.pool.amount_minor * 6 // 10 - 1)
    with refused("less than its floor"):
        by_hand(run)()


def test_the_officer_cannot_approve_their_own_run_by_hand_either():
    run = computed()
    with refused("allocation_apportionment_two_people"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE allocation_apportionment SET status = 'APPROVED', decided_by_id = requested_by_id"
        )
    run.refresh_from_db()
    assert run.status == "COMPUTED"


@pytest.mark.parametrize("decide", [approve_apportionment, reject_apportionment])
def test_what_was_decided_stays_decided(decide):
    run = computed()
    decide(apportionment=run, approver=make_approver(), now=NOON)
    for status in ("REQUESTED", "COMPUTED", "APPROVED", "REJECTED"):
        with refused("does not (move|change)"):
            Apportionment.objects.filter(pk=run.pk).update(status=status, decided_by=None)


@pytest.mark.parametrize(
    "change",
    [{"result": {}}, {"result_hash": ""}, {"code_version": "2"}, {"requested_at": None}],
    ids=lambda change: next(iter(change)),
)
def test_what_was_computed_does_not_change(change):
    run = computed()
    with refused("does not change"):
        Apportionment.objects.filter(pk=run.pk).update(**change)
