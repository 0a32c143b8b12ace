"""The pages of a run: what went in, what came out step by step, and how anybody checks it."""

import csv
import hashlib
import io
import json
import re

import pytest

from allocation.models import Envelope
from audit.canonical import digest
from hubs.models import Hub
from jobs.actions import fail_job, take_job
from jobs.models import Job
from tests.allocation.makers import (
    SIXTEEN_MILLION,
    approved,
    asked,
    compute,
    computed,
    make_approver,
    make_officer,
    make_pool,
)
from tests.allocation.reading import at, plain, read
from tests.factories import NOON
from tests.hubs.reading import browser, messages, page, rows, words
from tests.voting.makers import tampering

pytestmark = pytest.mark.django_db


# A run


def test_a_run_says_what_went_in_and_from_where(client):
    run = approved()
    said = page(client.get(at(run)))
    figures = {row[0]: row[1:] for row in rows(said, 1)}
    assert figures["South Asia"][0] == "1,000*"
    assert figures["South Asia"][-1] == "$400,000.00"  # published: no mark
    sources = {row[0]: row[1:] for row in rows(said, 2)}
    assert sources["Allocation of the year before"][:2] == [
        "Published by its source", "Grants:Regions, Meta-Wiki, budget 2023-24",
    ]  # fmt: skip
    assert sources["Potential readers"][0] == "Invented for illustration"
    text = words(said)
    assert run.input_hash in text
    assert run.result_hash in text
    assert "Approved" in text
    assert "Samuel" in text


def test_a_run_that_waits_says_so_and_asks_again(client):
    run, job = asked()
    said = page(client.get(at(run)))
    assert "Waiting for a worker" in words(said)
    assert said.select_one(f'[hx-get="{at(run, "progress/")}"]')
    assert said.select_one("noscript meta[http-equiv=refresh]")
    assert not said.select("meta[http-equiv=refresh]:not(noscript *)")
    assert "HX-Refresh" not in client.get(at(run, "progress/"))
    compute(job)
    assert client.get(at(run, "progress/"))["HX-Refresh"] == "true"
    assert not page(client.get(at(run))).select("meta[http-equiv=refresh]")


def test_a_run_that_broke_off_can_be_tried_again_by_the_officer_alone(client):
    run, job = asked()
    fail_job(job=take_job(job_id=job.pk, now=NOON), error_code="UNFORESEEN", error="", now=NOON)
    assert "The run broke off" in read(client.get(at(run)))
    assert "Compute again" not in read(client.get(at(run)))
    assert client.post(at(run, "retry/")).status_code == 302  # to the sign-in
    officer = browser(make_officer())
    assert "Compute again" in read(officer.get(at(run)))
    assert officer.post(at(run, "retry/"))["Location"] == at(run)
    assert Job.objects.get(pk=job.pk).state == "QUEUED"
    assert messages(page(officer.post(at(run, "retry/"), follow=True))) == [
        "Nothing was changed: this run has not failed."
    ]


def test_a_run_whose_input_was_changed_is_an_alarm_and_not_tried_again():
    run, job = asked()
    fail_job(job=take_job(job_id=job.pk, now=NOON), error_code="InputTampered", error="", now=NOON)
    officer = browser(make_officer())
    said = read(officer.get(at(run)))
    assert "not what was asked for" in said
    assert "Compute again" not in said
    officer.post(at(run, "retry/"))
    assert Job.objects.get(pk=job.pk).state == "FAILED"


def test_a_run_that_cannot_be_done_says_what_to_change(client):
    run = computed(down="0", max_share="0.25")
    said = read(client.get(at(run)))
    assert (
        "Northern and Western Europe must get at least $4,030,000.00 (Largest fall in a year)"
        " and at most $4,000,000.00 (Largest share of one hub). Both cannot hold."
    ) in said
    assert "let one hub get up to 25.19% of the pool" in said
    assert "BOUNDS_CONFLICT" in said
    assert client.get(at(run, "split.csv")).status_code == 404
    assert client.get(at(run, "hubs/nwe/")).status_code == 404


def test_the_approver_approves_on_the_page():
    run = computed()
    approver = browser(make_approver())
    assert "Approve this split" in read(approver.get(at(run)))
    done = page(approver.post(at(run, "approve/"), follow=True))
    assert messages(done) == ["The split is approved: these are the hubs’ envelopes."]
    again = page(approver.post(at(run, "approve/"), follow=True))
    assert messages(again) == ["Nothing was changed: a split of this pool is approved already."]
    late = page(approver.post(at(run, "reject/"), follow=True))
    assert messages(late) == [
        "Nothing was changed: this run is not waiting for a decision any more."
    ]


