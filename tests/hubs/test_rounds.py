"""Planning, changing and opening rounds, and what their lanes have to give."""

from dataclasses import astuple, replace
from datetime import timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from hubs.actions import (
    CurrencyFunded,
    LanePlan,
    LanesIncomplete,
    NoFramework,
    NoLanes,
    NotFunded,
    RoundOpen,
    TooLate,
    edit_round,
    open_round,
    set_budgets,
)
from hubs.actions.budgets import split
from hubs.models import WHOLE_BP, Lane, Round, RoundBudget
from hubs.phases import Phase, Timetable
from hubs.queries import (
    Hindrance,
    budget_totals,
    currency_choices,
    hindrances,
    lanes_of,
    rounds_to_open,
)
from hubs.templatetags.resources import resource
from hubs.templatetags.rounds import lanes_in_words, share
from members.languages import Worded
from principles.models import FrameworkVersion
from principles.queries import active_framework
from tests.factories import NOON, make_cycle, make_framework, make_hub, make_member, make_round
from tests.hubs.makers import DAY, HALVES, TIMETABLE, lanes_in, plan, the_plan, told, trace, written
from texts.queries import localized

MOMENTS = {f"{phase.lower()}_at": moment.isoformat() for phase, moment in TIMETABLE.begins()}


@pytest.fixture
def planned(west, fay) -> Round:
    """A round with a lane that is voted on and one with a panel, given nothing yet."""
    return plan(west, fay)


@pytest.fixture
def ready(planned: Round) -> Round:
    """The same, given 100.01 kroner, with principles in force."""
    make_framework()
    set_budgets(round=planned, kind="MONEY", amount_minor=10_001, now=NOON)
    return planned


def edit(round_: Round, editor, **changes) -> Round:
    return edit_round(round=round_, editor=editor, now=NOON, **the_plan(**changes))


# Planning


def test_a_round_is_planned_in_the_language_of_its_title(west, fay):
    round_ = Round.objects.get(pk=plan(west, fay).pk)
    assert (round_.hub, round_.cycle, round_.level) == (west, make_cycle(), "LOCAL")
    assert (round_.currency, round_.is_practice, round_.opened_at) == ("DKK", False, None)
    assert localized(round_, "title", ("en",)) == Worded("Efterår", "da")
    assert round_.timetable == TIMETABLE
    assert lanes_in(round_) == {"GENERAL": ("VOTE", 6_000, {}), "EXPERIMENT": ("PANEL", 4_000, {})}
    assert trace("plan_round") == {
        "at": NOON,
        "actor_id": fay.pk,
        "role": "FACILITATOR",
        "target_type": "hubs.round",
        "target_id": str(round_.pk),
        "reason_code": "",
        "before": {},
        "after": {
            "hub": "west",
            "cycle": "2026",
            "level": "LOCAL",
            "language": "da",
            "currency": "DKK",
            "lanes": {
                "GENERAL": {"method": "VOTE", "share_bp": 6_000},
                "EXPERIMENT": {"method": "PANEL", "share_bp": 4_000},
            },
            **MOMENTS,
        },
    }
    assert told() == []


@pytest.mark.parametrize("language", ["id", "pt-br", "zh-hans"])
def test_a_language_with_an_odd_column_keeps_its_title(west, fay, language):
    round_ = plan(west, fay, language=language)
    column = {"id": "title_ind", "pt-br": "title_pt_br", "zh-hans": "title_zh_hans"}[language]
    assert Round.objects.filter(pk=round_.pk, **{column: "Efterår"}).exists()


def test_a_cycle_may_hold_rounds_of_many_hubs(west, fay):
    plan(west, fay)
    plan(make_hub("north"), fay)
    assert make_cycle().rounds.count() == 2


def test_a_plan_may_be_incomplete_and_a_lane_without_a_share_is_none(west, fay):
    lanes = [LanePlan("READERS", "COMMITTEE", 1), LanePlan("GENERAL", "VOTE", 0)]
    assert lanes_in(plan(west, fay, lanes=lanes)) == {"READERS": ("COMMITTEE", 1, {})}
    assert lanes_in(plan(west, fay, lanes=[])) == {}


def test_a_round_that_nobody_opened_stays_in_preparation_whatever_the_clock_says(planned):
    assert planned.phase_at(NOON + 100 * DAY) == Phase.PREPARATION


# Changing the plan


