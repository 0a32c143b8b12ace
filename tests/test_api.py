"""The API: described without a gap, readable by anyone, in the reader's language, and never early."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no stubs are locked

from allocation.models import Envelope
from audit.models import Actor
from hubs.models import Hub, Round
from jobs.actions import request_job, take_job
from jobs.models import Job
from proposals.models import Proposal
from tests.allocation.makers import approved
from tests.factories import NOON, make_cycle, make_framework, make_hub, make_round, pb_file
from tests.proposals.makers import make_proposal
from voting.actions import count_election, import_election
from voting.models import Election
from voting.queries import COUNT_TASK

ME = "/api/v1/me/"


def closed_election(round_: Round) -> tuple[Election, Job]:
    """An election that waits to be counted."""
    importer = Actor(None, "RETURNING_OFFICER")
    return import_election(
        round=round_, file=pb_file(), ranking_points="", importer=importer, now=NOON
    )


@pytest.fixture
def election(round_) -> Election:
    """An election of the round that is closed and counted."""
    election, job = closed_election(round_)
    taken = take_job(job_id=job.pk, now=NOON)
    count_election(job=taken, progress=lambda done, total: None, clock=lambda: NOON)
    return Election.objects.get(pk=election.pk)


@pytest.fixture
def envelope(db) -> Envelope:
    """An envelope of an approved run."""
    return approved().envelopes.get(hub__slug="mena")


def make_election(round_: Round, status: str = "FROZEN", **fields: Any) -> Election:
    """An election that is a draft, or frozen."""
    frozen = {"frozen_at": NOON, "frozen_hash": "0" * 64} if status != "DRAFT" else {}
    given = {"title": "Valg", "title_language": "da", "closes_at": NOON} | frozen | fields
    return Election.objects.create(
        round=round_,
        status=status,
        kind="BUDGET",
        origin="IMPORTED",
        ballot_format="APPROVAL",
        rule="greedy",
        opens_at=datetime(2020, 1, 1, tzinfo=UTC),
        **given,
    )


# What is described


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def test_the_api_is_described_without_a_warning(tmp_path):
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(tmp_path / "api.yaml"))


def test_the_description_and_its_page_are_public(client, db):
    schema = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    assert schema.json()["info"]["title"] == "Commonpurse"
    assert b"/api/schema/" in client.get("/api/?script=").content


def as_json_schema(part: Any) -> Any:
    """OpenAPI 3.0 says null in its own way, and keeps what is referred to elsewhere."""
    if isinstance(part, list):
        return [as_json_schema(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    told = {key: as_json_schema(inner) for key, inner in part.items() if key != "nullable"}
    if "$ref" in told:
        told["$ref"] = told["$ref"].replace("#/components/schemas/", "#/$defs/")
    return {"anyOf": [told, {"type": "null"}]} if part.get("nullable") else told


@pytest.fixture
def proposal(west) -> Proposal:
    lines = [("MONEY", 40_000), ("STAFF_TIME", 90)]
    return make_proposal(make_round(west).lanes.get(), translations={"ar": "بئر"}, lines=lines)


def test_every_described_page_answers_as_it_is_described(
    client, ada, election, envelope, proposal, described
):
    client.force_login(ada)
    definitions = as_json_schema(described["components"]["schemas"])
    faults, statuses = [], {}
    for path, methods in described["paths"].items():
        response = client.get(addressed(path, election, envelope, proposal))
        content = methods["get"]["responses"]["200"]["content"]["application/json"]
        schema = {**as_json_schema(content["schema"]), "$defs": definitions}
        found = Draft202012Validator(schema).iter_errors(response.json())
        faults += [f"{path}: {fault.message}" for fault in found]
        statuses[path] = response.status_code
    assert faults == []
    assert statuses == dict.fromkeys(described["paths"], 200)
    assert len(statuses) >= 10


def addressed(path: str, election: Election, envelope: Envelope, proposal: Proposal) -> str:
    """A described path with the things of these tests put in."""
    pool = envelope.apportionment.pool_id
    path = path.replace("pools/{id}", f"pools/{pool}").replace(
        "envelopes/{id}", f"envelopes/{envelope.pk}"
    )
    path = path.replace("proposals/{id}", f"proposals/{proposal.pk}")
    path = path.replace("rounds/{id}", f"rounds/{election.round_id}").replace("{slug}", "west")
    path = path.replace("frameworks/{number}", f"frameworks/{make_framework().number}")
    return path.replace("elections/{id}", f"elections/{election.pk}")


WRITES = ("post", "put", "patch", "delete")


@pytest.mark.parametrize("who", ["visitor", "root"])
def test_nothing_is_written_but_the_members_own_languages(
    request, client, election, envelope, proposal, described, who
):
    if who == "root":
        client.force_login(request.getfixturevalue("root"))
    offered = {path: set(methods) for path, methods in described["paths"].items()}
    assert offered.pop(ME) == {"get", "put"}
    assert [path for path, methods in offered.items() if methods != {"get"}] == []
    answers = {
        (path, method): getattr(client, method)(
            addressed(path, election, envelope, proposal)
        ).status_code
        for path in offered
        for method in WRITES
    }
    assert answers == dict.fromkeys(answers, 405)


# What it costs


def more_hubs(numbers: range) -> None:
    for number in numbers:
        make_hub(f"hub-{number}", countries=f"{chr(65 + number % 26)}{chr(65 + number // 26)}")


def more_rounds(numbers: range) -> None:
    for number in numbers:
        cycle = make_cycle(str(2030 + number))
        lanes = {"GENERAL": 1, "READERS": 2}
        round_ = make_round(make_hub(f"hub-{number}"), lanes=lanes, is_open=False)
        Round.objects.filter(pk=round_.pk).update(cycle=cycle)


def more_elections(numbers: range) -> None:
    for number in numbers:
        election = make_election(make_round(make_hub(f"hub-{number}")))
        request_job(kind=COUNT_TASK, subject=str(election.pk), now=NOON)


@pytest.mark.parametrize(
    ("name", "more", "most"),
    [("hubs", more_hubs, 3), ("rounds", more_rounds, 4), ("elections", more_elections, 3)],
)
def test_a_long_list_asks_no_more_of_the_database_than_a_short_one(client, db, name, more, most):
    asked = []
    for numbers in (range(1), range(1, 30)):
        more(numbers)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"/api/v1/{name}/").json()
        asked.append((len(page["results"]), len(queries)))
    (one, few), (thirty, many) = asked
    assert (one, thirty) == (1, 30)
    assert many == few <= most


def test_a_list_comes_in_pages_of_a_bounded_length(client, db):
    Hub.objects.bulk_create(Hub(slug=f"h{number}", kind="REGIONAL") for number in range(201))
    lengths = [
        len(client.get(f"/api/v1/hubs/{query}").json()["results"])
        for query in ("", "?limit=7", "?limit=1000", "?offset=200")
    ]
    assert lengths == [50, 7, 200, 1]


# What it says


@pytest.mark.parametrize(
    ("accepted", "name", "title"),
    [
        ("da", ("Vest", "da", "ltr"), ("En runde", "da", "ltr")),
        ("kl", ("Vest", "da", "ltr"), ("En runde", "da", "ltr")),
        ("ar,fr", ("Ouest", "fr", "ltr"), ("جولة", "ar", "rtl")),
        ("sw", ("West", "en", "ltr"), ("A round", "en", "ltr")),
        ("", ("West", "en", "ltr"), ("A round", "en", "ltr")),
    ],
)
def test_a_text_comes_in_the_readers_language_with_its_code_and_direction(
    client, west, accepted, name, title
):
    round_ = make_round(west, title_da="En runde", title_ar="جولة")
    reader = {"accept-language": accepted}
    hub = client.get("/api/v1/hubs/west/", headers=reader).json()
    found = client.get(f"/api/v1/rounds/{round_.pk}/", headers=reader).json()
    assert hub["name"] == dict(zip(("text", "lang", "dir"), name, strict=True))
    assert found["title"] == dict(zip(("text", "lang", "dir"), title, strict=True))


@pytest.mark.parametrize(
    ("language", "direction"), [("da", "ltr"), ("ckb", "rtl"), ("und", "auto")]
)
def test_the_title_of_an_election_comes_with_the_language_it_was_written_in(
    client, round_, language, direction
):
    election = make_election(round_, title_language=language)
    found = client.get(
        f"/api/v1/elections/{election.pk}/", headers={"accept-language": "fr"}
    ).json()
    said = ("title", "title_language", "title_direction")
    assert [found[key] for key in said] == ["Valg", language, direction]


def test_an_election_says_how_far_its_count_is(client, election, round_):
    waiting = make_election(round_)
    counts = {row["id"]: row["count"] for row in client.get("/api/v1/elections/").json()["results"]}
    job = Job.objects.get(subject=str(election.pk))
    assert counts == {
        str(election.pk): {"state": "DONE", "done": job.total, "total": job.total},
        str(waiting.pk): None,
    }


def test_a_hub_is_told_whole(client, west):
    assert client.get("/api/v1/hubs/").json()["results"] == [
        {
            "slug": "west",
            "kind": "REGIONAL",
            "name": {"text": "West", "lang": "en", "dir": "ltr"},
            "about": {"text": "", "lang": "en", "dir": "ltr"},
            "countries": ["DK", "FR"],
        }
    ]


def test_a_round_is_told_with_its_lanes_and_what_it_is_frozen_under(client, west):
    lanes = {"READERS": 7, "EXPERIMENT": 5, "GENERAL": 3}
    round_ = make_round(west, lanes=lanes, currency="JPY", is_practice=True)
    found = client.get(f"/api/v1/rounds/{round_.pk}/").json()
    opened_at = datetime.fromisoformat(found["opened_at"])
    assert (opened_at, found["framework"]) == (round_.opened_at, 1)
    assert (found["currency"], found["is_practice"]) == ("JPY", True)
    methods = {"GENERAL": "VOTE", "EXPERIMENT": "PANEL", "READERS": "VOTE"}
    assert found["lanes"] == [
        {
            "kind": kind,
            "method": method,
            "share_bp": 5_000,
            "budgets": [{"kind": "MONEY", "amount_minor": lanes[kind]}],
        }
        for kind, method in methods.items()
    ]


def test_a_round_that_is_not_open_says_so(client, west):
    round_ = make_round(west, is_open=False, framework=None)
    found = client.get(f"/api/v1/rounds/{round_.pk}/").json()
    assert (found["opened_at"], found["framework"], found["phase"]) == (None, None, "PREPARATION")


def test_lists_are_narrowed_by_what_they_say(client, west, round_, election):
    other = make_round(make_hub("other", kind="THEMATIC"))
    make_election(other)
    found = {
        query: client.get(f"/api/v1/{query}").json()["count"]
        for query in (
            "hubs/",
            "hubs/?kind=THEMATIC",
            "rounds/?hub__slug=west",
            "rounds/?cycle__slug=1999",
            "elections/",
            f"elections/?round={round_.pk}",
            "elections/?status=FROZEN",
        )
    }
    assert list(found.values()) == [2, 1, 1, 0, 2, 1, 1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("hubs/nowhere/", 404),
        ("rounds/1/", 404),
        (f"rounds/{10**30}/", 404),
        ("rounds/one/", 404),
        ("elections/one/", 404),
        (f"elections/{UUID(int=1)}/", 404),
        (f"elections/{UUID(int=1)}/result/", 404),
        ("hubs/?kind=LOCAL", 400),
        ("elections/?round=one", 400),
        ("nothing/", 404),
    ],
)
def test_what_is_not_there_is_not_found_and_nonsense_is_told(client, db, path, status):
    assert client.get(f"/api/v1/{path}").status_code == status


# Results, never early


def result_of(client: Client, election: Election) -> Any:
    return client.get(f"/api/v1/elections/{election.pk}/result/")


def test_the_result_is_every_tally_the_deciding_one_first(client, election):
    found = result_of(client, election).json()
    told = [(row["rule"], row["parameters"].get("satisfaction"), row["decides"]) for row in found]
    assert told == [
        ("greedy", None, True),
        ("equal-shares", "cost", False),
        ("equal-shares", "cardinality", False),
        ("greedy", None, False),
    ]
    assert found[0]["outcome"]["winners"] == ["a", "b"]


@pytest.mark.parametrize("who", ["visitor", "ona", "root"])
def test_nobody_sees_a_result_before_the_close_and_anyone_from_then_on(
    request, client, election, monkeypatch, who
):
    if who != "visitor":
        client.force_login(request.getfixturevalue(who))
    statuses = []
    for moment in (election.closes_at - timedelta(microseconds=1), election.closes_at):
        with monkeypatch.context() as clock:
            clock.setattr(timezone, "now", lambda moment=moment: moment)
            statuses.append(result_of(client, election).status_code)
    assert statuses == [403, 200]


@pytest.mark.parametrize(
    ("status", "expected"), [("DRAFT", (404, 404)), ("FROZEN", (200, 403)), ("CLOSED", (200, 404))]
)
def test_a_draft_is_hidden_and_without_a_count_there_is_no_result(
    client, ona, round_, status, expected
):
    client.force_login(ona)
    closed = status == "CLOSED"
    election = closed_election(round_)[0] if closed else make_election(round_, status)
    about = client.get(f"/api/v1/elections/{election.pk}/")
    assert (about.status_code, result_of(client, election).status_code) == expected
    listed = {row["id"] for row in client.get("/api/v1/elections/").json()["results"]}
    assert listed == (set() if status == "DRAFT" else {str(election.pk)})


# One's own account


def test_the_own_account_is_for_who_is_signed_in(client, ada):
    for response in (client.get(ME), client.put(ME, {}, content_type="application/json")):
        assert response.status_code == 403
        assert response.json() == {"detail": "Authentication credentials were not provided."}
    client.force_login(ada)
    assert client.get(ME).json()["email"] == "ada@example.org"


def test_another_site_cannot_change_the_own_account(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    told = {"interface_language": "da", "reads": ["da"], "writes": "da"}
    forged = client.put(ME, told, content_type="application/json")
    assert (forged.status_code, forged.json()["detail"][:11]) == (403, "CSRF Failed")
    ada.refresh_from_db()
    assert ada.interface_language == ""
    client.get("/en/languages/")
    token = {"x-csrftoken": client.cookies["csrftoken"].value}
    assert (
        client.put(ME, told, content_type="application/json", headers=token).json()["writes"]
        == "da"
    )
