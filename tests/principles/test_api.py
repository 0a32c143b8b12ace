"""Versions of the principles for programs."""

import pytest

from principles.models import FrameworkVersion
from tests.hubs.reading import queries_of
from tests.principles.makers import found, found_twelve, in_force_after, make_draft

LIST = "/api/v1/frameworks/"


def test_the_version_in_force_is_told_whole(client, db):
    found_twelve()
    listed = client.get(LIST, headers={"accept-language": "ar"}).json()
    assert listed["count"] == 1
    (told,) = listed["results"]
    assert client.get(f"{LIST}1/", headers={"accept-language": "ar"}).json() == told
    assert (told["number"], told["status"]) == (1, "ACTIVE")
    assert told["active_at"] == "2026-06-01T12:00:00Z"
    assert told["title"] == {
        "text": "اثنا عشر مبدأً لتوزيع الموارد بإنصاف", "lang": "ar", "dir": "rtl",
    }  # fmt: skip
    assert [row["position"] for row in told["principles"]] == list(range(1, 13))
    equity = told["principles"][0]
    assert (equity["code"], equity["title"]["text"]) == ("equity", "الإنصاف أولاً")
    reach = equity["criteria"][0]
    assert {
        name: reach[name] for name in ("code", "weight", "dimension", "applies_to", "is_floor")
    } == {
        "code": "equity-reach",
        "weight": 12,
        "dimension": "OPPORTUNITY",
        "applies_to": "RECIPIENT",
        "is_floor": True,
    }
    assert len(reach["levels"]) == 4
    assert {(level["lang"], level["dir"]) for level in reach["levels"]} == {("ar", "rtl")}
    assert sum(len(row["criteria"]) for row in told["principles"]) == 14


def test_a_draft_is_not_told(client, db):
    make_draft()
    assert client.get(LIST).json()["results"] == []
    assert client.get(f"{LIST}1/").status_code == 404


def test_versions_are_narrowed_by_status_the_newest_first(client, db):
    FrameworkVersion.objects.filter(pk=found().pk).update(status="RETIRED")
    in_force_after(make_draft())
    numbers = {
        query: [row["number"] for row in client.get(f"{LIST}{query}").json()["results"]]
        for query in ("", "?status=RETIRED", "?status=ACTIVE")
    }
    assert list(numbers.values()) == [[2, 1], [1], [2]]
    assert client.get(f"{LIST}?status=HOLY").status_code == 400


@pytest.mark.parametrize("number", ["2", "one", str(10**30)])
def test_what_is_not_there_is_not_found(client, db, number):
    found()
    assert client.get(f"{LIST}{number}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_here(client, root, method):
    found()
    client.force_login(root)
    assert getattr(client, method)(f"{LIST}1/").status_code == 405
    assert getattr(client, method)(LIST).status_code == 405


def test_three_versions_ask_no_more_of_the_database_than_one(client, db):
    found()
    one = queries_of(lambda: client.get(LIST))
    for _time in range(2):
        draft = make_draft()
        FrameworkVersion.objects.filter(pk=draft.pk).update(status="CONSULTATION")
    assert client.get(LIST).json()["count"] == 3
    assert queries_of(lambda: client.get(LIST)) == one <= 4