def test_a_plan_is_changed_and_only_what_changed_is_traced(planned, fay):
    later = Timetable(*(moment + DAY for moment in astuple(TIMETABLE)))
    lanes = [LanePlan("GENERAL", "COMMITTEE", 7_000), LanePlan("PARTNER", "VOTE", 3_000)]
    kept = Lane.objects.get(round=planned, kind="GENERAL")
    edit(planned, fay, title="Vinter", lanes=lanes, timetable=later, currency="EUR")
    found = Round.objects.get(pk=planned.pk)
    assert localized(found, "title", ()) == Worded("Vinter", "da")
    assert (found.currency, found.timetable) == ("EUR", later)
    assert lanes_in(found) == {"GENERAL": ("COMMITTEE", 7_000, {}), "PARTNER": ("VOTE", 3_000, {})}
    assert Lane.objects.get(round=planned, kind="GENERAL") == kept
    entry = trace("edit_round")
    assert (entry["actor_id"], entry["role"]) == (fay.pk, "FACILITATOR")
    assert entry["target_id"] == str(planned.pk)
    assert set(entry["before"]) == set(entry["after"]) == {"currency", "lanes", *MOMENTS}
    assert (entry["before"]["currency"], entry["after"]["currency"]) == ("DKK", "EUR")
    assert entry["before"]["submission_at"] == MOMENTS["submission_at"]
    assert entry["after"]["lanes"]["PARTNER"] == {"method": "VOTE", "share_bp": 3_000}


def test_a_title_moves_to_its_language_and_translations_stay(planned, fay):
    Round.objects.filter(pk=planned.pk).update(title_fr="Automne")
    edit(planned, fay, title="Autumn", language="en")
    found = Round.objects.get(pk=planned.pk)
    assert found.source_language == "en"
    assert localized(found, "title", ("da",)) == Worded("Autumn", "en")
    assert localized(found, "title", ("fr",)) == Worded("Automne", "fr")


def test_what_a_round_was_given_is_shared_out_again_over_its_new_lanes(ready, fay):
    set_budgets(round=ready, kind="STAFF_TIME", amount_minor=61, now=NOON)
    edit(ready, fay, lanes=[LanePlan("PARTNER", "VOTE", 5_000), LanePlan("GENERAL", "VOTE", 5_000)])
    assert lanes_in(ready) == {
        "GENERAL": ("VOTE", 5_000, {"MONEY": 5_001, "STAFF_TIME": 31}),
        "PARTNER": ("VOTE", 5_000, {"MONEY": 5_000, "STAFF_TIME": 30}),
    }
    assert budget_totals(lanes_of(ready)) == {"MONEY": 10_001, "STAFF_TIME": 61}


def test_money_does_not_change_its_currency(ready, fay):
    before = written()
    with pytest.raises(CurrencyFunded):
        edit(ready, fay, currency="EUR")
    assert (written(), Round.objects.get(pk=ready.pk).currency) == (before, "DKK")


def test_what_a_round_was_given_is_not_lost_with_its_lanes(ready, fay):
    before = lanes_in(ready)
    with pytest.raises(NoLanes):
        edit(ready, fay, lanes=[])
    assert lanes_in(ready) == before


def test_an_open_round_is_not_changed(ready, fay):
    open_round(round=ready, opener=fay, now=NOON)
    before = written()
    with pytest.raises(RoundOpen):
        edit(ready, fay, title="Vinter")
    with pytest.raises(RoundOpen):
        set_budgets(round=ready, kind="MONEY", amount_minor=1, now=NOON)
    title = localized(Round.objects.get(pk=ready.pk), "title", ())
    assert (written(), title.text) == (before, "Efterår")


# Budgets

SHARES = st.lists(st.integers(0, WHOLE_BP), min_size=1, max_size=5).filter(any)


@given(amount=st.integers(0, 2**62), shares=SHARES)
def test_the_parts_of_an_amount_add_up_and_none_is_a_unit_away_from_its_share(amount, shares):
    parts, whole = split(amount, shares), sum(shares)
    assert sum(parts) == amount
    for part, weight in zip(parts, shares, strict=True):
        assert abs(part * whole - amount * weight) < whole


