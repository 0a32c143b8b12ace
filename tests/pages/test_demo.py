"""The invented movement: who and what is in it, made once, and nobody outside the demo can make it."""

from collections import Counter
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from allocation.models import Apportionment, Indicator, IndicatorSnapshot, IndicatorValue
from allocation.queries import latest_formula
from audit.models import TrailEntry
from audit.queries import verify_trail
from config.postgres import WEB
from hubs.models import Hub, HubCountry, HubKind, Round, SeatFunction, Term
from hubs.phases import Phase
from hubs.queries import holds, home_hub
from jobs.models import Job, JobState
from members.countries import country_choices
from members.languages import CURATED_LANGUAGES
from members.models import Member
from pages.demo.crowd import CROWD
from pages.demo.hubs import CENTRE_BODIES, COMMITTEE, COUNTRIES, KINDS, NAMES
from pages.demo.people import PEOPLE, STORY, person
from proposals.models import Proposal, ProposalStatus
from tests.pages.movement import digest
from texts.models import TextRendering
from texts.queries import localized
from voting.models import Election

# "Grants:Regions", Meta-Wiki, budgets of 2023-24 in whole US dollars.
PUBLISHED = {
    "ceeca": 1_260_000, "eseap": 1_540_000, "lac": 2_480_000, "ssa": 2_160_000, "mena": 230_000,
    "sa": 400_000, "na": 2_340_000, "nwe": 4_030_000,
}  # fmt: skip
SCRIPTS = {  # where the letters of a language lie
    "ar": [(0x600, 0x6FF)], "hi": [(0x900, 0x97F)], "bn": [(0x980, 0x9FF)],
    "zh-hans": [(0x4E00, 0x9FFF)], "ru": [(0x400, 0x4FF)],
}  # fmt: skip
WORDED = {**NAMES, "committee": COMMITTEE, **CENTRE_BODIES}


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


def test_nobody_fills_a_real_site_with_invented_people(db, settings):
    assert not settings.DEMO
    with pytest.raises(CommandError, match="Only the demo"):
        call_command("seed_demo")
    with pytest.raises(CommandError, match="Only the demo"):
        call_command("load_demo_election", "any.pb")
    assert not Hub.objects.exists()


def test_the_movement_is_made_by_the_role_that_serves_pages(demo):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")
        assert cursor.fetchone() == (WEB, demo.database)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("UPDATE audit_trailentry SET verb = ''")


def test_a_second_start_changes_nothing(demo):
    said = StringIO()
    call_command("seed_demo", stdout=said)
    assert said.getvalue() == "    already there; nothing was changed\n"
    assert digest() == demo.digest


def test_it_has_the_size_that_the_story_tells(demo):
    assert Counter(Hub.objects.values_list("kind", flat=True)) == {"REGIONAL": 8, "THEMATIC": 3}
    assert (sum(CROWD.values()), Member.objects.count()) == (3_000, 3_000 + len(PEOPLE))
    assert (Proposal.objects.count(), len(STORY)) == (120, 9)
    languages = set(Proposal.objects.values_list("text__language", flat=True))
    assert len(languages) >= 8
    assert {"sw", "ar", "es", "pt-br", "fr", "da"} < languages


def test_both_pools_go_by_one_set_of_figures_and_the_next_formula_begins_with_the_moneys(demo):
    money, time = (Apportionment.objects.get(pool__kind=kind) for kind in ("MONEY", "STAFF_TIME"))
    assert {money.snapshot, time.snapshot} == set(IndicatorSnapshot.objects.all())
    assert money.formula == latest_formula() != time.formula
    assert {hub["previous"] for hub in time.input["hubs"]} == {None}
    assert all(hub["previous"] for hub in money.input["hubs"])


def test_the_budgets_of_last_year_are_the_published_ones_and_nothing_else_is_called_so(demo):
    values = IndicatorValue.objects.filter(status="PUBLISHED")
    assert set(values.values_list("indicator", flat=True)) == {Indicator.PREVIOUS}
    found = {hub: int(value) for hub, value in values.values_list("hub__slug", "value")}
    assert found == {hub: dollars * 100 for hub, dollars in PUBLISHED.items()}


