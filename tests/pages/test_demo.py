"""The invented movement: the same every time, made once, and worded in every language."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import CommandError, call_command

from audit.queries import verify_trail
from config.preflight import ROOT
from hubs.models import Hub, HubCountry, HubKind, Round, Term
from hubs.phases import Phase
from hubs.queries import holds, home_hub
from jobs.models import Job, JobState
from members.countries import country_choices
from members.languages import CURATED_LANGUAGES
from members.models import Member
from pages.demo.election import BUDGET, PROJECTS, VOTERS, election_file
from pages.demo.hubs import CENTRE_BODIES, COMMITTEE, COUNTRIES, KINDS, NAMES
from pages.demo.people import PEOPLE, person
from pages.demo.seed import seed
from tests.voting.makers import count
from texts.queries import localized
from voting.forms import read_election
from voting.models import Election

SHA256 = "6e57f1c264b87abb32ceba07b81bc796379e6efe8321dec7fc4aa9ab69be3fc3"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SCRIPTS = {  # where the letters of a language lie
    "ar": [(0x600, 0x6FF)], "hi": [(0x900, 0x97F)], "bn": [(0x980, 0x9FF)],
    "zh-hans": [(0x4E00, 0x9FFF)], "ru": [(0x400, 0x4FF)],
}  # fmt: skip
WORDED = {**NAMES, "committee": COMMITTEE, **CENTRE_BODIES}


@pytest.fixture
def demo(settings) -> None:
    settings.DEMO = True


@pytest.fixture
def seeded(db) -> None:
    assert seed(now=NOW, say=lambda text: None)


def everything() -> dict[str, int]:
    return {kind.__name__: kind._default_manager.count() for kind in apps.get_models()}


def test_the_election_is_the_same_every_time():
    fresh = [
        sys.executable,
        "-c",
        "from pages.demo.election import *; print(election_file().hex())",
    ]
    environ = {**os.environ, "PYTHONHASHSEED": "1"}
    again = subprocess.run(fresh, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    files = [election_file(), election_file(), bytes.fromhex(again.stdout)]
    assert [hashlib.sha256(file).hexdigest() for file in files] == [SHA256] * 3


def test_the_election_is_read_without_a_warning_and_its_budget_is_too_small_for_all():
    file = read_election(election_file())
    assert (len(file.projects), len(file.ballots), file.warnings) == (24, VOTERS, ())
    assert sum(cost for _name, cost in PROJECTS) > 2 * BUDGET


def test_no_country_belongs_to_two_hubs_and_each_is_one():
    listed = [code for codes in COUNTRIES.values() for code in codes.split()]
    assert [code for code, times in Counter(listed).items() if times > 1] == []
    assert set(listed) - {code for code, _name in country_choices()} == set()


def test_every_hub_of_the_demo_has_a_kind_and_a_name():
    assert set(KINDS) == set(NAMES)
    assert {slug for slug, kind in KINDS.items() if kind == HubKind.REGIONAL} == set(COUNTRIES)


@pytest.mark.parametrize("slug", WORDED)
def test_every_name_exists_in_the_twelve_languages_and_in_its_own_script(slug):
    names = WORDED[slug]
    assert sorted(names) == sorted(CURATED_LANGUAGES)
    assert [code for code, name in names.items() if name != name.strip() or not name] == []
    for code, ranges in SCRIPTS.items():
        letters = [letter for letter in names[code] if letter.isalpha()]
        own = [letter for letter in letters if any(a <= ord(letter) <= z for a, z in ranges)]
        assert (letters, names[code] != names["en"]) == (own, True)


@pytest.mark.usefixtures("demo")
def test_the_demo_is_made_once(db):
    said = StringIO()
    call_command("seed_demo", stdout=said)
    made = everything()
    again = StringIO()
    call_command("seed_demo", stdout=again)
    assert everything() == made
    assert (said.getvalue().count("\n"), again.getvalue()) == (
        3,
        "    already there; nothing was changed\n",
    )
    assert (made["Hub"], made["Member"], made["Round"], made["Election"]) == (11, 11, 2, 1)


def test_nobody_fills_a_real_site_with_invented_people(db, settings):
    assert not settings.DEMO
    with pytest.raises(CommandError, match="Only the demo"):
        call_command("seed_demo")
    assert not Hub.objects.exists()


@pytest.mark.usefixtures("seeded")
def test_everyone_of_the_demo_is_who_the_sign_in_page_says():
    for one in PEOPLE:
        member = Member.objects.get(email=one.email)
        home = home_hub(member)
        assert home is not None
        assert (member.name, member.reads) == (one.name, list(one.languages))
        assert not member.has_usable_password()
        assert EmailAddress.objects.get(user=member).verified
        assert not member.is_staff
        held = [
            holds(member, [function], Hub.objects.get(slug=hub) if hub else None, NOW)
            for hub, _body, function in one.seats
        ]
        assert (held, member.terms.count()) == ([True] * len(one.seats), len(one.seats))
    assert person("nobody@demo.invalid") is None
    assert Term.objects.count() == sum(len(one.seats) for one in PEOPLE)


@pytest.mark.usefixtures("seeded")
def test_the_demo_shows_one_round_to_write_for_and_one_to_look_back_on():
    phases = {round_.hub.slug: round_.phase_at(NOW) for round_ in Round.objects.all()}
    assert phases == {"lac": Phase.DELIVERY, "nwe": Phase.SUBMISSION}
    for round_ in Round.objects.all():
        titles = {localized(round_, "title", (code,)).language for code in CURATED_LANGUAGES}
        assert titles == set(CURATED_LANGUAGES)


@pytest.mark.usefixtures("seeded")
def test_the_election_of_the_demo_waits_for_its_count_and_has_one():
    job, election = Job.objects.get(), Election.objects.get()
    assert (job.state, job.subject) == (JobState.QUEUED, str(election.pk))
    assert election.round.hub.slug == "lac"
    winners = {tuple(tally.outcome["winners"]) for tally in count(job)}
    assert len(winners) == 4  # four rules, four answers: there is something to compare
    assert verify_trail().broken_at is None


@pytest.mark.usefixtures("seeded")
def test_the_countries_of_the_demo_are_stored_as_listed():
    stored = HubCountry.objects.values_list("hub__slug", "country")
    listed = [(slug, code) for slug, codes in COUNTRIES.items() for code in codes.split()]
    assert sorted(stored) == sorted(listed)