@given(amount=st.integers(0, 10_000), shares=SHARES)
def test_a_larger_remainder_is_served_before_a_smaller_one(amount, shares):
    whole = sum(shares)
    extra = [
        (part - amount * weight // whole, amount * weight % whole)
        for part, weight in zip(split(amount, shares), shares, strict=True)
    ]
    served = [remainder for more, remainder in extra if more]
    waiting = [remainder for more, remainder in extra if not more]
    assert {more for more, _remainder in extra} <= {0, 1}
    assert min(served, default=whole) >= max(waiting, default=0)


@pytest.mark.parametrize(
    ("amount", "shares", "parts"),
    [
        (100, [3_333, 3_333, 3_334], [33, 33, 34]),
        (2, [1, 1, 1], [1, 1, 0]),  # of equal remainders the first
        (1, [4_999, 5_001], [0, 1]),
        (0, [5, 5], [0, 0]),
    ],
)
def test_an_amount_is_split_by_largest_remainder(amount, shares, parts):
    assert split(amount, shares) == parts


def test_a_round_is_given_an_amount_instead_of_what_it_had(planned):
    set_budgets(round=planned, kind="DATA", amount_minor=1, now=NOON)
    for amount in (7, 10_001):
        set_budgets(round=planned, kind="MONEY", amount_minor=amount, now=NOON)
    assert lanes_in(planned) == {
        "GENERAL": ("VOTE", 6_000, {"MONEY": 6_001, "DATA": 1}),
        "EXPERIMENT": ("PANEL", 4_000, {"MONEY": 4_000}),
    }
    set_budgets(round=planned, kind="MONEY", amount_minor=0, now=NOON)
    assert budget_totals(lanes_of(planned)) == {"DATA": 1}


def test_a_round_without_lanes_is_given_nothing(west, fay):
    round_ = plan(west, fay, lanes=[])
    with pytest.raises(NoLanes):
        set_budgets(round=round_, kind="MONEY", amount_minor=1, now=NOON)
    assert not RoundBudget.objects.exists()


def test_nothing_is_taken_by_giving_less_than_nothing(ready):
    with pytest.raises(ValueError, match="not negative"):
        set_budgets(round=ready, kind="MONEY", amount_minor=-1, now=NOON)
    assert budget_totals(lanes_of(ready)) == {"MONEY": 10_001}


# Opening


def test_a_round_is_opened_under_the_principles_in_force(ready, fay):
    open_round(round=ready, opener=fay, now=NOON)
    found = Round.objects.get(pk=ready.pk)
    assert (found.opened_at, found.framework) == (NOON, make_framework())
    assert found.phase_at(TIMETABLE.submission_at) == Phase.SUBMISSION
    entry = trace("open_round")
    assert (entry["actor_id"], entry["role"], entry["at"]) == (fay.pk, "FACILITATOR", NOON)
    assert entry["after"]["framework"] == 1
    assert entry["after"]["budgets"] == {
        "GENERAL": {"MONEY": 6_001},
        "EXPERIMENT": {"MONEY": 4_000},
    }
    assert entry["after"] | MOMENTS == entry["after"]


def refused_opening(round_: Round, opener, refusal, now=NOON) -> None:
    before = written()
    with pytest.raises(refusal):
        open_round(round=round_, opener=opener, now=now)
    found = Round.objects.get(pk=round_.pk)
    assert (written(), found.opened_at) == (before, round_.opened_at)


def test_a_round_is_opened_once(ready, fay):
    open_round(round=ready, opener=fay, now=NOON)
    ready.refresh_from_db()
    refused_opening(ready, fay, RoundOpen, NOON + DAY)


@pytest.mark.parametrize("share_bp", [3_999, 4_001, 0])
def test_a_round_opens_when_its_shares_are_the_whole(ready, fay, share_bp):
    edit(ready, fay, lanes=[HALVES[0], replace(HALVES[1], share_bp=share_bp)])
    refused_opening(ready, fay, LanesIncomplete)


@pytest.mark.parametrize(
    ("lanes", "is_refused"),
    [
        ([LanePlan("GENERAL", "VOTE", WHOLE_BP)], True),
        ([LanePlan("GENERAL", "COMMITTEE", WHOLE_BP)], True),
        ([LanePlan("EXPERIMENT", "PANEL", WHOLE_BP)], False),
    ],
)
def test_a_lane_that_others_decide_in_opens_with_something_to_give(west, fay, lanes, is_refused):
    make_framework()
    round_ = plan(west, fay, lanes=lanes)
    if is_refused:
        refused_opening(round_, fay, NotFunded)
        set_budgets(round=round_, kind="CAPACITY", amount_minor=1, now=NOON)
    open_round(round=round_, opener=fay, now=NOON)


def test_a_lane_too_small_for_a_single_unit_is_not_funded(planned, fay):
    make_framework()
    edit(planned, fay, lanes=[LanePlan("GENERAL", "VOTE", 9_999), LanePlan("READERS", "VOTE", 1)])
    set_budgets(round=planned, kind="MONEY", amount_minor=100, now=NOON)
    refused_opening(planned, fay, NotFunded)


def test_a_round_opens_until_a_day_after_its_first(ready, fay):
    late = TIMETABLE.submission_at + DAY
    refused_opening(ready, fay, TooLate, late + timedelta(microseconds=1))
    assert open_round(round=ready, opener=fay, now=late).opened_at == late


@pytest.mark.parametrize("status", [None, "DRAFT", "RETIRED"])
def test_a_round_opens_under_principles_that_are_in_force(planned, fay, status):
    set_budgets(round=planned, kind="MONEY", amount_minor=10, now=NOON)
    if status == "RETIRED":
        FrameworkVersion.objects.filter(pk=make_framework().pk).update(status=status)
    elif status:
        FrameworkVersion.objects.create(number=1, title_en="Principles")
    refused_opening(planned, fay, NoFramework)


def test_everything_that_is_missing_is_told_at_once(west, fay):
    round_ = plan(west, fay, lanes=HALVES[:1])
    late = NOON + 9 * DAY
    assert hindrances(round_, lanes_of(round_), active_framework().first(), late) == list(Hindrance)


# Reading


def test_a_facilitator_finds_the_rounds_that_wait_to_be_opened(west, fay, ona, ready):
    north = make_hub("north")
    make_round(north, Phase.PREPARATION, is_open=False)
    make_round(west, Phase.PREPARATION, is_open=False, is_practice=True)
    make_round(west, Phase.VOTING, is_open=False)  # nobody opened it in time
    soon = make_round(west, Phase.PREPARATION, is_open=False)
    assert list(rounds_to_open(fay, NOON)) == [ready, soon]
    assert list(rounds_to_open(ona, NOON)) == list(rounds_to_open(make_member("Bo"), NOON)) == []
    open_round(round=ready, opener=fay, now=NOON)
    assert list(rounds_to_open(fay, NOON)) == [soon]
    assert list(rounds_to_open(fay, NOON.replace(year=2029))) == []


def test_lanes_and_budgets_come_in_the_order_in_which_they_are_named(west):
    lanes = {"READERS": 1, "CAPACITY": 2, "EXPERIMENT": 3, "GENERAL": 4, "PARTNER": 5}
    round_ = make_round(west, lanes=lanes, is_open=False)
    general = Lane.objects.get(round=round_, kind="GENERAL")
    for kind in ("DATA", "STAFF_TIME"):
        RoundBudget.objects.create(lane=general, kind=kind, amount_minor=1)
    found = lanes_of(round_)
    assert [lane.kind for lane in found] == [
        "GENERAL", "EXPERIMENT", "CAPACITY", "PARTNER", "READERS",
    ]  # fmt: skip
    kinds = [budget.kind for budget in found[0].budgets.all()]
    assert kinds == list(budget_totals(found)) == ["MONEY", "STAFF_TIME", "DATA"]


def test_currencies_are_named_in_the_readers_language():
    with translation.override("da"):
        named = dict(currency_choices())
    assert (named["DKK"], named["JPY"]) == ("dansk krone (DKK)", "japansk yen (JPY)")
    assert "DEM" not in named


@pytest.mark.parametrize(
    ("language", "share_bp", "said"),
    [("en", 6_000, "60%"), ("en", 1_234, "12.34%"), ("da", 1_250, "12,5\xa0%"), ("en", 1, "0.01%")],
)
def test_a_share_is_said_with_the_decimals_it_needs(language, share_bp, said):
    with translation.override(language):
        assert share(share_bp) == said


@pytest.mark.parametrize(
    ("amount", "kind", "said"),
    [
        (150_000, "MONEY", "JPY 150,000"),
        (60, "STAFF_TIME", "1 hour"),
        (90, "STAFF_TIME", "1.5 hours"),
        (6_000, "STAFF_TIME", "100 hours"),
        (1, "CAPACITY", "1 service credit"),
        (1_000, "CAPACITY", "1,000 service credits"),
        (2, "DATA", "2 access grants"),
    ],
)
def test_each_kind_is_said_in_its_own_unit(amount, kind, said):
    shown = resource(amount, kind, "JPY")
    assert shown.replace("¥", "JPY ") == f'<bdi class="amount">{said}</bdi>'


def test_the_lanes_of_a_round_are_said_in_a_line(planned):
    assert lanes_in_words(planned) == "General 60%, Rapid experiment 40%"
