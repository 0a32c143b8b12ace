"""Proposals for programs: the same words, amounts and visibility as the pages."""

import pytest

from hubs.phases import Phase
from tests.factories import NOON, make_hub, make_round
from tests.proposals.makers import make_author, make_proposal


@pytest.fixture
def lane(west):
    return make_round(west, Phase.SUBMISSION, currency="KWD").lanes.get()


def get(client, path="", **headers):
    return client.get(f"/api/v1/proposals/{path}", headers=headers).json()


def test_a_proposal_is_told_whole_with_every_unit(client, lane):
    proposal = make_proposal(
        lane, make_author("Bo"), title="بئر", language="ar", translations={"da": "Brønd"},
        lines=[("MONEY", 1_500), ("STAFF_TIME", 90)], minimum_minor=1_000,
    )  # fmt: skip
    told = get(client, f"{proposal.pk}/", **{"accept-language": "da"})
    assert told == {
        "id": proposal.pk,
        "round": lane.round_id,
        "lane": "GENERAL",
        "status": "SUBMITTED",
        "author": "Bo",
        "title": {"text": "Brønd", "lang": "da", "dir": "ltr"},
        "summary": {"text": "Brønd.", "lang": "da", "dir": "ltr"},
        "body": {"text": "Brønd!", "lang": "da", "dir": "ltr"},
        "language": "ar",
        "languages": ["ar", "da"],
        "country": "DK",
        "currency": "KWD",
        "decimals": 3,
        "totals": {"MONEY": 1_500, "STAFF_TIME": 90},
        "minimum_minor": 1_000,
        "lines": [
            {"position": 1, "kind": "MONEY", "amount_minor": 1_500, "purpose": "Purpose 1",
             "country": "DK"},
            {"position": 2, "kind": "STAFF_TIME", "amount_minor": 90, "purpose": "Purpose 2",
             "country": "DK"},
        ],
        "submitted_at": "2026-06-01T12:00:00Z",
        "decided_at": None,
    }  # fmt: skip
    source = get(client, f"{proposal.pk}/", **{"accept-language": "sw"})
    assert source["title"] == {"text": "بئر", "lang": "ar", "dir": "rtl"}


def test_ones_own_drafts_come_first_and_nobody_elses_at_all(client, ada, lane):
    public, own = make_proposal(lane), make_proposal(lane, ada, "DRAFT")
    make_proposal(lane, status="DRAFT")
    assert [row["id"] for row in get(client)["results"]] == [public.pk]
    client.force_login(ada)
    assert [row["id"] for row in get(client)["results"]] == [own.pk, public.pk]
    assert get(client, "?status=DRAFT")["count"] == 1


def test_lists_are_narrowed_by_round_lane_and_status(client, lane):
    other = make_round(make_hub("other"), lanes={"READERS": 5}).lanes.get()
    make_proposal(lane)
    make_proposal(other, status="FUNDED")
    counts = {
        query: get(client, query)["count"]
        for query in (
            "", f"?lane__round={lane.round_id}", "?lane__kind=READERS", "?status=FUNDED",
            f"?status=FUNDED&lane__round={lane.round_id}",
        )
    }  # fmt: skip
    assert list(counts.values()) == [2, 1, 1, 1, 0]


@pytest.mark.parametrize("query", ["?status=LOST", "?lane__round=one", "?lane__kind=MOON"])
def test_nonsense_is_told(client, lane, query):
    assert client.get(f"/api/v1/proposals/{query}").status_code == 400


def test_nothing_is_written_through_it(client, ada, lane):
    proposal = make_proposal(lane, ada, "DRAFT", now=NOON)
    client.force_login(ada)
    for method in ("post", "put", "patch", "delete"):
        for path in ("", f"{proposal.pk}/"):
            answer = getattr(client, method)(f"/api/v1/proposals/{path}")
            assert answer.status_code == 405
