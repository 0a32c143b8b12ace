"""The pages of pools and of what they are shared out by: what they say, and to whom they offer what."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from allocation.actions import reject_apportionment
from allocation.models import Apportionment, Envelope
from hubs.models import SeatFunction
from tests.allocation.makers import (
    SIXTEEN_MILLION,
    approved,
    computed,
    make_approver,
    make_formula,
    make_officer,
    make_pool,
    make_regions,
)
from tests.allocation.reading import at, read
from tests.factories import NOON, make_cycle, make_hub, make_member, make_term
from tests.hubs.reading import browser, offered, open_to, page, queries_of, rows, words
from tests.voting.makers import tampering

pytestmark = pytest.mark.django_db
POOLS = "/en/allocation/"
PUBLISH = "/en/allocation/formulas/publish/"
DECLARE = "/en/pools/declare/"


@pytest.fixture
def people(ada, root, sec):
    rui = make_member("Rui")
    make_term(rui, make_regions()["na"], SeatFunction.CHAIR)
    return {
        "visitor": AnonymousUser(),
        "ada": ada,
        "root": root,
        "rui": rui,
        "sec": sec,
        "officer": make_officer(),
        "approver": make_approver(),
    }


# Who may


def test_what_was_made_is_public_and_making_is_the_officers(people):
    run = approved()
    everyone = set(people)
    for address in (
        POOLS, "/en/allocation/formulas/", "/en/allocation/formulas/1/", at(run), at(run, "replay/"),
        at(run, "hubs/mena/"), at(run, "input.json"), at(run, "result.json"), at(run, "split.csv"),
        at(run, "progress/"),
    ):  # fmt: skip
        assert open_to(people, address) == everyone, address
    pool = make_pool("STAFF_TIME", 600)
    for address in (PUBLISH, DECLARE, f"/en/pools/{pool.pk}/apportion/"):
        for method in ("get", "post"):
            assert open_to(people, address, method) == {"officer"}, (address, method)


def test_the_decision_is_the_approvers_and_never_of_whoever_ran_it(people):
    run = computed()
    for end in ("approve/", "reject/"):
        for name, person in people.items():
            if name == "approver":
                continue
            response = browser(person).post(at(run, end))
            assert response.status_code == (302 if name == "visitor" else 403), name
    run.refresh_from_db()
    assert run.status == "COMPUTED"


def test_an_officer_who_is_approver_too_is_not_asked_about_their_own_run():
    run = computed()
    make_approver().terms.update(member=make_officer())
    assert "Your decision" not in read(browser(make_officer()).get(at(run)))
    assert browser(make_officer()).post(at(run, "approve/")).status_code == 403


def test_links_are_offered_to_whoever_may_follow_them(people):
    make_formula()
    pool = make_pool()
    assert offered(people, POOLS, PUBLISH) == {"officer"}
    assert offered(people, POOLS, DECLARE) == {"officer"}
    assert offered(people, POOLS, f"/en/pools/{pool.pk}/apportion/") == {"officer"}
    assert offered(people, "/en/allocation/formulas/1/", PUBLISH) == {"officer"}


# The split


def test_with_nothing_to_share_the_page_says_what_comes_next(client):
    assert "Nothing to share yet" in read(client.get(POOLS))
    assert "No version is published yet" in read(client.get("/en/allocation/formulas/"))


def test_the_split_stands_beside_last_year(client):
    run = approved()
    said = page(client.get(POOLS))
    table = {row[0]: row[1:] for row in rows(said)}
    assert table["Middle East and North Africa"] == [
        "$230,000.00", "1.6%", "$580,000.00", "3.6%", "+$350,000.00 +152.2%", "$562,600.00",
    ]  # fmt: skip
    assert table["Northern and Western Europe"][:5] == [
        "$4,030,000.00", "27.9%", "$3,224,000.00", "20.2%", "−$806,000.00 −20%",
    ]  # fmt: skip
    assert table["All hubs"][0] == "$14,440,000.00"
    assert table["All hubs"][2:5] == ["$16,000,000.00", "100%", "+$1,560,000.00 +10.8%"]
    text = words(said)
    assert "For the Global South last year: 49.5%" in text
    share = sum(e.south_minor for e in run.envelopes.all()) * 1000 // SIXTEEN_MILLION
    assert f"For the Global South now: {share / 10:g}%" in text
    assert share >= 500


def test_the_bars_say_what_the_table_says(client):
    approved()
    said = page(client.get(POOLS))
    assert len(said.select(".bars__list meter")) == 16
    (longest,) = {str(bar["max"]) for bar in said.select(".bars__list meter")}
    now = [int(str(bar["value"])) for bar in said.select(".bars__list meter:not(.bar--before)")]
    before = [int(str(bar["value"])) for bar in said.select(".bars__list .bar--before")]
    assert sum(now) == SIXTEEN_MILLION
    assert max(now + before) == int(longest) == 403_000_000


def test_the_split_speaks_arabic_with_names_marked(client):
    with translation.override("ar"):
        run = approved()
        said = page(client.get("/ar/allocation/"))
    names = {words(cell): cell for cell in said.select("table tbody th")}
    assert "الشرق الأوسط وشمال أفريقيا" in names
    assert names["South Asia"].select("span[lang=en][dir=ltr]")
    assert said.select("html[dir=rtl]")
    assert said.select_one(f'a[href="/ar/apportionments/{run.pk}/split.csv"]')


def test_another_cycle_is_a_choice_in_the_address(client):
    make_pool()
    make_pool(cycle=make_cycle("2025"), amount_minor=100)
    newest, older = read(client.get(POOLS)), read(client.get(f"{POOLS}?cycle=2025"))
    assert "$16,000,000.00" in newest
    assert "$1.00" not in newest
    assert "$1.00" in older
    assert client.get(f"{POOLS}?cycle=nonsense").status_code == 200


def test_hours_and_credits_are_said_in_their_units(client):
    make_pool("STAFF_TIME", 90)
    make_pool("CAPACITY", 1)
    said = read(client.get(POOLS))
    assert "Staff time: 1.5 hours" in said
    assert "Capacity: 1 service credit," in said


def test_the_page_asks_the_database_the_same_however_much_there_is(client):
    approved()
    few = queries_of(lambda: client.get(POOLS))
    for kind, amount in (("STAFF_TIME", 6_000), ("CAPACITY", 1_000)):
        run = computed(make_pool(kind, amount), minimum=0)
        reject_apportionment(apportionment=run, approver=make_approver(), now=NOON)
        computed(run.pool, minimum=0)
    assert queries_of(lambda: client.get(POOLS)) == few


def test_a_run_asks_the_database_the_same_for_30_more_hubs(client):
    run = approved()
    few = queries_of(lambda: client.get(at(run)))
    with tampering("allocation_envelope", "allocation_indicatorvalue"):
        for number in range(30):
            hub = make_hub(f"hub-{number}")
            Envelope.objects.create(
                apportionment=run, hub=hub, amount_minor=0, south_minor=0, previous_minor=0
            )
            value = run.snapshot.values.get(indicator="READERS", hub__slug="na")
            value.pk, value.hub = None, hub
            value.save(force_insert=True)
            run.input["hubs"].append({"code": hub.slug, "previous": 0, "south": "0"})
    with tampering("allocation_apportionment"):
        Apportionment.objects.filter(pk=run.pk).update(input=run.input)
    assert len(rows(page(client.get(at(run))))) == 39
    assert queries_of(lambda: client.get(at(run))) == few


def test_the_versions_ask_the_database_the_same_however_many_there_are(client):
    make_formula()
    one = queries_of(lambda: client.get("/en/allocation/formulas/"))
    for _ in range(29):
        make_formula()
    assert len(rows(page(client.get("/en/allocation/formulas/")))) == 30
    assert queries_of(lambda: client.get("/en/allocation/formulas/")) == one
