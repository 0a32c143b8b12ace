"""The API: described without a gap, readable by anyone, in the reader's language, and never early."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from audit.models import Actor
from hubs.models import Hub, Round
from jobs.actions import take_job
from tests.factories import NOON, make_cycle, make_hub, make_round, pb_file
from voting.actions import count_election, import_election
from voting.models import Election

ME = "/api/v1/me/"
LISTS = ("hubs", "rounds", "elections")


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def election(round_) -> Election:
    """An election of this round that is counted."""
    return counted(round_)


def counted(round_: Round) -> Election:
    election, job = import_election(
        round=round_,
        file=pb_file(),
        ranking_points="",
        importer=Actor(None, "RETURNING_OFFICER"),
        now=NOON,
    )
    taken = take_job(job_id=job.pk, now=NOON)
    count_election(job=taken, progress=lambda done, total: None, clock=lambda: NOON)
    return Election.objects.get(pk=election.pk)


def uncounted(round_: Round, status: str, closes_at=NOON) -> Election:
    frozen = {"frozen_at": NOON, "frozen_hash": "0" * 64} if status != "DRAFT" else {}
    return Election.objects.create(
        round=round_,
        kind="BUDGET",
        origin="IMPORTED",
        status=status,
        title="Waiting",
        title_language="da",
        ballot_format="APPROVAL",
        budget_minor=1,
        rule="greedy",
        opens_at=NOON,
        closes_at=closes_at,
        **frozen,
    )


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def test_the_api_is_described_without_a_warning(db, tmp_path):
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(tmp_path / "api.yaml"))


def plain(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: null is a type there, and references lead elsewhere."""
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: plain(value) for key, value in schema.items() if key != "nullable"}
    if "$ref" in told:
        return {"$ref": told["$ref"].replace("#/components/schemas/", "#/$defs/")}
    return {"anyOf": [told, {"type": "null"}]} if schema.get("nullable") else told


def test_every_described_page_answers_as_it_is_described(client, ada, west, round_, election, described):
    client.force_login(ada)
    named = {"slug": "west", "/rounds/{id}": round_.pk, "/elections/{id}": election.pk}
    faults, answered = [], []
    for path, methods in described["paths"].items():
        address = path.replace("{slug}", "west").replace("rounds/{id}", f"rounds/{round_.pk}")
        address = address.replace("elections/{id}", f"elections/{election.pk}")
        response = client.get(address)
        described_as = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        definitions = plain(described["components"]["schemas"])
        validator = Draft202012Validator({**plain(described_as), "$defs": definitions})
        faults += [f"{path}: {fault.message}" for fault in validator.iter_errors(response.json())]
        answered.append((path, response.status_code))
    assert faults == []
    assert answered == [(path, 200) for path in described["paths"]]
    assert named
