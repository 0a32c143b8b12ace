"""An election in which people vote now, and voters with their pseudonyms."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hubs.models import Round
from members.models import Member
from tests.voting.makers import add_item, add_lane, tampering
from voting import actions
from voting.actions.moving import freeze
from voting.keys import Voter, new_key
from voting.models import (
    Ballot,
    BallotFormat,
    Election,
    ElectionKind,
    ElectionOrigin,
    Item,
    ItemText,
    RollEntry,
)
from voting.queries import frozen_hash, voter_of

HOUR = timedelta(hours=1)
THREE = MappingProxyType({"a": 4_000, "b": 5_000, "c": 6_000})
# Two lanes of 100.00: Well 40, School 50, Library 60; and Choir 30.
LANES: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {"GENERAL": THREE, "CAPACITY": MappingProxyType({"d": 3_000})}
)
NAMES = {"a": "Well", "b": "School", "c": "Library", "d": "Choir"}


def open_vote(
    round_: Round,
    *members: Member,
    lanes: Mapping[str, Mapping[str, int]] = LANES,
    folder: Path | None = None,
    texts: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    story: str = "",
    **fields: Any,
) -> Election:
    """A frozen election with these members on its roll, open from an hour ago for an hour.

    ``lanes`` are the costs of items by code, each lane with a budget of 10,000; ``texts`` are titles
    of items by code and language beside the English one, ``story`` is the body of all. Its key lies in ``folder`` or KEYS_DIR.
    """
    now, election_id = timezone.now(), uuid.uuid4()
    told = {
        "kind": ElectionKind.BUDGET,
        "origin": ElectionOrigin.OWN,
        "title": "Spring",
        "title_language": "en",
        "ballot_format": BallotFormat.KNAPSACK,
        "currency": "EUR",
        "decimals": 2,
        "rule": "greedy",
        "parameters": {"tie_break": "lexico"},
        "opens_at": now - HOUR,
        "closes_at": now + HOUR,
        "key_fingerprint": new_key(folder or settings.KEYS_DIR, election_id),
    } | fields
    election = Election.objects.create(pk=election_id, round=round_, **told)
    for kind, costs in lanes.items():
        lane = add_lane(election, kind)
        for code, cost in costs.items():
            put_into_words(add_item(lane, code, cost), texts.get(code, {}), story)
    RollEntry.objects.bulk_create(
        RollEntry(election=election, member=member, reason="MEMBER") for member in members
    )
    with transaction.atomic():
        freeze(election, at=now)
    return Election.objects.get(pk=election.pk)


def put_into_words(item: Item, others: Mapping[str, str], story: str) -> None:
    name = NAMES.get(item.code, item.code)
    for code, title in {"en": name, **others}.items():
        ItemText.objects.create(
            election=item.election, item=item, language=code, title=title,
            summary=f"{title}, in short", body=story or f"{title}, at length", is_source=code == "en",
        )  # fmt: skip


def voter(election: Election, member: Member) -> Voter:
    return voter_of(election, member, settings.KEYS_DIR)


def anybody(number: int = 0) -> Voter:
    """A voter nobody knows."""
    return Voter(b"k" * 32, number.to_bytes(32))


def marks(*positions: int) -> tuple[tuple[int, int], ...]:
    return tuple((position, 1) for position in positions)


def cast(election: Election, who: Voter, *positions: int, key: uuid.UUID | None = None):
    return actions.cast_ballot(
        election_id=election.pk, voter=who, choices=marks(*positions), cast_key=key or uuid.uuid4()
    )


def in_force(election: Election) -> dict[bytes, tuple[int, bytes]]:
    """The ballots by pseudonym: version and content."""
    return {
        bytes(ballot.pseudonym): (ballot.version, bytes(ballot.payload))
        for ballot in Ballot.objects.filter(election=election)
    }


def end_now(election: Election) -> None:
    """As if its hour had come: what closes by the clock closes it."""
    with tampering("voting_election"):
        of_it = Election.objects.filter(pk=election.pk)
        of_it.update(closes_at=timezone.now() - timedelta(seconds=1))
        of_it.update(frozen_hash=frozen_hash(of_it.get()))
