"""Pools and envelopes for programs: approved ones, in whole units."""

import pytest

from allocation.actions import approve_apportionment
from tests.allocation.makers import (
    SIXTEEN_MILLION,
    approved,
    computed,
    make_approver,
    make_pool,
)
from tests.factories import NOON
from tests.hubs.reading import queries_of

pytestmark = pytest.mark.django_db
POOLS, ENVELOPES = "/api/v1/pools/", "/api/v1/envelopes/"


def results(client, address: str):
    return client.get(address).json()["results"]


def test_an_envelope_is_public_once_it_is_approved(client):
    run = computed()
    (pool,) = results(client, POOLS)
    assert (pool["amount_minor"], pool["apportionment"]) == (SIXTEEN_MILLION, None)
    assert results(client, ENVELOPES) == []
    waiting = run.envelopes.get(hub__slug="na")
    assert client.get(f"{ENVELOPES}{waiting.pk}/").status_code == 404

    approve_apportionment(apportionment=run, approver=make_approver(), now=NOON)
    (pool,) = results(client, POOLS)
    assert (pool["apportionment"], pool["currency"], pool["decimals"]) == (str(run.pk), "USD", 2)
    found = {row["hub"]: row for row in results(client, ENVELOPES)}
    assert sum(row["amount_minor"] for row in found.values()) == SIXTEEN_MILLION
    mena = found["mena"]
    assert (mena["amount_minor"], mena["south_minor"], mena["previous_minor"]) == (
        58_000_000, 56_260_000, 23_000_000,
    )  # fmt: skip
    assert mena["pool"] == pool["id"]
    assert [step["step"] for step in mena["steps"]] == [
        "size", "income", "under", "history", "pace", "bounds", "tilt", "rounding",
    ]  # fmt: skip
    assert mena["steps"][-1]["amount_minor"] == 58_000_000


def test_lists_are_narrowed_down(client):
    approved()
    make_pool("CAPACITY", 7)
    assert [row["hub"] for row in results(client, f"{ENVELOPES}?hub__slug=na")] == ["na"]
    assert results(client, f"{ENVELOPES}?apportionment__pool__cycle__slug=1999") == []
    assert [row["kind"] for row in results(client, f"{POOLS}?kind=CAPACITY")] == ["CAPACITY"]


def test_lists_ask_the_database_the_same_however_long_they_are(client):
    run = approved()
    one = queries_of(lambda: client.get(f"{ENVELOPES}?hub__slug=na"))
    assert queries_of(lambda: client.get(ENVELOPES)) == one
    few = queries_of(lambda: client.get(POOLS))
    for kind in ("CAPACITY", "STAFF_TIME"):
        make_pool(kind, 7)
    assert queries_of(lambda: client.get(POOLS)) == few
    assert run.envelopes.count() == 8
