"""The page of a round, the styleguide, and what machines ask about our health."""

import json
import os
import subprocess
import sys

import pytest
from django.urls import reverse
from django.utils import timezone

from allocation.actions import make_awards
from config.preflight import ROOT
from hubs.phases import Phase
from tests.factories import NOON, make_round, pb_file
from tests.hubs.reading import cards, complaints, page, rows, typed, words
from tests.pages.makers import voted_on
from tests.proposals.makers import make_proposal
from tests.voting.makers import bring_in, make_election

PHASES = [
    "Submission", "Review", "Deliberation", "Voting", "Counting", "Results", "Delivery",
]  # fmt: skip


@pytest.mark.parametrize("phase", Phase)
def test_a_round_shows_its_timetable_and_the_phase_it_is_in(client, west, phase):
    round_ = make_round(west, phase, now=timezone.now())
    shown = page(client.get(reverse("pages:round", args=[round_.pk])))
    assert [row[0] for row in rows(shown)] == [
        f"{name} (now)" if name.upper() == phase else name for name in PHASES
    ]
    begins = [str(moment["datetime"]) for moment in shown.select("table time")]
    assert begins == [at.isoformat() for _phase, at in round_.timetable.begins()]
    assert [words(row.th) for row in shown.select('[aria-current="step"]')] == [
        f"{name} (now)" for name in PHASES if name.upper() == phase
    ]


def test_a_round_lists_what_was_awarded_in_it(client, west, ada):
    round_ = make_round(west)
    proposal = make_proposal(round_.lanes.get(), status="SHORTLISTED", title="Brønd", language="da")
    make_awards(election=voted_on(round_, proposal), treasurer=ada, now=NOON)
    shown = page(client.get(reverse("pages:round", args=[round_.pk])))
    [name] = shown.select(f'tbody a[href="/en/proposals/{proposal.pk}/"] [lang]')
    assert (words(name), name["lang"]) == ("Brønd", "da")


def test_a_round_lists_its_elections_newest_first_and_no_drafts(client, west):
    round_ = make_round(west)
    for year in ("2023", "2024"):
        bring_in(round_, pb_file(description=year, date_begin=year, date_end=year))
    make_election(round_)
    bring_in(make_round(west), pb_file(description="elsewhere"))
    shown = page(client.get(reverse("pages:round", args=[round_.pk])))
    assert cards(shown) == ["2024", "2023"]


def test_a_round_without_elections_says_so(client, round_):
    shown = page(client.get(reverse("pages:round", args=[round_.pk])))
    assert "This round has no election yet." in words(shown.main)


def test_the_styleguide_shows_the_errors_of_a_form_and_keeps_what_was_typed(client, db):
    sent = {"title": "A <b>title</b>", "summary": "", "kind": "b", "level": "r", "day": "soon"}
    shown = page(client.post(reverse("pages:styleguide"), sent))
    assert complaints(shown) == ["Summary: This field is required.", "Day: Enter a valid date."]
    assert typed(shown) == sent | {"agree": ""}


def test_the_styleguide_has_every_kind_of_error_to_look_at(client, db):
    assert complaints(page(client.get(reverse("pages:styleguide")))) == [
        "Title: This field is required.",
        "Summary: This field is required.",
        "Level: Select a valid choice. x is not one of the available choices.",
    ]


def test_a_healthy_site_is_live_and_ready(client, db):
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {"status": "ok"}


def test_a_cache_that_is_away_does_not_count(client, db, settings, tmp_path):
    away = settings.CACHES["default"] | {"LOCATION": f"unix://{tmp_path}/none.sock"}
    settings.CACHES = {"default": away}
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


ASK = """
import django, json
django.setup()
from django.test import Client
for place in ("live", "ready"):
    response = Client().get(f"/health/{place}", headers={"host": "localhost"})
    print(response.status_code, json.dumps(response.json()))
"""


def test_without_its_database_a_site_is_live_and_not_ready(tmp_path):
    asked = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"postgres://nobody@/none?host={tmp_path}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        capture_output=True,
        text=True,
    )
    answers = [line.split(" ", 1) for line in asked.stdout.splitlines()]
    assert [(status, json.loads(body)) for status, body in answers] == [
        ("200", {"status": "ok"}), ("503", {"status": "no database"}),
    ], asked.stderr  # fmt: skip