def test_there_is_a_round_in_each_phase_that_people_come_to_see(demo):
    phases = {round_.hub.slug: round_.phase_at(demo.now) for round_ in Round.objects.all()}
    assert phases == {
        "lac": Phase.RESULTS,
        "ssa": Phase.VOTING,
        "mena": Phase.REVIEW,
        "nwe": Phase.SUBMISSION,
    }
    for round_ in Round.objects.all():
        titles = {localized(round_, "title", (code,)).language for code in CURATED_LANGUAGES}
        assert titles == set(CURATED_LANGUAGES)


def test_everyone_of_the_demo_is_who_the_sign_in_page_says(demo):
    for one in PEOPLE:
        member = Member.objects.get(email=one.email)
        assert home_hub(member) is not None
        assert (member.name, member.reads) == (one.name, list(one.languages))
        assert not member.has_usable_password()
        assert EmailAddress.objects.get(user=member).verified
        assert (member.is_staff, member.is_superuser) == (False, False)
        held = [
            holds(member, [function], Hub.objects.get(slug=hub) if hub else None, demo.now)
            for hub, _body, function in one.seats
        ]
        assert (held, member.terms.count()) == ([True] * len(one.seats), len(one.seats))
    assert person("nobody@demo.invalid") is None
    of_the_crowd = Term.objects.exclude(member__email__in=[one.email for one in PEOPLE])
    assert set(of_the_crowd.values_list("seat__function", flat=True)) == {SeatFunction.TRANSLATOR}


def test_a_translation_is_by_somebody_who_reads_its_language_and_holds_the_seat(demo):
    made = TextRendering.objects.filter(translator__isnull=False).select_related("translator")
    by: dict[Member, set[str]] = {}
    for rendering in made:
        assert rendering.translator
        by.setdefault(rendering.translator, set()).add(rendering.language)
    assert sum(1 for _rendering in made) == 115
    assert len(by) >= 10
    for member, languages in by.items():
        (language,) = languages
        assert {language, language.split("-")[0]} & set(member.reads)
        seat = member.terms.get().seat
        assert (seat.function, seat.body.slug) == (SeatFunction.TRANSLATOR, "committee")


def test_nobody_of_the_crowd_can_sign_in_or_lives_outside_their_region(demo):
    crowd = Member.objects.exclude(email__in=[one.email for one in PEOPLE])
    assert crowd.filter(password__startswith="!").count() == 3_000
    home = dict(HubCountry.objects.values_list("country", "hub__slug"))
    for email, country in crowd.values_list("email", "home_country"):
        assert home[country] == email.split("-")[0]
    stored = HubCountry.objects.values_list("hub__slug", "country")
    listed = [(slug, code) for slug, codes in COUNTRIES.items() for code in codes.split()]
    assert sorted(stored) == sorted(listed)


def test_what_was_done_stands_in_a_trail_that_verifies(demo):
    found = verify_trail()
    assert (found.broken_at, found.waiting) == (None, 0)
    assert found.chained == TrailEntry.objects.count() > 800


def test_the_count_and_the_run_that_waits_were_asked_of_workers(demo):
    asked = dict(Job.objects.values_list("kind", "state"))
    assert asked == {
        "voting.count_election": JobState.DONE,  # by the fixture, as a worker would have by now
        "allocation.compute_apportionment": JobState.QUEUED,
    }
    counted = Election.objects.get(status="CLOSED")
    assert (counted.round.hub.slug, counted.manifest.body["ballots"]) == ("lac", 640)


def test_every_judged_proposal_follows_from_a_determination(demo):
    decided = Proposal.objects.filter(
        status__in=(ProposalStatus.SHORTLISTED, ProposalStatus.DECLINED, ProposalStatus.INELIGIBLE)
    )
    assert decided.exclude(determinations__decided_at__isnull=False).count() == 0
    assert decided.count() > 60
