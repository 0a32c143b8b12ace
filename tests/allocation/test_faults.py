"""Every way the formula may refuse is said in words, with what would help, in the reader's language."""

import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines
from django.utils import translation

from allocation.formula import CODES, STEPS
from allocation.models import ApportionmentStatus, Parameter, Pool, Step
from allocation.queries import FIRST_PARAMETERS
from allocation.templatetags.splitting import (
    CHIPS,
    FAULTS,
    REMEDIES,
    STEP_WORDS,
    changed,
    changed_percent,
    fault,
    percent,
    pooled_text,
)
from tests.factories import make_hub

DOLLARS = Pool(kind="MONEY", currency="USD", amount_minor=1_000_00)
CONTEXT: dict[str, Any] = {"request": SimpleNamespace(reading_chain=("en",))}
# For each code, the facts it comes with, and what is said of them.
CASES: dict[str, tuple[dict[str, Any], str]] = {
    "BAD_FORMULA": ({"field": "sigma", "value": "-1"}, "“How much size counts” cannot be -1"),
    "MISSING": ({"hub": "na", "indicator": "income"}, "“Income per person” is missing for North"),
    "WITHHELD": ({"hub": "na", "indicator": "size readers"}, "“Potential readers” of North is kept back"),
    "BAD_INDICATOR": (
        {"hub": "na", "indicator": "under", "value": "2"},
        "“Under-representation” of North cannot be 2",
    ),
    "STALE_CLASSIFICATION": ({}, "A country is missing"),
    "ZERO_INDICATOR": ({"indicator": "community"}, "“Active community” is zero for every hub"),
    "ZERO_WEIGHTS": ({}, "No hub counts for anything"),
    "BOUNDS_CONFLICT": (
        {"hub": "na", "lower": 200, "upper": 100, "lower_rule": "minimum", "upper_rule": "up"},
        "North must get at least $2.00 (Least that every hub gets) and at most $1.00 (Largest rise",
    ),
    "FLOORS_EXCEED_POOL": (
        {"floors": 300, "pool": 200, "shortfall": 100},
        "must get at least $3.00, and the pool holds $2.00: $1.00 too little",
    ),
    "CAPS_BELOW_POOL": (
        {"caps": 100, "pool": 200, "remainder": 100},
        "may get at most $1.00, and the pool holds $2.00: $1.00 would be left over",
    ),
    "NO_GS_HUB": ({}, "No hub lies in the Global South"),
    "GS_FLOOR_UNREACHABLE": (
        {"floor": 200, "best": 100, "best_share": "0.2", "caps": ["na", "xx"], "floors": []},
        "must get $2.00. Within the limits it can get $1.00, and no more. "
        "What stands in the way are the limits of: North, xx",
    ),
}  # fmt: skip


def plain(text: str) -> str:
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text)


@pytest.fixture
def hubs(db):
    return {"na": make_hub("na", name_en="North", name_ar="الشمال")}


def test_every_code_is_said_and_every_case_is_tried():
    assert set(FAULTS) == set(CODES) == set(CASES)


@pytest.mark.parametrize("code", CASES)
def test_a_refusal_is_said_with_its_facts(code, hubs):
    facts, said = CASES[code]
    told = fault(CONTEXT, {"code": code, "message": "", **facts}, DOLLARS, hubs)
    assert said in plain(told.sentence)
    assert told.remedies == []


def test_each_change_that_would_do_is_said(hubs):
    remedies = {
        "down": "0.3", "up": "0.55", "step": 500, "max_share": "0.2519", "minimum_cut": "0.1",
        "south_floor": "0.5",
    }  # fmt: skip
    assert set(remedies) == set(REMEDIES)
    facts = CASES["NO_GS_HUB"][0] | {"code": "NO_GS_HUB", "remedies": remedies}
    assert [plain(said) for said in fault(CONTEXT, facts, DOLLARS, hubs).remedies] == [
        "let a hub fall by up to 30% in a year",
        "let a hub rise by up to 55% in a year",
        "always allow a rise of $5.00 in a year",
        "let one hub get up to 25.19% of the pool",
        "take 10% off the least that every hub gets",
        "set the floor for the Global South to 50%",
    ]


def test_a_name_in_another_direction_is_kept_apart(hubs):
    arabic: dict[str, Any] = {"request": SimpleNamespace(reading_chain=("ar",))}
    with translation.override("ar"):
        facts, _said = CASES["MISSING"]
        told = fault(arabic, {"code": "MISSING", **facts}, DOLLARS, hubs)
    assert "\u2068الشمال\u2069" in told.sentence


def test_a_hostile_name_stays_text(db):
    hubs = {"na": make_hub("na", name_en="<script>alert(1)</script>")}
    source = "{% load splitting %}{% fault error pool hubs as told %}{{ told.sentence }}"
    error = {"code": "MISSING", "hub": "na", "indicator": "income"}
    shown = engines["django"].from_string(source)
    said = shown.render({**CONTEXT, "error": error, "pool": DOLLARS, "hubs": hubs})
    assert "<script>" not in said
    assert "&lt;script&gt;" in said


def test_steps_states_and_parameters_have_words():
    assert tuple(step.value for step in Step) == STEPS
    assert set(STEP_WORDS) == set(Step)
    assert set(CHIPS) == set(ApportionmentStatus)
    assert set(FIRST_PARAMETERS) == set(Parameter.values)


@pytest.mark.parametrize(
    ("kind", "currency", "minor", "said"),
    [
        ("MONEY", "JPY", 5000, "¥5,000"),
        ("MONEY", "KWD", 5000, "KWD\xa05.000"),
        ("STAFF_TIME", "", 60, "1 hour"),
        ("STAFF_TIME", "", 90, "1.5 hours"),
        ("STAFF_TIME", "", 60_000, "1,000 hours"),
        ("CAPACITY", "", 1, "1 service credit"),
        ("CAPACITY", "", 1000, "1,000 service credits"),
    ],
)
def test_each_kind_has_its_unit(kind, currency, minor, said):
    assert pooled_text(minor, Pool(kind=kind, currency=currency)) == said


@pytest.mark.parametrize(("minor", "said"), [(100, "+$1.00"), (-100, "−$1.00"), (0, "$0.00")])
def test_a_change_has_its_sign(minor, said):
    assert f">{said}<" in changed(minor, DOLLARS)


def test_shares_are_written_in_the_readers_way():
    assert ">49.5%<" in percent("0.495")
    assert ">50%<" in percent("0.5")
    assert ">−20%<" in changed_percent(Decimal("-0.2"))
    with translation.override("fr"):
        assert "49,5" in percent("0.495")
