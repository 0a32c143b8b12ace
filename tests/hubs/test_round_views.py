"""The pages of rounds: planned, changed and opened by the facilitator, and nothing typed is lost."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from hubs.actions import LanePlan, open_round, set_budgets
from hubs.models import HubKind, LaneKind, Round, RoundBudget, SeatFunction
from hubs.phases import Phase
from members.languages import Worded
from tests.factories import (
    NOON,
    make_cycle,
    make_framework,
    make_hub,
    make_lane,
    make_round,
    make_term,
)
from tests.hubs.makers import HALVES, lanes_in, plan
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
from texts.queries import localized


@pytest.fixture(autouse=True)
def a_day_in_june():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people(ada, rui, fay, ona, sec, root):
    return {
        "ada": ada, "rui": rui, "fay": fay, "ona": ona, "sec": sec, "root": root,
        "visitor": AnonymousUser(),
    }  # fmt: skip


@pytest.fixture
def planned(west, fay) -> Round:
    return plan(west, fay)


@pytest.fixture
def ready(planned: Round) -> Round:
    """A round that could be opened."""
    make_framework()
    set_budgets(round=planned, kind="MONEY", amount_minor=10_000, now=NOON)
    return planned


def timetable(first: str = "2026-07-01") -> dict[str, str]:
    names = ("submission", "review", "deliberation", "voting", "counting", "results", "delivery")
    days = [first, *(f"2026-{month:02}-01" for month in range(8, 13)), "2027-01-01"]
    return {f"{name}_at": day for name, day in zip(names, days, strict=True)}


def lanes(**shares: str) -> dict[str, str]:
    """What is typed into the five rows of lanes; an empty share where none is given."""
    found = {}
    for kind in LaneKind:
        name = f"lane_{kind.lower()}"
        found[f"{name}_share"] = shares.get(kind.lower(), "")
        found[f"{name}_method"] = "PANEL" if kind == "EXPERIMENT" else "VOTE"
    return found


def sent(**changes: str) -> dict[str, str]:
    """A form as it is filled in for a plan that could be opened."""
    told = {"title": "Automne", "language": "fr", "level": "LOCAL", "currency": "EUR"}
    return told | {"cycle": str(make_cycle().pk)} | lanes(general="100") | timetable() | changes


PLAN = "/en/hubs/west/rounds/plan/"


def address(verb: str, round_: Round) -> str:
    return reverse(f"hubs:{verb}_round", args=[round_.pk])


# Planning


def test_a_round_is_planned_by_the_facilitator(client, people, fay, west):
    assert open_to(people, PLAN) == open_to(people, PLAN, "post") == {"fay"}
    assert offered(people, reverse("hubs:detail", args=["west"]), PLAN) == {"fay"}
    client.force_login(fay)
    shares = lanes(general="87.5", readers="12.5") | {"lane_readers_method": "COMMITTEE"}
    response = client.post(PLAN, sent() | shares, follow=True)
    round_ = Round.objects.get()
    assert response.request["PATH_INFO"] == f"/en/rounds/{round_.pk}/"
    assert messages(page(response)) == [
        "The round is planned. Nobody can take part until you open it."
    ]
    assert localized(round_, "title", ()) == Worded("Automne", "fr")
    assert (round_.hub, round_.level, round_.currency) == (west, "LOCAL", "EUR")
    assert lanes_in(round_) == {"GENERAL": ("VOTE", 8_750, {}), "READERS": ("COMMITTEE", 1_250, {})}
    assert round_.timetable.begins()[0] == (Phase.SUBMISSION, datetime(2026, 7, 1, tzinfo=UTC))
    assert round_.timetable.begins()[6] == (Phase.DELIVERY, datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("share", "said"), [("90.01", "90.01%"), ("0", "0%"), ("", "0%")])
def test_shares_that_are_not_the_whole_are_kept_and_said(client, fay, share, said):
    client.force_login(fay)
    response = client.post(PLAN, sent() | lanes(general=share), follow=True)
    assert messages(page(response))[1] == (
        f"The lanes share out {said} of the round. Bring them to 100% before you open it."
    )


def test_a_share_is_typed_as_the_reader_writes_it(client, fay):
    client.force_login(fay)
    shares = lanes(general="66,67", capacity="33,33")
    client.post("/da/hubs/west/rounds/plan/", sent() | shares)
    shares_bp = Round.objects.get().lanes.order_by("share_bp").values_list("share_bp", flat=True)
    assert list(shares_bp) == [3_333, 6_667]
    form = page(client.get(f"/da/rounds/{Round.objects.get().pk}/edit/"))
    assert typed(form)["lane_general_share"] == "66,67"


ORDER = "A phase cannot begin before the one it follows. Put the days in order."
CHOICE = "Select a valid choice. LUNAR is not one of the available choices."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (timetable("2026-08-02"), ORDER),
        ({"title": ""}, "Title: This field is required."),
        ({"voting_at": ""}, "Voting begins: This field is required."),
        ({"level": "LUNAR"}, f"Level: {CHOICE}"),
        ({"currency": "LUNAR"}, f"Currency: {CHOICE}"),
        ({"lane_general_method": "LUNAR"}, f"General: {CHOICE}"),
        ({"lane_general_share": "much"}, "General: Enter a number."),
        ({"lane_general_share": "-1"}, "General: Ensure this value is greater than or equal to 0."),
        ({"lane_general_share": "100.01"}, "General: Ensure this value is less than or equal to 100."),
        ({"lane_general_share": "0.001"}, "General: Ensure that there are no more than 2 decimal places."),
    ],
)  # fmt: skip
def test_a_round_not_planned_says_why_and_keeps_what_was_typed(client, fay, change, sentence):
    client.force_login(fay)
    told = sent(**change)
    found = page(client.post(PLAN, told))
    assert complaints(found) == [sentence]
    # A select shows its first choice where it was sent none of them.
    assert typed(found) == {name: "" if text == "LUNAR" else text for name, text in told.items()}
    assert not Round.objects.exists()


def test_an_experiment_is_decided_by_a_panel(client, fay):
    client.force_login(fay)
    form = page(client.get(PLAN))
    options = form.select("[name=lane_experiment_method] option")
    assert [option["value"] for option in options] == ["PANEL"]
    told = sent(lane_experiment_share="1", lane_experiment_method="VOTE")
    assert complaints(page(client.post(PLAN, told))) == [
        "Rapid experiment: Select a valid choice. VOTE is not one of the available choices."
    ]


def test_the_form_begins_with_one_lane_and_the_language_of_the_page(fay):
    shown = typed(page(browser(fay).get("/da/hubs/west/rounds/plan/")))
    assert shown["language"] == "da"
    first = {name: text for name, text in shown.items() if name.endswith("_share") and text}
    assert first == {"lane_general_share": "100"}


def test_each_field_of_a_lane_has_a_label(fay):
    form = page(browser(fay).get(PLAN))
    for field in form.select(".lane-fields input, .lane-fields select"):
        [label] = form.select(f'label[for="{field["id"]}"]')
        assert words(label) in ("Share in percent", "Who decides")
    legends = [words(legend) for legend in form.select("fieldset legend")]
    assert legends[:2] == ["General (optional)", "Rapid experiment (optional)"]


@pytest.mark.parametrize(
    ("kind", "levels"),
    [
        (HubKind.REGIONAL, ["REGIONAL", "LOCAL"]),
        (HubKind.THEMATIC, ["THEMATIC", "LOCAL"]),
        (HubKind.GLOBAL, ["GLOBAL"]),
    ],
)
def test_a_hub_plans_rounds_of_its_own_levels(ada, kind, levels):
    hub = make_hub("hub", kind)
    make_term(ada, hub, SeatFunction.FACILITATOR)
    form = page(browser(ada).get(reverse("hubs:plan_round", args=["hub"])))
    assert [option["value"] for option in form.select("#id_level option")] == levels


# Changing the plan


def test_a_plan_is_changed_and_opened_by_the_facilitator(people, ready):
    hub = reverse("hubs:detail", args=["west"])
    for verb in ("edit", "open"):
        there = address(verb, ready)
        assert open_to(people, there) == {"fay"}
        assert offered(people, hub, there) == {"fay"}
        assert open_to({n: who for n, who in people.items() if n != "fay"}, there, "post") == set()
    assert not Round.objects.filter(opened_at__isnull=False).exists()


def test_a_plan_is_shown_as_it_is_and_changed(client, fay, planned):
    client.force_login(fay)
    form = typed(page(client.get(address("edit", planned))))
    expected = sent(title="Efterår", language="da", currency="DKK")
    days = {name: f"2026-06-0{number}" for number, name in enumerate(timetable(), start=2)}
    empty = {f"lane_{kind}_method": "" for kind in ("capacity", "partner", "readers")}
    assert form == expected | lanes(general="60", experiment="40") | days | empty
    told = sent() | lanes(general="50", partner="50")
    response = client.post(address("edit", planned), told, follow=True)
    assert messages(page(response)) == ["The plan is changed."]
    assert lanes_in(planned) == {"GENERAL": ("VOTE", 5_000, {}), "PARTNER": ("VOTE", 5_000, {})}
    kept = typed(page(client.get(address("edit", planned))))
    assert kept == {name: kept[name] and text for name, text in told.items()}
    assert (kept["title"], kept["lane_partner_share"]) == ("Automne", "50")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"currency": "EUR"}, "Currency: This round has been given money already, so its currency cannot change."),
        (lanes(), "General: This round has been given something to share out. Give at least one lane a share."),
        ({"title": ""}, "Title: This field is required."),
    ],
)  # fmt: skip
def test_a_plan_not_changed_says_why_and_keeps_what_was_typed(client, fay, ready, change, sentence):
    client.force_login(fay)
    before = lanes_in(ready)
    told = sent(currency="DKK") | change
    found = page(client.post(address("edit", ready), told))
    assert complaints(found) == [sentence]
    assert typed(found) == told
    assert lanes_in(ready) == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("verb", ["edit", "open"])
def test_an_open_round_is_neither_changed_nor_opened_again(client, fay, ready, verb, method):
    open_round(round=ready, opener=fay, now=NOON)
    client.force_login(fay)
    response = getattr(client, method)(address(verb, ready), sent(), follow=True)
    assert response.request["PATH_INFO"] == f"/en/rounds/{ready.pk}/"
    assert messages(page(response)) == [
        "Nothing was changed: this round is open, and its plan is frozen."
    ]
    hub = page(client.get(reverse("hubs:detail", args=["west"])))
    assert not hub.select(f'a[href="{address(verb, ready)}"]')


# Opening


def test_a_round_is_opened_by_who_has_read_what_is_frozen(client, fay, ready):
    client.force_login(fay)
    found = page(client.get(address("open", ready)))
    assert "nobody can change what is listed here" in words(found.main)
    assert rows(found, 0) == [
        ["General", "60%", "by a vote of the members", "DKK 60.00"],
        ["Rapid experiment", "40%", "by a small panel, at any time", "DKK 40.00"],
    ]
    assert len(rows(found, 1)) == 7
    assert "Principles, version 1" in words(found.main)
    assert [words(button) for button in found.select("main form button")] == ["Open the round now"]
    response = client.post(address("open", ready), follow=True)
    assert messages(page(response)) == ["The round is open. What decides it is frozen from now on."]
    ready.refresh_from_db()
    assert ready.opened_at == NOON


LANES_MISSING = "The shares of the lanes do not add up to the whole. Change the plan."
TOO_LATE = (
    "Submission began more than a day ago. Choose later days, so that everybody has all of it."
)
UNFUNDED = (
    "A lane that is voted on, or decided by the committee, has nothing to give yet."
    " Ask the treasurer to fund the round."
)
UNPRINCIPLED = (
    "No principles are in force yet. The stewards of the principles bring them into force."
)


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_missing_is_said_before_and_after_trying(client, fay, west, method):
    round_ = plan(west, fay, lanes=HALVES[:1])
    client.force_login(fay)
    with time_machine.travel(NOON.replace(day=9), tick=False):
        found = page(getattr(client, method)(address("open", round_)))
    [panel] = found.select(".panel")
    assert [words(item) for item in panel.select("li")] == [
        TOO_LATE, LANES_MISSING, UNFUNDED, UNPRINCIPLED,
    ]  # fmt: skip
    assert [link["href"] for link in panel.select("a")] == [address("edit", round_)]
    assert not found.select("main form")
    said = ["The round is not open: something is still missing."] if method == "post" else []
    assert messages(found) == said
    round_.refresh_from_db()
    assert round_.opened_at is None


@pytest.mark.parametrize("change", ["lanes", "framework", "late"])
def test_each_refusal_ends_on_the_page_that_says_what_is_missing(client, west, fay, change):
    if change != "framework":
        make_framework()
    all_of_it = [LanePlan("EXPERIMENT", "PANEL", 10_000)]
    round_ = plan(west, fay, lanes=HALVES[1:] if change == "lanes" else all_of_it)
    client.force_login(fay)
    with time_machine.travel(NOON.replace(day=9 if change == "late" else 1), tick=False):
        found = page(client.post(address("open", round_)))
    sentence = {"lanes": LANES_MISSING, "framework": UNPRINCIPLED, "late": TOO_LATE}[change]
    assert [words(item) for item in found.select(".panel li")] == [sentence]


# Reading


def test_a_hub_shows_its_rounds_with_phase_and_lanes(client, west, planned):
    make_round(west, Phase.VOTING, is_practice=True, title_en="Try it")
    found = page(client.get(reverse("hubs:detail", args=["west"])))
    said = [words(card) for card in found.select(".card")]
    assert said == [
        "Efterår General 60%, Rapid experiment 40% Preparation 2026",
        "Try it General 50% Voting A practice round: nothing is decided in it",
    ]


def test_the_page_of_a_facilitator_asks_as_often_for_many_rounds_as_for_one(fay, west):
    client, there = browser(fay), reverse("hubs:detail", args=["west"])

    def more(number: int) -> int:
        for _ in range(number):
            round_ = make_round(west, Phase.PREPARATION, is_open=False)
            RoundBudget.objects.create(
                lane=make_lane(round_, "READERS"), kind="DATA", amount_minor=1
            )
        return queries_of(lambda: client.get(there))

    few = more(1)
    assert more(29) == few
    assert len(page(client.get(there)).select(".card")) == 30
