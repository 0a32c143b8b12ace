"""The pages of pools, of the formula and of its runs: what they say, and to whom they offer what."""

import csv
import hashlib
import io
import json
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from allocation.actions import reject_apportionment
from allocation.models import Apportionment, Envelope, FormulaVersion, Pool
from allocation.queries import FIRST_PARAMETERS
from audit.canonical import digest
from hubs.models import Hub, SeatFunction
from jobs.actions import fail_job, take_job
from jobs.models import Job
from tests.allocation.makers import (
    SIXTEEN_MILLION,
    approved,
    asked,
    compute,
    computed,
    make_approver,
    make_formula,
    make_officer,
    make_pool,
    make_regions,
    make_snapshot,
)
from tests.factories import NOON, make_cycle, make_hub, make_member, make_term
from tests.hubs.reading import (
    browser,
    complaints,
    messages,
    offered,
    open_to,
    page,
    queries_of,
    rows,
    typed,
    words,
)
from tests.voting.makers import tampering

pytestmark = pytest.mark.django_db
POOLS = "/en/allocation/"
PUBLISH = "/en/allocation/formulas/publish/"
DECLARE = "/en/pools/declare/"


def at(run: Apportionment, end: str = "", language: str = "en") -> str:
    return f"/{language}/apportionments/{run.pk}/{end}"


def read(response) -> str:
    return plain(words(page(response).select_one("main")))


def plain(text: str) -> str:
    """Without the marks that keep directions apart, and the spaces where an element ends."""
    return re.sub("[\u2066-\u2069\u200e\u200f]| (?=[,.;])", "", text)


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


# The officer's pages


def test_a_floor_of_49_percent_is_refused_and_the_rest_is_kept():
    officer = browser(make_officer())
    told = typed(page(officer.get(PUBLISH)))
    assert told["south_floor"] == "50"
    assert told["max_share"] == "25"
    back = page(officer.post(PUBLISH, told | {"south_floor": "49", "sigma": "0.8"}))
    (complaint,) = complaints(back)
    assert "At least half of every pool is for the Global South" in complaint
    assert typed(back) == told | {"south_floor": "49", "sigma": "0.8"}
    assert not FormulaVersion.objects.exists()


@pytest.mark.parametrize("floor", ["49.99", "0", "-50", "101", "NaN", "fifty", ""])
def test_no_other_spelling_of_less_than_half_passes(floor):
    officer = browser(make_officer())
    told = typed(page(officer.get(PUBLISH))) | {"south_floor": floor}
    assert len(complaints(page(officer.post(PUBLISH, told)))) == 1
    assert not FormulaVersion.objects.exists()


def test_a_version_is_published_as_it_was_typed_and_fills_the_next_form():
    officer = browser(make_officer())
    told = typed(page(officer.get(PUBLISH)))
    changed = told | {"south_floor": "62.5", "up": "45", "readers": "55", "community": "45"}
    done = officer.post(PUBLISH, {k: v for k, v in changed.items() if v})
    assert done["Location"] == "/en/allocation/formulas/1/"
    version = FormulaVersion.objects.get()
    assert str(version.south_floor) == "0.6250"
    assert version.parameters == {
        **FIRST_PARAMETERS, "up": "0.45", "beta": {"readers": "0.55", "community": "0.45"}
    }  # fmt: skip
    assert typed(page(officer.get(PUBLISH))) == changed
    shown = {row[1]: row[2] for row in rows(page(officer.get("/en/allocation/formulas/1/")))}
    assert shown["south_floor"] == "62.5%"
    assert shown["up"] == "45%"
    assert shown["bands"] == "Yes"
    assert plain(shown["beta"]) == "Active community: 45%; Potential readers: 55%"
    assert shown["step"] == "35,000,000"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"readers": "50"}, "must add up to 100 percent"),
        ({"sigma": "-1"}, "greater than or equal to 0"),
        ({"max_share": "0"}, "greater than or equal to 0.01"),
        ({"income_band": "0.5"}, "greater than or equal to 1"),
        ({"step": "1.5"}, "whole number"),
    ],
)
def test_what_the_formula_does_not_take_is_said_at_its_field(change, complaint):
    officer = browser(make_officer())
    told = typed(page(officer.get(PUBLISH))) | change
    (said,) = complaints(page(officer.post(PUBLISH, told)))
    assert complaint in said
    assert not FormulaVersion.objects.exists()