def test_the_approver_rejects_on_the_page():
    run = computed()
    done = page(browser(make_approver()).post(at(run, "reject/"), follow=True))
    assert messages(done) == ["The run is rejected. It stays readable."]
    assert "Rejected" in words(done)


def test_a_run_that_was_tampered_with_is_not_approved_on_the_page():
    run = computed()
    with tampering("allocation_envelope"):
        Envelope.objects.filter(hub__slug="na").update(amount_minor=1)
    done = page(browser(make_approver()).post(at(run, "approve/"), follow=True))
    assert "gives something else than is stored" in messages(done)[0]
    run.refresh_from_db()
    assert run.status == "COMPUTED"


# Step by step


def test_the_steps_of_a_hub_add_up_to_what_it_gets(client):
    run = approved()
    for slug in ("mena", "nwe", "eseap"):
        envelope = run.envelopes.get(hub__slug=slug)
        said = page(client.get(at(run, f"hubs/{slug}/")))
        changes = [cents(row[1]) for row in rows(said)[:-1]]
        so_far = [cents(row[2]) for row in rows(said)[:-1]]
        assert len(changes) == 8
        assert sum(changes) == so_far[-1] == envelope.amount_minor
        assert cents(rows(said)[-1][1]) == envelope.amount_minor


def cents(text: str) -> int:
    """An amount as it is written, with its sign."""
    sign = -1 if text.startswith("−") else 1
    return sign * int(re.sub(r"\D", "", text))


def test_the_steps_are_said_with_the_hubs_own_figures(client):
    run = computed()
    said = page(client.get(at(run, "hubs/mena/")))
    text = plain(words(said))
    assert "From $230,000.00 last year to $580,000.00 now." in text
    assert "Of this, $562,600.00 is for the Global South." in text
    assert "This split is not approved" in text
    figures = [row[-1] for row in rows(said)]
    assert figures[0] == "Potential readers: 370 Active community: 20"
    assert figures[1] == "Income per person: 20,000"
    assert "At least $184,000.00, at most $580,000.00" in text
    assert client.get(at(run, "hubs/nowhere/")).status_code == 404


# Checking


def test_the_downloads_are_the_bytes_that_were_hashed(client):
    run = approved()
    for end, stored in (("input.json", run.input_hash), ("result.json", run.result_hash)):
        response = client.get(at(run, end))
        assert digest(json.loads(response.content)) == stored
        assert hashlib.sha256(response.content).hexdigest() == stored
        assert "attachment" in response["Content-Disposition"]
    waiting, _job = asked(make_pool("CAPACITY", 100))
    assert client.get(at(waiting, "result.json")).status_code == 404


def test_computing_again_says_equal_and_then_different(client):
    run = approved()
    assert "Equal" in read(client.get(at(run, "replay/")))
    with tampering("allocation_envelope"):
        Envelope.objects.filter(hub__slug="na").update(south_minor=1)
    said = page(client.get(at(run, "replay/")))
    assert "Different" in words(said)
    assert [row[-1] for row in rows(said)] == ["Yes", "Yes", "No", "Yes"]


def test_computing_again_waits_for_the_first_time(client):
    run, _job = asked()
    assert "has not been computed yet" in read(client.get(at(run, "replay/")))


def test_the_table_for_spreadsheets_runs_nothing(client):
    run = approved()
    hostile = {
        "na": '=HYPERLINK("http://example.org")', "sa": "+1", "ssa": "-1", "lac": "@SUM(A1)",
        "eseap": " =1+1", "ceeca": 'a "quoted", name\nwith a line',
    }  # fmt: skip
    for slug, name in hostile.items():
        Hub.objects.filter(slug=slug).update(name_en=name)
    response = client.get(at(run, "split.csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    table = {row["hub"]: row for row in csv.DictReader(io.StringIO(response.content.decode()))}
    for slug in ("na", "sa", "ssa", "lac", "eseap"):
        assert table[slug]["name"] == "'" + hostile[slug]
    assert table["ceeca"]["name"] == hostile["ceeca"]
    assert table["mena"] == {
        "hub": "mena", "name": "Middle East and North Africa", "previous_minor": "23000000",
        "previous_share": "0.015928", "amount_minor": "58000000", "share": "0.036250",
        "change_minor": "35000000", "south_minor": "56260000", "currency": "USD", "kind": "MONEY",
    }  # fmt: skip
    assert sum(int(row["amount_minor"]) for row in table.values()) == SIXTEEN_MILLION
