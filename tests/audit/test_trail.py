"""The trail: an entry stands or falls with its act, says nothing about persons, and stays."""

from contextlib import nullcontext
from uuid import UUID

import pgtrigger
import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from audit.actions import chain_trail, record
from audit.models import CLOCK, Actor, TrailEntry, TrailLink
from audit.queries import append_only_tables
from jobs.actions import request_job
from jobs.models import Job
from tests.audit.tampering import unguarded
from tests.factories import NOON
from tests.hubs.refusals import refused

SOMEONE = UUID(int=7)


def note(**fields) -> TrailEntry:
    return record(
        **{"actor": CLOCK, "verb": "note", "target": Job(pk=UUID(int=1)), "now": NOON, **fields}
    )


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(TransactionManagementError, match="the act's transaction"):
        note()
    assert TrailEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_entry_falls_with_its_act_and_stands_with_it():
    with transaction.atomic():
        request_job(kind="fallen", subject="1", now=NOON)
        note(verb="fallen")
        transaction.set_rollback(True)
    with transaction.atomic():
        request_job(kind="standing", subject="1", now=NOON)
        note(verb="standing")
    assert list(Job.objects.values_list("kind", flat=True)) == ["standing"]
    assert list(TrailEntry.objects.values_list("verb", flat=True)) == ["standing"]


def test_an_entry_names_actor_deed_and_target_by_ids_and_codes(db):
    entry = note(
        actor=Actor(SOMEONE, "CHAIR"),
        reason_code="TOO_LATE",
        before={"places": 1},
        after={"places": 2},
    )
    kept = TrailEntry.objects.values().get(pk=entry.pk)
    assert kept == {
        "id": entry.pk,
        "at": NOON,
        "actor_id": SOMEONE,
        "role": "CHAIR",
        "verb": "note",
        "target_type": "jobs.job",
        "target_id": str(UUID(int=1)),
        "reason_code": "TOO_LATE",
        "before": {"places": 1},
        "after": {"places": 2},
    }


def test_the_entries_about_a_thing_are_found(db):
    first, _other = note(), note(target=Job(pk=UUID(int=2)))
    assert list(TrailEntry.objects.about(Job(pk=UUID(int=1)))) == [first]


@pytest.mark.parametrize("words", ["Ada was late", "late", "LATE-1", "LATE\nAda"])
def test_a_reason_is_a_code_and_no_free_text(db, words):
    with refused("reason_is_a_code"):
        note(reason_code=words)


@pytest.fixture
def trail(db) -> None:
    note()
    chain_trail()
    note()


def state():
    return (
        list(TrailEntry.objects.order_by("pk").values()),
        [(link.pk, bytes(link.digest)) for link in TrailLink.objects.order_by("pk")],
    )


CHANGES = {
    "an entry updated": lambda: TrailEntry.objects.update(verb="other"),
    "an entry deleted": lambda: TrailEntry.objects.filter(link=None).delete(),
    "a link updated": lambda: TrailLink.objects.update(digest=bytes(32)),
    "a link deleted": lambda: TrailLink.objects.all().delete(),
}


@pytest.mark.parametrize("waved_off", [nullcontext, pgtrigger.ignore], ids=["plain", "ignore"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_in_the_trail_stays_and_no_session_waves_that_off(trail, change, waved_off):
    before = state()
    with waved_off(), refused("append-only"):
        change()
    assert state() == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_the_guard_that_keeps_the_trail(trail, change):
    before = state()
    with unguarded(TrailEntry, TrailLink):
        change()
    assert state() != before


def test_the_append_only_tables_are_those_with_the_trigger_in_the_database(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger"
            " WHERE tgname LIKE 'pgtrigger_append_only_%' ORDER BY 1"
        )
        guarded = [table for (table,) in cursor.fetchall()]
    assert append_only_tables() == guarded
    assert {"audit_trailentry", "audit_traillink"} < set(guarded)