def test_a_pool_is_declared_in_whole_units():
    make_cycle()
    officer = browser(make_officer())
    cycle = str(make_cycle().pk)
    for told in (
        {"kind": "MONEY", "currency": "JPY", "amount": "5000"},
        {"kind": "STAFF_TIME", "currency": "", "amount": "1.5"},
        {"kind": "CAPACITY", "currency": "", "amount": "7"},
    ):
        assert officer.post(DECLARE, told | {"cycle": cycle}).status_code == 302
    assert set(Pool.objects.values_list("kind", "currency", "amount_minor")) == {
        ("MONEY", "JPY", 5000), ("STAFF_TIME", "", 90), ("CAPACITY", "", 7),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"kind": "DATA"}, "Select a valid choice"),
        ({"currency": ""}, "Choose a currency for money"),
        ({"kind": "CAPACITY"}, "none for hours or credits"),
        ({"amount": "0"}, "holds more than nothing"),
        ({"amount": "0.001"}, "more decimals than the unit"),
        ({"amount": "99999999999999"}, "more than can be stored"),
    ],
)
def test_what_is_no_pool_comes_back_with_a_reason(told, complaint):
    cycle = str(make_cycle().pk)
    whole = {"cycle": cycle, "kind": "MONEY", "currency": "USD", "amount": "100"} | told
    back = page(browser(make_officer()).post(DECLARE, whole))
    assert complaint in complaints(back)[0]
    assert typed(back)["amount"] == whole["amount"]
    assert not Pool.objects.exists()


def test_a_pool_declared_twice_comes_back_with_a_reason():
    pool = make_pool()
    told = {"cycle": str(pool.cycle_id), "kind": "MONEY", "currency": "USD", "amount": "1"}
    back = page(browser(make_officer()).post(DECLARE, told))
    assert "has such a pool already" in complaints(back)[0]


def test_the_officer_tries_out_and_then_runs():
    make_regions()
    make_formula()
    make_formula("0.6")
    make_snapshot()
    pool = make_pool()
    officer = browser(make_officer())
    address = f"/en/pools/{pool.pk}/apportion/"
    assert "What version 2 would give" in read(officer.get(address))
    tried = page(officer.get(f"{address}?formula=1"))
    assert "What version 1 would give" in words(tried)
    assert len(rows(tried)) == 9
    assert not tried.select("main tbody a")
    assert not Apportionment.objects.exists()

    done = officer.post(address, {"formula": "1"})
    run = Apportionment.objects.get()
    assert done["Location"] == at(run)
    assert (run.formula.number, run.requested_by) == (1, make_officer())
    assert Job.objects.get().subject == str(run.pk)


def test_what_cannot_be_shared_is_said_while_trying_out():
    make_regions()
    make_formula(down="0", max_share="0.25")
    make_snapshot()
    pool = make_pool()
    said = read(browser(make_officer()).get(f"/en/pools/{pool.pk}/apportion/"))
    assert "Both cannot hold" in said


def test_trying_out_without_a_formula_or_figures_says_what_comes_next():
    pool = make_pool()
    officer = browser(make_officer())
    address = f"/en/pools/{pool.pk}/apportion/"
    assert "No version of the formula is published" in read(officer.get(address))
    make_formula()
    assert "No indicators are published for this cycle" in read(officer.get(address))
    assert officer.post(address, {"formula": "1"}).status_code == 200
    assert officer.get(f"{address}?formula=99").status_code == 200
    make_regions()
    make_snapshot()
    assert officer.post(address).status_code == 200  # nothing is run that was not chosen
    assert not Apportionment.objects.exists()


def test_a_pool_that_is_shared_is_not_run_again():
    run = approved()
    officer = browser(make_officer())
    back = page(officer.post(f"/en/pools/{run.pool_id}/apportion/", {"formula": "1"}, follow=True))
    assert messages(back) == ["Nothing was changed: a split of this pool is approved already."]
