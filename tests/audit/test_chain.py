"""The chain: one, without gaps, whoever chains at once; and it shows what was changed."""

import os
import subprocess
import sys
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from audit import actions, tasks
from audit.actions import chain_trail, record
from audit.canonical import canonical
from audit.chain import GENESIS, link
from audit.models import CLOCK, Actor, TrailEntry, TrailLink
from audit.queries import Verification, as_chained, verify_trail
from jobs.models import Job
from tests.audit.crowd import Crowd, without
from tests.audit.tampering import unguarded
from tests.factories import NOON
from tests.hubs.refusals import refused


@transaction.atomic
def note(times: int) -> None:
    for number in range(times):
        record(
            actor=Actor(UUID(int=7), "CHAIR") if number % 2 else CLOCK,
            verb=f"deed {number}",
            target=Job(pk=UUID(int=number)),
            now=NOON,
            reason_code="LATE",
            before={"number": number},
            after={"number": number + 1, "words": ["é", None, True]},
        )


def chained() -> list[tuple[int, str]]:
    """What stands at each position."""
    links = TrailLink.objects.order_by("position")
    return list(links.values_list("position", "entry__verb"))


def test_the_bytes_of_a_link_are_those_anyone_can_recompute():
    assert canonical({"b": [1, None, True], "a": "é"}) == b'{"a":"\\u00e9","b":[1,null,true]}'
    assert link(GENESIS, {"a": 1}).hex() == (
        "b06a229070741292512e8760f470dd7a4c46ccfdf253df781d88dabe58c1ccb1"
    )


def test_chaining_again_goes_on_where_the_chain_ends(db):
    note(3)
    assert [chain_trail(limit=2), chain_trail(), chain_trail()] == [2, 1, 0]
    note(2)
    assert verify_trail() == Verification(chained=3, broken_at=None, waiting=2)
    assert chain_trail() == 2
    assert verify_trail() == Verification(chained=5, broken_at=None, waiting=0)
    assert chained() == [(1, "deed 0"), (2, "deed 1"), (3, "deed 2"), (4, "deed 0"), (5, "deed 1")]


def test_the_sequencer_goes_on_until_nothing_waits(db, monkeypatch):
    monkeypatch.setattr(actions, "chain_trail", partial(actions.chain_trail, limit=2))
    note(5)
    tasks.chain_trail()
    assert verify_trail() == Verification(chained=5, broken_at=None, waiting=0)


def sequencers_at_once(monkeypatch, sequencer=chain_trail):
    """Four, who meet after they have read where the chain ends and what waits."""
    crowd = Crowd(*[sequencer] * 4)
    monkeypatch.setattr(actions, "as_chained", crowd.meeting_before(as_chained))
    return crowd.run()


@pytest.mark.django_db(transaction=True)
def test_sequencers_at_once_make_one_chain(monkeypatch):
    note(3)
    assert sorted(sequencers_at_once(monkeypatch)) == [0, 0, 0, 3]
    assert chained() == [(1, "deed 0"), (2, "deed 1"), (3, "deed 2")]
    assert verify_trail() == Verification(chained=3, broken_at=None, waiting=0)


@pytest.mark.django_db(transaction=True)
def test_without_their_lock_sequencers_at_once_collide(monkeypatch):
    note(3)
    outcomes = sequencers_at_once(monkeypatch, without("pg_advisory_xact_lock", chain_trail))
    assert sum(isinstance(outcome, DatabaseError) for outcome in outcomes) == 3


@pytest.mark.parametrize("position", [1, 2, 4])
def test_the_database_takes_no_link_but_the_next(db, position):
    note(3)
    chain_trail(limit=2)
    waiting = TrailEntry.objects.unchained().get()
    with refused("no gaps"):
        TrailLink.objects.create(position=position, entry=waiting, digest=bytes(32))


def second(queryset):
    return queryset.filter(pk=queryset.order_by("pk")[1].pk)


OTHER = {
    "at": NOON + timedelta(microseconds=1),
    "actor_id": UUID(int=8),
    "role": "OVERSEER",
    "verb": "other",
    "target_type": "jobs.other",
    "target_id": "other",
    "reason_code": "",
    "before": {"number": "1"},
    "after": {},
}


def change(model, **values):
    return lambda: second(model.objects).update(**values)


TAMPERING = {
    **{f"entry.{name}": change(TrailEntry, **{name: value}) for name, value in OTHER.items()},
    "link.digest": change(TrailLink, digest=bytes(32)),
    "link.position": change(TrailLink, position=9),
    "link.entry": change(TrailLink, entry=TrailEntry.objects.unchained().values("pk")[:1]),
    "link deleted": lambda: second(TrailLink.objects).delete(),
}


@pytest.mark.parametrize("tamper", TAMPERING.values(), ids=TAMPERING)
def test_what_was_changed_behind_the_trigger_is_found_where_it_stands(db, tamper):
    note(3)
    chain_trail()
    note(1)
    with unguarded(TrailEntry, TrailLink):
        assert tamper()
    waiting = 4 - TrailLink.objects.count()
    assert verify_trail() == Verification(chained=1, broken_at=2, waiting=waiting)


def test_a_link_that_only_changed_its_place_is_found(db):
    note(2)
    chain_trail()
    with unguarded(TrailLink):
        TrailLink.objects.filter(position=2).update(position=3)
    assert verify_trail() == Verification(chained=1, broken_at=2, waiting=0)


def test_every_column_of_an_entry_is_tried_above():
    columns = {field.attname for field in TrailEntry._meta.concrete_fields}
    assert columns - {"id"} == set(OTHER)


@pytest.mark.django_db(transaction=True)
def test_the_command_ends_with_status_1_where_the_chain_breaks():
    note(2)
    chain_trail()
    note(1)
    assert verified() == (0, "2 entries chained and intact, 1 waiting.\n")
    with unguarded(TrailEntry, TrailLink):
        second(TrailEntry.objects).update(verb="other")
    assert verified() == (1, "CommandError: The chain breaks at position 2.\n")


def verified() -> tuple[int, str]:
    """Exit status and words of the command, on the database of the tests."""
    given = connection.settings_dict
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{given['NAME']}").geturl()
    ended = subprocess.run(
        [sys.executable, "manage.py", "verify_trail"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    return ended.returncode, ended.stdout + ended.stderr
