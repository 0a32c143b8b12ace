"""What the database refuses about elections; each guard is tried by someone who breaks the rule."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ProtectedError
from psycopg2 import sql

from audit.models import CLOCK
from hubs.models import Round
from tests.factories import NOON, make_hub, make_member, make_round
from tests.hubs.refusals import guards_of, refused
from tests.voting.makers import (
    ADA,
    add_item,
    add_lane,
    cast,
    counted,
    make_election,
    make_proposal,
    tampering,
)
from voting.actions import WrongStatus, close_election
from voting.models import (
    MOVES,
    Ballot,
    BallotEvent,
    CastKey,
    Election,
    ElectionLane,
    ElectionStatus,
    Item,
    ItemText,
    Manifest,
    RollEntry,
    Tally,
)
from voting.models.elections import FROZEN_COLUMNS

DRAFT, FROZEN, CLOSED = ElectionStatus


def changed(**columns: Any) -> Callable[[Round], object]:
    """Changes the columns of a draft."""

    def change(round_: Round) -> object:
        return Election.objects.filter(pk=make_election(round_).pk).update(**columns)

    return change


def one_born_in_a_status_of_its_own(round_: Round) -> object:
    election = make_election(round_, FROZEN)
    election.pk, election.status = uuid4(), "SECRET"
    election.save(force_insert=True)
    return election


def one_more_item(**columns: Any) -> Callable[[Round], object]:
    def add(round_: Round) -> object:
        told = {"position": 1, "code": "b", "cost_minor": 1} | columns
        election = make_election(round_)
        return Item.objects.create(election=election, lane=election.lanes.get(), **told)

    return add


def a_second_text(round_: Round) -> object:
    item = make_election(round_).items.get()
    return item.texts.create(election=item.election, language="en", title="Brønd")


def a_text_for_the_item_of_another(round_: Round) -> object:
    item, other = make_election(round_, FROZEN).items.get(), make_election(make_round(round_.hub))
    return ItemText.objects.create(item=item, election=other, language="da", title="Fontæne")


def a_member_twice(round_: Round) -> object:
    election, member = make_election(round_), round_.hub.bodies.get().seats.get().terms.get().member
    return [
        RollEntry.objects.create(election=election, member=member, reason="HOME_HUB")
        for _ in range(2)
    ]


def the_same_proposal_twice(round_: Round) -> object:
    proposal, lane = make_proposal(round_), make_election(round_).lanes.get()
    return [add_item(lane, code, 1, proposal=proposal) for code in "bc"]


def an_item_in_the_lane_of_another(round_: Round) -> object:
    lane, other = make_election(round_).lanes.get(), make_election(make_round(round_.hub))
    return Item.objects.create(election=other, lane=lane, position=1, code="b", cost_minor=1)


def an_event(round_: Round) -> BallotEvent:
    election = make_election(round_, FROZEN)
    return election.ballot_events.create(pseudonym=ADA, version=1, fingerprint=ADA)


def the_same_event_twice(round_: Round) -> object:
    event = an_event(round_)
    event.pk, event._state.adding = uuid4(), True
    event.save()
    return event


def an_event_after_the_close(round_: Round) -> object:
    election = make_election(round_, CLOSED)
    return election.ballot_events.create(pseudonym=ADA, version=1, fingerprint=ADA)


def a_key_used_again(round_: Round) -> object:
    election = make_election(round_, FROZEN)
    told = {"election": election, "pseudonym": ADA, "fingerprint": ADA, "version": 1}
    CastKey.objects.create(key=uuid4(), **told)
    return CastKey.objects.filter(election=election).update(version=2)


def a_second_tally(round_: Round) -> object:
    tally = counted(round_).tallies.earliest("pk")
    tally.pk = None
    tally.save()
    return tally


# name of the guard: what breaks the rule, given a round
ATTEMPTS = {
    "voting_election_kind_known": changed(kind="RAFFLE"),
    "voting_election_status_known": one_born_in_a_status_of_its_own,
    "voting_election_format_known": changed(ballot_format="SHOUTING"),
    "voting_election_origin_known": changed(origin="FOUND"),
    "voting_election_resource_known": changed(resource_kind="GOLD"),
    "voting_election_own_has_a_key": lambda round_: make_election(
        round_, FROZEN, key_fingerprint=""
    ),
    "voting_election_one_budget_per_kind": lambda round_: [make_election(round_) for _ in range(2)],
    "voting_election_closes_after_it_opens": changed(closes_at=NOON - timedelta(days=10)),
    "voting_election_frozen_with_its_hash": changed(status=FROZEN, frozen_at=NOON),
    "Election.frozen": lambda round_: make_election(round_, FROZEN).round.elections.update(rule=""),
    "Election.status_moves_along_the_table": changed(
        status=CLOSED, frozen_at=NOON, frozen_hash="0" * 64
    ),
    "voting_lane_one_per_kind": lambda round_: add_lane(make_election(round_), "GENERAL"),
    "voting_lane_one_per_position": lambda round_: make_election(round_).lanes.create(
        kind="PARTNER", position=0, budget_minor=1
    ),
    "voting_lane_kind_known": lambda round_: make_election(round_).lanes.update(kind="FAST"),
    "voting_lane_budget_not_negative": lambda round_: make_election(round_).lanes.update(
        budget_minor=-1
    ),
    "ElectionLane.before_freeze": lambda round_: make_election(round_, FROZEN).lanes.update(
        budget_minor=1
    ),
    "voting_item_one_per_position": one_more_item(position=0),
    "voting_item_one_per_code": one_more_item(code="a"),
    "voting_item_one_per_proposal": the_same_proposal_twice,
    "Item.same_election": an_item_in_the_lane_of_another,
    "voting_item_cost_not_negative": one_more_item(cost_minor=-1),
    "Item.before_freeze": lambda round_: make_election(round_, FROZEN).items.update(cost_minor=0),
    "voting_text_one_per_language": a_second_text,
    "ItemText.before_freeze": lambda round_: (
        make_election(round_, FROZEN).items.get().texts.update(title="Palace")
    ),
    "ItemText.same_election": a_text_for_the_item_of_another,
    "voting_roll_one_entry_per_member": a_member_twice,
    "voting_roll_reason_known": lambda round_: make_election(round_).roll.create(
        member=make_member(), reason="INVITED"
    ),
    "voting_roll_names_a_member_or_nobody": lambda round_: make_election(round_).roll.update(
        reason="HOME_HUB"
    ),
    "RollEntry.before_freeze": lambda round_: make_election(round_, FROZEN).roll.get().delete(),
    "Ballot.while_voting": lambda round_: make_election(round_, CLOSED).ballots.update(version=2),
    "voting_event_one_per_version": the_same_event_twice,
    "BallotEvent.append_only": lambda round_: BallotEvent.objects.filter(
        pk=an_event(round_).pk
    ).update(version=2),
    "BallotEvent.while_voting": an_event_after_the_close,
    "CastKey.append_only": a_key_used_again,
    "Manifest.append_only": lambda round_: Manifest.objects.filter(
        election=make_election(round_, CLOSED)
    ).update(hash=""),
    "voting_tally_one_per_input": a_second_tally,
    "Tally.append_only": lambda round_: counted(round_).tallies.update(decides=False),
}
# where PostgreSQL's sentence does not hold the name of the guard
SENTENCES = {
    "Election.frozen": "what decides a frozen election cannot change",
    "Election.status_moves_along_the_table": "does not move from DRAFT to CLOSED",
    "Item.before_freeze": "voting_item only while the election is DRAFT, not FROZEN",
    "ItemText.before_freeze": "voting_itemtext only while the election is DRAFT, not FROZEN",
    "ItemText.same_election": "a text belongs to the election of its item",
    "RollEntry.before_freeze": "voting_rollentry only while the election is DRAFT, not FROZEN",
    "ElectionLane.before_freeze": "voting_electionlane only while the election is DRAFT, not FROZEN",
    "Item.same_election": "an item belongs to the election of its lane",
    "BallotEvent.append_only": "voting_ballotevent is append-only: UPDATE is refused",
    "BallotEvent.while_voting": "voting_ballotevent only while the election is FROZEN, not CLOSED",
    "CastKey.append_only": "voting_castkey is append-only: UPDATE is refused",
    "Ballot.while_voting": "voting_ballot only while the election is FROZEN, not CLOSED",
    "Manifest.append_only": "voting_manifest is append-only: UPDATE is refused",
    "Tally.append_only": "voting_tally is append-only: UPDATE is refused",
}


@pytest.mark.parametrize("guard", ATTEMPTS)
@pytest.mark.usefixtures("rui")
def test_the_guard_holds(guard, round_):
    with refused(SENTENCES.get(guard, guard)):
        ATTEMPTS[guard](round_)


def test_no_guard_is_without_someone_who_tries_to_break_it():
    assert set(ATTEMPTS) == guards_of(*apps.get_app_config("voting").get_models())


OTHERS: dict[str, Any] = {
    "kind": "QUESTION", "origin": "IMPORTED", "title": "Autumn", "title_language": "da",
    "ballot_format": "RANKING", "resource_kind": "DATA", "currency": "KWD", "decimals": 3,
    "max_choices": 5, "key_fingerprint": "f" * 64, "rule": "equal-shares", "parameters": "{}", "comparisons": "[1]",
    "seed": "00", "opens_at": NOON, "closes_at": NOON, "frozen_at": NOON, "frozen_hash": "f" * 64,
}  # fmt: skip


@pytest.mark.parametrize("status", [FROZEN, CLOSED])
@pytest.mark.parametrize("column", FROZEN_COLUMNS)
def test_nothing_that_decides_a_frozen_election_changes_by_raw_sql(round_, column, status):
    election = make_election(round_, status)
    other = OTHERS.get(column) or make_round(make_hub("north")).pk
    for value in (other, None) if column != "max_choices" else (other,):
        with refused("cannot change|violates not-null"), connection.cursor() as cursor:
            update = sql.SQL("UPDATE voting_election SET {} = %s WHERE id = %s")
            cursor.execute(update.format(sql.Identifier(column)), [value, election.pk])


def test_a_frozen_election_is_not_saved_with_a_change(round_):
    election = make_election(round_, FROZEN)
    election.save()
    election.max_choices = 3
    with refused("what decides a frozen election cannot change"):
        election.save()


def test_every_column_of_an_election_decides_but_its_name_and_its_status():
    columns = {field.column for field in Election._meta.concrete_fields}
    assert columns - set(FROZEN_COLUMNS) == {"id", "status"}
    assert set(FROZEN_COLUMNS) - columns == set()


def test_a_draft_can_change(round_):
    election = make_election(round_)
    free = {column: value for column, value in OTHERS.items() if column != "opens_at"}
    assert Election.objects.filter(pk=election.pk).update(**free) == 1


@pytest.mark.parametrize(("old", "new"), list(product(ElectionStatus, repeat=2)))
def test_a_status_moves_along_the_table_only(round_, old, new):
    election = make_election(round_, old)
    if old == DRAFT:
        Election.objects.filter(pk=election.pk).update(frozen_at=NOON, frozen_hash="0" * 64)
    move = Election.objects.filter(pk=election.pk)
    if new == old or new in MOVES[old]:
        assert move.update(status=new) == 1
    else:
        with refused(f"does not move from {old} to {new}"):
            move.update(status=new)


@pytest.mark.parametrize("status", [DRAFT, CLOSED])
def test_only_a_frozen_election_is_closed(round_, status):
    election, manifests = make_election(round_, status), Manifest.objects.count()
    with pytest.raises(WrongStatus):
        close_election(election=election, closer=CLOCK, now=NOON)
    assert Manifest.objects.count() == manifests


WRITES: dict[str, tuple[ElectionStatus, Callable[[Election], object]]] = {
    "add an item": (DRAFT, lambda it: add_item(it.lanes.get(), "b", 1)),
    "add a lane": (DRAFT, lambda it: add_lane(it, "PARTNER")),
    "change a lane": (DRAFT, lambda it: it.lanes.update(budget_minor=1)),
    "change an item": (DRAFT, lambda it: it.items.update(cost_minor=1)),
    "delete an item": (DRAFT, lambda it: it.items.get().delete()),
    "add a text": (
        DRAFT,
        lambda it: it.items.get().texts.create(election=it, language="da", title="Brønd"),
    ),
    "change a text": (DRAFT, lambda it: it.items.get().texts.update(title="Fountain")),
    "delete a text": (DRAFT, lambda it: it.items.get().texts.all().delete()),
    "add to the roll": (DRAFT, lambda it: it.roll.create(reason="INVENTED")),
    "change the roll": (DRAFT, lambda it: it.roll.update(reason="IMPORTED")),
    "delete from the roll": (DRAFT, lambda it: it.roll.all().delete()),
    "cast": (FROZEN, lambda it: cast(it, b"b" * 32)),
    "replace a ballot": (FROZEN, lambda it: the_ballot(it).update(payload=b"[]", version=2)),
}


def the_ballot(election: Election):
    """Its ballot; where it could not have one yet, it is planted."""
    if not election.ballots.exists():
        with tampering("voting_ballot"):
            cast(election)
    return election.ballots.filter(pseudonym=ADA)


@pytest.mark.parametrize("status", ElectionStatus)
@pytest.mark.parametrize("deed", WRITES)
def test_the_paper_changes_before_the_freeze_and_ballots_until_the_close(round_, deed, status):
    election = make_election(round_, status)
    allowed, write = WRITES[deed]
    if status == allowed:
        write(election)
    else:
        with refused(f"only while the election is {allowed}, not {status}"):
            write(election)


@pytest.mark.parametrize("status", ElectionStatus)
def test_a_ballot_is_never_deleted(round_, status):
    ballot = the_ballot(make_election(round_, status))
    with refused("voting_ballot is never deleted"):
        ballot.delete()


@pytest.mark.parametrize(
    ("kind", "home"), [(ElectionLane, DRAFT), (Item, DRAFT), (RollEntry, DRAFT), (Ballot, FROZEN)]
)
def test_nothing_moves_from_one_election_to_another(round_, kind, home):
    closed, other = make_election(round_, CLOSED), make_election(make_round(round_.hub), home)
    with refused("does not move to another election"):
        kind.objects.filter(election=closed).update(election=other)
    with refused("does not move to another election"):
        kind.objects.filter(election=other).update(election=closed)


@pytest.mark.parametrize("kind", [Manifest, Tally])
def test_a_manifest_and_a_tally_are_only_ever_added(round_, kind):
    election = counted(round_)
    for deed in (
        lambda: kind.objects.filter(election=election).delete(),
        lambda: kind.objects.filter(election=election)._raw_delete("default"),
        lambda: kind.objects.filter(election=election).update(election=election),
    ):
        with refused("append-only"):
            deed()


@pytest.mark.parametrize(
    ("reason", "named", "holds"),
    [
        ("IMPORTED", False, True),
        ("IMPORTED", True, False),
        ("INVENTED", False, True),
        ("INVENTED", True, False),
        ("HOME_HUB", True, True),
        ("HOME_HUB", False, False),
        ("MEMBER", True, True),
        ("MEMBER", False, False),
    ],
)
def test_only_imported_and_invented_voters_are_nobody_we_know(round_, ada, reason, named, holds):
    election = make_election(round_)

    def enrol() -> RollEntry:
        return election.roll.create(member=ada if named else None, reason=reason)

    if holds:
        assert enrol().election == election
    else:
        with refused("voting_roll_names_a_member_or_nobody"):
            enrol()


def test_an_election_with_ballots_is_not_deleted(round_):
    election = make_election(round_, CLOSED)
    with refused("violates foreign key constraint"):
        Election.objects.filter(pk=election.pk)._raw_delete("default")
        connection.check_constraints()
    with pytest.raises(ProtectedError):
        election.delete()
