"""A ballot cannot be traced to the person who cast it, by any path the database knows."""

from django.db import connection
from django.db.models import Model

from hubs.models import Cycle, Hub, Round
from principles.models import FrameworkVersion
from tests.voting.makers import bring_in
from voting.models import Ballot, Election, RollEntry

# Nothing of these may be added without asking what it says about the voter.
COLUMNS = {"election_id", "pseudonym", "version", "scheme", "payload"}


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


def test_a_ballot_leads_to_its_election_and_its_round_and_to_nobody():
    assert reached_from(Ballot) == {Election, Round, Hub, Cycle, FrameworkVersion}
    assert list(Ballot._meta.related_objects) == []


def test_a_roll_entry_would_be_found_by_the_same_walk():
    assert "Member" in {model.__name__ for model in reached_from(RollEntry)}


def test_a_ballot_has_no_column_of_time_language_place_or_device(db):
    assert {field.column for field in Ballot._meta.concrete_fields} == COLUMNS
    assert ask(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'voting_ballot'"
    ) == {(column,) for column in COLUMNS}


def test_the_database_knows_one_foreign_key_of_ballots_and_none_to_them(db):
    keys = "SELECT confrelid::regclass::text, conrelid::regclass::text FROM pg_constraint "
    assert ask(
        keys + "WHERE contype = 'f' AND 'voting_ballot'::regclass IN (conrelid, confrelid)"
    ) == {("voting_election", "voting_ballot")}


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
