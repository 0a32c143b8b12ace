"""Where the resources go: every figure from the rows, practice counted nowhere, names of nobody."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser

from allocation.actions import fund_round
from allocation.models import Award, Envelope, Pool
from allocation.queries import floored_share
from hubs.models import Cycle, HubKind, Round
from members.models import Member
from oversight.queries import Distribution, distribution_of, pools_shared
from proposals.models import Proposal
from tests.allocation.makers import make_officer
from tests.allocation.spending import (
    NOW,
    Given,
    make_envelopes,
    make_treasurer,
    make_unfunded,
    opened,
)
from tests.factories import make_cycle, make_hub, make_member, make_round
from tests.hubs.reading import browser, open_to, page, queries_of, rows, words
from tests.proposals.makers import make_proposal

pytestmark = pytest.mark.django_db
ADDRESS = "/en/oversight/"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def north():
    return make_hub("north", name_en="North", name_ar="الشمال")


@pytest.fixture
def pool(west, north) -> Pool:
    """1,000.00: 600.00 for the North, all but 100.00 for the South; 400.00 for the West, 5.00 for it."""
    return make_envelopes(
        {
            west: Given(40_000, 500, 90_000, south="0.1"),
            north: Given(60_000, 50_000, 10_000, south="0.9"),
        }
    )


def funded(pool: Pool, hub, amount_minor: int, **fields) -> Round:
    """An open round of a hub with a part of its envelope; ``fields`` are what is otherwise about it."""
    round_ = make_unfunded(hub)
    if fields:
        Round.objects.filter(pk=round_.pk).update(**fields)
    envelope = Envelope.objects.get(apportionment__pool=pool, hub=hub)
    treasurer = Member.objects.filter(name="Tea").first() or make_treasurer(hub)
    fund_round(
        round=round_, envelope=envelope, amount_minor=amount_minor, treasurer=treasurer, now=NOW
    )
    return opened(round_)


def proposal(
    round_: Round, author: str = "Author", status: str = "SUBMITTED", days: float = 0
) -> Proposal:
    """A proposal of someone, decided so many days after it was handed in."""
    member = Member.objects.filter(name=author).first() or make_member(author)
    made = make_proposal(round_.lanes.get(), member, status)
    if made.decided_at and made.submitted_at:
        Proposal.objects.filter(pk=made.pk).update(
            decided_at=made.submitted_at + timedelta(days=days)
        )
    return made


def award(round_: Round, amount_minor: int, author: str = "Author", kind="MONEY", days=0) -> Award:
    return Award.objects.create(
        proposal=proposal(round_, author, "FUNDED", days), lane=round_.lanes.get(), kind=kind,
        amount_minor=amount_minor, awarded_by=make_officer(), awarded_at=NOW,
    )  # fmt: skip


def line(pool: Pool, slug: str):
    return next(one for one in of(pool).regions if one.hub.slug == slug)


def of(pool: Pool) -> Distribution:
    found = distribution_of(pool)
    assert found
    return found


# Figures


def test_every_figure_is_computed_from_the_rows(pool, west, north):
    spring, autumn = funded(pool, north, 20_000), funded(pool, north, 30_000)
    award(spring, 12_000, "Bo", days=10)
    award(autumn, 3_000, "Cy", days=20)
    for status in ("DECLINED", "INELIGIBLE"):
        proposal(autumn, "Di", status, days=60)
    proposal(autumn, "Di", "NOT_FUNDED", days=30)
    proposal(autumn, "Di", "WITHDRAWN")
    proposal(autumn, "Di", "DRAFT")
    proposal(make_round(west, now=NOW), "Ed")
    found = of(pool)
    assert [one.hub for one in found.regions] == [north, west]
    first, second = found.regions
    assert (first.envelope_minor, first.south_minor, first.previous_minor) == (
        60_000, 50_000, 10_000,
    )  # fmt: skip
    assert (first.funded_minor, first.awarded_minor) == (50_000, 15_000)
    assert (first.submitted, first.refused, first.funded) == (6, 2, 2)
    assert first.days == 30  # of 10, 20, 30, 60 and 60
    assert (second.funded_minor, second.awarded_minor) == (0, 0)
    assert (second.submitted, second.refused, second.funded) == (1, 0, 0)
    assert second.days is None
    total = found.total
    assert (total.envelope_minor, total.south_minor, total.previous_minor) == (
        100_000, 50_500, 100_000,
    )  # fmt: skip
    assert (total.funded_minor, total.awarded_minor) == (50_000, 15_000)
    assert (total.submitted, total.refused, total.funded) == (7, 2, 2)
    assert total.days == 30
    assert found.south_share == Decimal("0.505")
    assert found.south_share_before == Decimal("0.18")  # 9,000 of 10,000 and 9,000 of 90,000


def test_of_an_even_number_the_median_is_the_middle_of_two(pool, north):
    round_ = funded(pool, north, 1_000)
    for days in (1, 2, 5, 100):
        proposal(round_, "Di", "NOT_FUNDED", days)
    assert line(pool, "north").days == Decimal("3.5")


@pytest.mark.parametrize(
    ("amount", "whole", "said"),
    [
        (1, 2, "0.5"),
        (49_999_999, 100_000_000, "0.499"),
        (1, 3, "0.333"),
        (0, 0, "0"),
        (3, 3, "1"),
    ],
)
def test_a_part_is_rounded_down_so_that_no_floor_seems_kept(amount, whole, said):
    assert floored_share(amount, whole) == Decimal(said)


def test_kinds_of_a_round_are_not_mixed(pool, west, north):
    hours = make_envelopes({north: Given(600, 300), west: Given(600, 300)}, "STAFF_TIME")
    round_ = make_unfunded(north)
    tea = make_treasurer(north)
    for source, amount in ((pool, 9_000), (hours, 90)):
        envelope = Envelope.objects.get(apportionment__pool=source, hub=north)
        fund_round(round=round_, envelope=envelope, amount_minor=amount, treasurer=tea, now=NOW)
    round_ = opened(round_)
    award(round_, 5_000, "Bo")
    award(round_, 60, "Cy", kind="STAFF_TIME")
    assert (line(pool, "north").funded_minor, line(pool, "north").awarded_minor) == (9_000, 5_000)
    assert (line(hours, "north").funded_minor, line(hours, "north").awarded_minor) == (90, 60)
    assert (of(pool).winners, of(hours).winners) == (1, 1)


def test_money_counts_where_it_came_from_whatever_the_rounds_cycle(pool, north):
    """An envelope of last year may fund a round of this one."""
    later = make_cycle("2027")
    award(funded(pool, north, 1_000, cycle=later), 700)
    newer = make_envelopes({north: Given(100, 100)}, cycle=later)
    assert line(pool, "north").awarded_minor == 700
    assert line(newer, "north").awarded_minor == 0
    assert (line(pool, "north").submitted, line(newer, "north").submitted) == (0, 1)


def test_practice_is_counted_nowhere(pool, north):
    round_ = funded(pool, north, 1_000)
    award(round_, 700, "Bo", days=3)
    practice = make_round(north, now=NOW, is_practice=True)
    award(practice, 500, "Bo", days=9)
    for status in ("DECLINED", "NOT_FUNDED"):
        proposal(practice, "Cy", status, days=90)
    found = of(pool)
    north_line = line(pool, "north")
    assert (north_line.submitted, north_line.funded) == (1, 1)
    assert north_line.days == 3
    assert (north_line.funded_minor, north_line.awarded_minor) == (1_000, 700)
    assert (found.winners, found.repeated) == (1, 0)


def test_who_wins_repeatedly_is_counted_over_all_years_and_nobody_is_named(pool, north, client):
    for author in ("Bo", "Bo", "Cy", "Di"):
        award(funded(pool, north, 1_000), 100, author)
    older = make_envelopes({north: Given(10_000, 10_000)}, cycle=make_cycle("2025"))
    for author in ("Cy", "Ed", "Ed"):
        award(funded(older, north, 1_000), 100, author)
    found = of(pool)
    assert (found.winners, found.repeated) == (3, 2)  # Bo, Cy and Di; Bo and Cy
    response = client.get(f"{ADDRESS}?pool={pool.pk}")
    facts = {words(row.dt): words(row.dd) for row in page(response).select("main .facts__row")}
    assert facts == {
        "Authors with an award from this pool": "3",
        "Of these, with awards for more than one proposal, of any year or resource": "2",
    }
    for name in ("Bo", "Cy", "Di", "Ed"):
        assert f">{name}<" not in response.text


def test_a_pool_nobody_approved_is_not_shown(north, client):
    waiting = make_envelopes({north: Given(10, 10)}, is_approved=False)
    assert distribution_of(waiting) is None
    assert list(pools_shared()) == []
    assert client.get(f"/en/oversight/{waiting.pk}.csv").status_code == 404
    assert client.get(f"{ADDRESS}?pool={waiting.pk}").status_code == 404


def test_without_a_year_before_nothing_is_said_of_it(north, client):
    pool = make_envelopes({north: Given(10, 10)})
    assert of(pool).south_share_before is None
    said = words(page(client.get(ADDRESS)).select_one("main"))
    assert "The year before it was" not in said
    assert rows(page(client.get(ADDRESS)))[0][3] == "New"


# Pages


@pytest.fixture
def people(pool, ada, rui, sec, root):
    return {"visitor": AnonymousUser(), "ada": ada, "rui": rui, "sec": sec, "root": root}


def test_everyone_sees_what_oversight_sees(people, pool):
    for address in (ADDRESS, f"/en/oversight/{pool.pk}.csv"):
        assert open_to(people, address) == set(people)
        assert browser(people["ada"]).post(address).status_code == 405


def test_the_page_says_the_figures_in_words_and_in_a_table(pool, north, client):
    award(funded(pool, north, 20_000), 12_000, days=10)
    found = page(client.get(ADDRESS))
    said = words(found.select_one("main"))
    assert "Of this pool, 50.5% is for the Global South." in said
    assert "The year before it was 18%" in said
    assert rows(found) == [
        ["North", "$600.00", "60%", "$100.00", "$500.00", "$200.00", "$120.00"],
        ["West", "$400.00", "40%", "$900.00", "$5.00", "$0.00", "$0.00"],
    ]
    assert rows(found, 1) == [["North", "1", "0", "1", "10"], ["West", "0", "0", "0", "–"]]
    feet = [words(foot) for foot in found.select("tfoot")]
    assert feet == [
        "Together $1,000.00 $1,000.00 $505.00 $200.00 $120.00", "Together 1 0 1 10",
    ]  # fmt: skip
    assert found.select_one('a[href="/en/hubs/north/envelopes/"]')


def test_the_page_runs_from_right_to_left_in_arabic(pool, client):
    found = page(client.get("/ar/oversight/"))
    assert found.select("html[lang=ar][dir=rtl]")
    assert rows(found)[0][0] == "الشمال"
    [west] = found.select('tbody a[href="/ar/hubs/west/"] [lang]')[:1]
    assert (words(west), west["lang"], west["dir"]) == ("West", "en", "ltr")


def test_the_newest_money_is_shown_first_and_any_pool_can_be_chosen(pool, north, west, client):
    make_envelopes({north: Given(600, 600)}, "CAPACITY")
    hours = make_envelopes({north: Given(90, 90)}, "STAFF_TIME")
    make_envelopes({north: Given(77_00, 77_00)}, cycle=make_cycle("2025"))
    assert [(one.cycle.slug, one.kind) for one in pools_shared()] == [
        ("2026", "MONEY"), ("2026", "CAPACITY"), ("2026", "STAFF_TIME"), ("2025", "MONEY"),
    ]  # fmt: skip
    found = page(client.get(ADDRESS))
    assert words(found.select_one('nav a[aria-current="page"]')) == "2026 · Money"
    assert rows(found)[0][1] == "$600.00"
    chosen = page(client.get(f"{ADDRESS}?pool={hours.pk}"))
    assert rows(chosen)[0][1] == "1.5 hours"
    for nonsense in ("0", "x", "1 OR 1", "-1", "٣"):
        assert client.get(ADDRESS, {"pool": nonsense}).status_code == 404, nonsense


def test_before_anything_is_shared_there_is_a_next_step(db, client):
    found = page(client.get(ADDRESS))
    assert "No pool has been shared yet" in words(found.select_one("main"))
    assert found.select_one('main a[href="/en/allocation/"]')
    assert not found.select("main table")


def test_the_file_holds_the_same_figures_without_names(pool, north, client):
    award(funded(pool, north, 20_000), 12_000, days=10)
    response = client.get(f"/en/oversight/{pool.pk}.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="distribution-{pool.pk}.csv"' in response["Content-Disposition"]
    assert list(csv.reader(io.StringIO(response.text))) == [
        ["hub", "envelope_minor", "south_minor", "previous_minor", "funded_minor",
         "awarded_minor", "submitted", "refused", "funded", "days"],
        ["north", "60000", "50000", "10000", "20000", "12000", "1", "0", "1", "10.0"],
        ["west", "40000", "500", "90000", "0", "0", "0", "0", "0", ""],
    ]  # fmt: skip
    assert client.get("/en/oversight/999999.csv").status_code == 404


def test_hostile_names_stay_text_and_no_spreadsheet_runs_them(client):
    evil = make_hub("-2-3", HubKind.REGIONAL, name_en=HOSTILE)
    Cycle.objects.filter(pk=make_cycle().pk).update(name_en=HOSTILE)
    pool = make_envelopes({evil: Given(10, 10)})
    make_envelopes({evil: Given(10, 10)}, "CAPACITY")
    response = client.get(ADDRESS)
    assert HOSTILE not in response.text
    assert rows(page(response))[0][0] == HOSTILE
    [_header, row] = csv.reader(io.StringIO(client.get(f"/en/oversight/{pool.pk}.csv").text))
    assert row[0] == "'-2-3"


def test_the_page_asks_the_database_the_same_for_one_hub_and_for_thirty(north, client):
    few_pool = make_envelopes({north: Given(10, 10, 10)}, cycle=make_cycle("2025"))
    hubs = [north, *(make_hub(f"hub{number}") for number in range(29))]
    many_pool = make_envelopes({hub: Given(10, 10, 10) for hub in hubs})
    for hub in hubs:
        proposal(make_round(hub, now=NOW))
    for address in (f"{ADDRESS}?pool={{}}", "/en/oversight/{}.csv"):
        few, many = (address.format(one.pk) for one in (few_pool, many_pool))
        client.get(few)
        assert queries_of(partial(client.get, few)) == queries_of(partial(client.get, many))
    assert len(rows(page(client.get(f"{ADDRESS}?pool={many_pool.pk}")))) == 30
