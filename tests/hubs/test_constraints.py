"""What the database refuses, whoever asks; each guard is tried by someone who breaks the rule."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.db import connection

from hubs.models import (
    TIMETABLE_FIELDS,
    Body,
    Cycle,
    Hub,
    HubCountry,
    HubKind,
    Lane,
    Round,
    RoundBudget,
    Seat,
    SeatFunction,
    Term,
)
from hubs.models.rounds import FROZEN_COLUMNS
from tests.factories import (
    NOON,
    make_cycle,
    make_hub,
    make_lane,
    make_member,
    make_round,
    make_seat,
)
from tests.hubs.refusals import guards_of, refused

DAY = timedelta(days=1)
AUTUMN = datetime(2026, 9, 1, tzinfo=UTC)
WINTER = datetime(2026, 12, 1, tzinfo=UTC)


def held(seat: Seat, member, starts_at: datetime, ends_at: datetime) -> Term:
    return Term.objects.create(
        seat=seat, member=member, starts_at=starts_at, ends_at=ends_at, given_at=NOON
    )


def a_second_term_inside_the_first(west, ada):
    seat = make_seat(west)
    held(seat, ada, AUTUMN, WINTER)
    return lambda: held(seat, make_member("Bo"), AUTUMN + DAY, WINTER - DAY)


def planned(west, **fields) -> Round:
    """A round that nobody has opened, with a lane and its budget."""
    return make_round(west, is_open=False, **fields)


def an_open_lane(west) -> Lane:
    return Lane.objects.get(round=make_round(west))


def the_same_budget_twice(west, ada):
    budget = RoundBudget.objects.get(lane__round=planned(west))
    return lambda: RoundBudget.objects.create(lane=budget.lane, kind="MONEY", amount_minor=1)


def change(things, **fields):
    """What changes these rows past the models."""
    return lambda: things.update(**fields)


def a_round_without_order(west, ada):
    round_ = planned(west)
    return lambda: Round.objects.filter(pk=round_.pk).update(delivery_at=round_.submission_at - DAY)


def the_same_seat_twice(west, ada):
    seat = make_seat(west)
    return lambda: Seat.objects.create(body=seat.body, function=seat.function, number=1)


def the_same_body_at_the_centre_twice(west, ada):
    Body.objects.create(slug="oversight")
    return lambda: Body.objects.create(slug="oversight")


def a_kind_without_countries(west, ada):
    return lambda: Hub.objects.filter(pk=west.pk).update(kind=HubKind.THEMATIC)


def a_country_of_a_thematic_hub(west, ada):
    theme = make_hub("theme", HubKind.THEMATIC)
    return lambda: HubCountry.objects.create(hub=theme, country="KE")


def a_body_that_moves(west, ada):
    body = make_seat(west).body
    return lambda: Body.objects.filter(pk=body.pk).update(hub=make_hub("north"))


# name of the guard: what breaks the rule, given the hub West (DK, FR) and Ada
ATTEMPTS = {
    "Hub.slug": lambda west, ada: lambda: make_hub("west"),
    "Hub.countries_stay_regional": a_kind_without_countries,
    "hubs_hub_kind_known": lambda west, ada: lambda: make_hub("north", "PLANETARY"),
    "hubs_hub_one_global": lambda west, ada: (
        lambda: [make_hub(slug, HubKind.GLOBAL) for slug in ("all", "everyone")]
    ),
    "HubCountry.country": lambda west, ada: lambda: make_hub("north", countries="DK"),
    "hubs_country_is_a_code": lambda west, ada: lambda: make_hub("north", countries="dk"),
    "HubCountry.regional_only": a_country_of_a_thematic_hub,
    "hubs_body_one_per_address": the_same_body_at_the_centre_twice,
    "Body.stays_in_its_hub": a_body_that_moves,
    "hubs_body_nobody_decides_alone": lambda west, ada: change(
        Body.objects.filter(pk=make_seat(west).body_id), quorum=1
    ),
    "hubs_seat_one_per_number": the_same_seat_twice,
    "hubs_seat_function_known": lambda west, ada: lambda: make_seat(west, "EMPEROR"),
    "hubs_term_ends_after_it_starts": lambda west, ada: (
        lambda: held(make_seat(west), ada, WINTER, AUTUMN)
    ),
    "hubs_term_one_holder_at_a_time": a_second_term_inside_the_first,
    "Cycle.slug": lambda west, ada: (
        lambda: [
            Cycle.objects.create(
                slug="c", starts_on=date(2026, 1, 1), ends_on=date(2026, 2, number)
            )
            for number in (1, 2)
        ]
    ),
    "hubs_cycle_ends_after_it_starts": lambda west, ada: (
        lambda: Cycle.objects.create(slug="c", starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 1))
    ),
    "hubs_round_level_known": lambda west, ada: (
        lambda: Round.objects.filter(pk=planned(west).pk).update(level="LUNAR")
    ),
    "hubs_round_timetable_in_order": a_round_without_order,
    "hubs_round_currency_is_a_code": lambda west, ada: lambda: planned(west, currency="dkk"),
    "hubs_round_open_under_a_framework": lambda west, ada: change(
        Round.objects.filter(pk=planned(west, framework=None).pk), opened_at=NOON
    ),
    "Round.frozen_when_open": lambda west, ada: change(
        Round.objects.filter(pk=make_round(west).pk), opened_at=None
    ),
    "hubs_lane_one_per_kind": lambda west, ada: lambda: make_lane(planned(west), "GENERAL"),
    "hubs_lane_kind_known": lambda west, ada: lambda: make_lane(planned(west), "FRIENDS"),
    "hubs_lane_method_known": lambda west, ada: (
        lambda: make_lane(planned(west), "READERS", method="LOTTERY")
    ),
    "hubs_lane_experiments_have_a_panel": lambda west, ada: (
        lambda: make_lane(planned(west), "EXPERIMENT", method="VOTE")
    ),
    "hubs_lane_share_within_the_whole": lambda west, ada: (
        lambda: make_lane(planned(west), "READERS", share_bp=10_001)
    ),
    "Lane.until_open": lambda west, ada: change(
        Lane.objects.filter(pk=an_open_lane(west).pk), share_bp=1
    ),
    "hubs_budget_one_per_kind": the_same_budget_twice,
    "hubs_budget_kind_known": lambda west, ada: change(
        RoundBudget.objects.filter(lane__round=planned(west)), kind="FAME"
    ),
    "hubs_budget_not_negative": lambda west, ada: (
        lambda: make_lane(planned(west), "READERS", amount_minor=-1)
    ),
    "RoundBudget.until_open": lambda west, ada: change(
        RoundBudget.objects.filter(lane=an_open_lane(west)), amount_minor=1
    ),
}
# where PostgreSQL's sentence does not hold the name of the guard
SENTENCES = {
    "Body.stays_in_its_hub": "a body does not move to another hub",
    "Hub.slug": "hubs_hub_slug",
    "HubCountry.country": "hubs_hubcountry_country",
    "Cycle.slug": "hubs_cycle_slug",
    "Round.frozen_when_open": "what decides an open round cannot change",
    "Lane.until_open": "hubs_lane is frozen since its round is open",
    "RoundBudget.until_open": "hubs_roundbudget is frozen since its round is open",
    "HubCountry.regional_only": "only a regional hub has countries",
    "Hub.countries_stay_regional": "a hub with countries stays regional",
}


@pytest.mark.parametrize("guard", ATTEMPTS)
def test_the_guard_holds(guard, west, ada):
    break_it = ATTEMPTS[guard](west, ada)
    with refused(SENTENCES.get(guard, guard)):
        break_it()


def test_no_guard_is_without_someone_who_tries_to_break_it():
    assert set(ATTEMPTS) == guards_of(*apps.get_app_config("hubs").get_models())


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(TIMETABLE_FIELDS)))
def test_each_phase_begins_no_sooner_than_the_one_before_it(west, earlier, later):
    round_ = planned(west)
    same = {later: getattr(round_, earlier)}
    assert Round.objects.filter(pk=round_.pk).update(**same) == 1
    with refused("hubs_round_timetable_in_order"):
        Round.objects.filter(pk=round_.pk).update(
            **{later: getattr(round_, earlier) - timedelta(microseconds=1)}
        )


@pytest.mark.parametrize("country", ["", "D", "dk", "DKK", "D1", "ÅL"])
def test_a_country_is_two_capital_letters(west, country):
    with refused("hubs_country_is_a_code|too long"):
        HubCountry.objects.create(hub=west, country=country)


@pytest.mark.parametrize("kind", [HubKind.THEMATIC, HubKind.GLOBAL])
def test_a_country_does_not_move_to_a_hub_that_is_not_regional(west, kind):
    other = make_hub("other", kind)
    with refused("only a regional hub has countries"):
        HubCountry.objects.filter(hub=west).update(hub=other)


@pytest.mark.parametrize(
    ("starts_at", "ends_at"),
    [
        (AUTUMN, WINTER),
        (AUTUMN - DAY, AUTUMN + timedelta(microseconds=1)),
        (WINTER - timedelta(microseconds=1), WINTER + DAY),
        (AUTUMN - DAY, WINTER + DAY),
    ],
)
def test_two_members_never_share_a_moment_of_a_seat(west, ada, starts_at, ends_at):
    seat = make_seat(west)
    held(seat, ada, AUTUMN, WINTER)
    with refused("hubs_term_one_holder_at_a_time"):
        held(seat, make_member("Bo"), starts_at, ends_at)


def test_a_seat_passes_on_at_one_moment_and_other_seats_do_not_mind(west, ada):
    seat, bo = make_seat(west), make_member("Bo")
    held(seat, ada, AUTUMN, WINTER)
    held(seat, bo, AUTUMN - DAY, AUTUMN)
    held(seat, bo, WINTER, WINTER + DAY)
    held(seat, bo, AUTUMN + DAY, AUTUMN + DAY)  # ended before it began: it takes up no time
    held(make_seat(west, SeatFunction.DEPUTY), bo, AUTUMN, WINTER)
    assert Term.objects.count() == 5


def test_a_body_of_a_hub_may_have_the_address_of_one_of_the_centre(west):
    for hub in (None, west, make_hub("north")):
        Body.objects.create(hub=hub, slug="committee")
    with refused("hubs_body_one_per_address"):
        Body.objects.create(hub=west, slug="committee")


def test_what_has_a_history_cannot_be_deleted(west, rui, round_):
    seat = Seat.objects.get()
    for thing in (rui, seat, seat.body, west, make_cycle()):
        with refused("violates foreign key constraint"):
            type(thing).objects.filter(pk=thing.pk)._raw_delete("default")
            connection.check_constraints()


@pytest.mark.parametrize("column", FROZEN_COLUMNS)
def test_nothing_that_decides_an_open_round_changes(west, column):
    round_ = make_round(west)
    others = {
        "hub_id": make_hub("north").pk,
        "cycle_id": make_cycle("2027").pk,
        "level": "LOCAL",
        "framework_id": None,
        "currency": "DKK",
        "is_practice": True,
    }
    other = others[column] if column in others else getattr(round_, column) + DAY
    with refused("what decides an open round cannot change"):
        Round.objects.filter(pk=round_.pk).update(**{column: other})


def test_the_title_of_an_open_round_may_still_be_translated(west, round_):
    assert Round.objects.filter(pk=round_.pk).update(title_fr="Automne") == 1


@pytest.mark.parametrize("kind", [Lane, RoundBudget])
def test_what_an_open_round_shares_out_is_neither_added_to_nor_taken_away(west, kind):
    lane = an_open_lane(west)
    adds = {
        Lane: lambda: Lane.objects.create(
            round=lane.round, kind="READERS", method="VOTE", share_bp=1
        ),
        RoundBudget: lambda: RoundBudget.objects.create(lane=lane, kind="DATA", amount_minor=1),
    }
    with refused("is frozen since its round is open"):
        adds[kind]()
    with refused("is frozen since its round is open"):
        kind.objects.all()._raw_delete("default")


def test_lanes_and_budgets_stay_where_they_are(west):
    lane = Lane.objects.get(round=planned(west))
    other = Lane.objects.get(round=planned(west))
    Lane.objects.filter(pk=other.pk).update(kind="READERS")
    with refused("hubs_lane does not move to another round"):
        Lane.objects.filter(pk=lane.pk).update(round=other.round)
    with refused("hubs_roundbudget does not move to another round"):
        RoundBudget.objects.filter(lane=lane).update(lane=other)


def test_a_round_that_is_not_open_may_still_be_given_up(west):
    planned(west).delete()
    assert (Lane.objects.count(), RoundBudget.objects.count()) == (0, 0)


@pytest.mark.parametrize("currency", ["E", "eur", "EU1"])
def test_a_currency_is_three_capital_letters_or_none(west, currency):
    planned(west, currency="")
    with refused("hubs_round_currency_is_a_code"):
        planned(west, currency=currency)


def test_a_body_of_two_may_decide(west):
    body = make_seat(west).body
    assert Body.objects.filter(pk=body.pk).update(quorum=2) == 1
