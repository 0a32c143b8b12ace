"""A ballot cannot be traced to the person who cast it, by any path the database knows."""

import re
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from redis.connection import AbstractConnection

from audit.actions import record
from hubs.models import Cycle, Hub, Round
from members.models import Member
from principles.models import FrameworkVersion
from tests.factories import NOON, PASSWORD, make_hub, make_member, make_round
from tests.hubs.reading import browser
from tests.voting.makers import bring_in
from tests.voting.voters import open_vote
from voting.actions import casting
from voting.models import Ballot, BallotDraft, BallotEvent, CastKey, Election, RollEntry

NAMELESS = {Election, Round, Hub, Cycle, FrameworkVersion}
# Nothing may be added here without asking what it says about the voter.
COLUMNS: dict[type[Model], set[str]] = {
    Ballot: {"election_id", "pseudonym", "version", "scheme", "payload"},
    BallotDraft: {"election_id", "pseudonym", "scheme", "payload"},
    BallotEvent: {"id", "election_id", "pseudonym", "version", "fingerprint"},
    CastKey: {"election_id", "pseudonym", "key", "fingerprint", "version"},
}
TABLES = {model._meta.db_table for model in COLUMNS}


def reached_from(model: type[Model]) -> set[type[Model]]:
    """Every model that foreign keys lead to, from one to the next."""
    found: set[type[Model]] = set()
    ahead = [model]
    while ahead:
        for field in ahead.pop()._meta.get_fields():
            target = field.related_model
            if field.concrete and isinstance(target, type) and target not in found:
                found.add(target)
                ahead.append(target)
    return found


@pytest.mark.parametrize("model", COLUMNS)
def test_it_leads_to_its_election_and_its_round_and_to_nobody(model):
    assert reached_from(model) == NAMELESS
    assert list(model._meta.related_objects) == []


def test_a_roll_entry_would_be_found_by_the_same_walk():
    assert Member in reached_from(RollEntry)


def test_every_table_with_a_pseudonym_is_looked_at_here():
    found = {
        model
        for model in apps.get_models()
        if any(field.name == "pseudonym" for field in model._meta.get_fields())
    }
    assert found == set(COLUMNS)


@pytest.mark.parametrize("model", COLUMNS)
def test_it_has_no_column_of_time_language_place_or_device(db, model):
    table = model._meta.db_table
    assert {field.column for field in model._meta.concrete_fields} == COLUMNS[model]
    assert ask(
        f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'"  # noqa: S608
    ) == {(column,) for column in COLUMNS[model]}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_the_database_knows_one_foreign_key_of_it_and_none_to_it(db, table):
    keys = "SELECT confrelid::regclass::text, conrelid::regclass::text FROM pg_constraint "
    assert ask(keys + f"WHERE contype = 'f' AND '{table}'::regclass IN (conrelid, confrelid)") == {
        ("voting_election", table)
    }


def ask(question: str) -> set[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return set(cursor.fetchall())


def test_imported_ballots_lie_under_pseudonyms_made_of_the_row_number_alone(round_):
    one, other = (bring_in(round_)[0] for _ in range(2))
    pseudonyms = {bytes(ballot.pseudonym) for ballot in Ballot.objects.all()}
    assert {len(pseudonym) for pseudonym in pseudonyms} == {32}
    assert len(pseudonyms) == one.ballots.count() + other.ballots.count() == 8
    assert {entry.member for entry in RollEntry.objects.all()} == {None}


def transactions_of(table: str) -> set[int]:
    """The numbers of the transactions that wrote, replaced or locked the rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT xmin::text::bigint, xmax::text::bigint FROM "{table}"')  # noqa: S608
        return {number for row in cursor.fetchall() for number in row if number}


def tables_written_with_a_ballot() -> set[str]:
    """Every other table of the database with a row that a ballot's transaction touched."""
    casts = transactions_of("voting_ballot")
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return {name for name in names if transactions_of(name) & casts} - TABLES


def vote_in_the_booth(member: Member, election: Election):
    """The whole way, twice: a vote, and its change."""
    client = browser(member)

    def at(stage: str) -> str:
        return reverse(f"voting:{stage}", args=[election.pk])

    for item in ("0", "1"):
        client.get(at("vote"))
        client.post(at("vote"), {"item": [item], "then": "review"})
        client.get(at("review"))
        answer = client.post(at("cast_ballot"), {"item": [item], "cast_key": uuid4()})
        assert answer["Location"] == at("receipt")
        assert client.get(at("receipt")).status_code == 200


@pytest.fixture
def voters(transactional_db) -> list[Member]:
    return [make_member(name) for name in ("Ada", "Bo", "Cy")]


@pytest.fixture
def election(voters) -> Election:
    return open_vote(make_round(make_hub("west")), *voters)


def test_no_row_of_any_other_table_shares_the_transaction_of_a_ballot(election, voters):
    for member in voters:
        vote_in_the_booth(member, election)
    assert Ballot.objects.count() == 3
    # What locks the election itself, for its foreign key, names no one.
    assert tables_written_with_a_ballot() <= {"voting_election"}


def test_a_trail_entry_beside_the_ballot_would_be_found(election, voters, monkeypatch):
    write = casting._write

    def write_and_tell(*facts):
        record(actor=voters[0].acting_as("MEMBER"), verb="cast", target=election, now=NOON)
        return write(*facts)

    monkeypatch.setattr(casting, "_write", write_and_tell)
    vote_in_the_booth(voters[0], election)
    assert "audit_trailentry" in tables_written_with_a_ballot()


def test_a_voter_who_goes_through_the_booth_writes_nothing_but_the_own_ballot(election, voters):
    """Not in the transaction of the ballot, and not around it: no session, no trail, no message."""
    client = browser(voters[0])
    before = dict(client.session)
    with CaptureQueriesContext(connection) as asked:
        address = reverse("voting:cast_ballot", args=[election.pk])
        answer = client.post(address, {"item": ["0"], "cast_key": uuid4()})
    assert written(asked) == TABLES
    assert dict(client.session) == before
    assert set(answer.cookies) <= {"csrftoken"}


def written(asked: CaptureQueriesContext) -> set[str | None]:
    """The tables that were written to; None stands for rows that were locked."""
    pattern = r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)|FOR (?:UPDATE|SHARE|KEY|NO)'
    found = (re.search(pattern, query["sql"]) for query in asked)
    return {words[1] for words in found if words}


def test_signing_in_writes_a_session_and_no_row_of_the_member(client, voters):
    told = {"login": voters[0].email, "password": PASSWORD}
    with CaptureQueriesContext(connection) as asked:
        client.post(reverse("account_login"), told)
    assert client.session["_auth_user_id"] == str(voters[0].pk)
    assert written(asked) == {"django_session"}


def test_with_the_queue_and_the_cache_away_everybody_can_vote(election, voters, monkeypatch):
    def away(connection):
        raise ConnectionError("nobody is there")

    monkeypatch.setattr(AbstractConnection, "connect", away)
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda *facts, **more: 1 / 0)
    for member in voters:
        vote_in_the_booth(member, election)
    assert set(Ballot.objects.values_list("version", flat=True)) == {2}


def test_neither_log_nor_answer_holds_key_or_pseudonym(election, voters, keys_folder, caplog):
    caplog.set_level("DEBUG")
    key = (keys_folder / str(election.pk)).read_bytes()
    client = browser(voters[0])
    vote_in_the_booth(voters[0], election)
    pages = b"".join(
        client.get(reverse(f"voting:{stage}", args=[election.pk])).content
        for stage in ("election", "vote", "receipt")
    )
    name = bytes(Ballot.objects.get().pseudonym)
    application = [record for record in caplog.records if not record.name.startswith("django.db")]
    logged = "".join(record.getMessage() for record in application)
    for secret in (key, name):
        assert secret.hex() not in logged + pages.decode()
        assert repr(secret) not in logged
