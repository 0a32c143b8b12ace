"""Two roles in the database, and migrations that can be taken back."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg2.errors import InsufficientPrivilege

from audit.actions import chain_trail
from audit.models import Actor
from audit.queries import Verification, append_only_tables, verify_trail
from config.management.commands import prepare_database
from config.management.commands.prepare_database import grant_web_role
from config.postgres import WEB
from hubs.actions import end_term, give_term
from hubs.models import SeatFunction
from jobs.actions import take_job
from members.actions import send_next_message
from tests.factories import MONTH, NOON, make_member, make_seat, pb_file
from voting.actions import count_election, import_election
from voting.models import Tally

ALL_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
)
SELECT, INSERT = "SELECT FROM {0}", "INSERT INTO {0} SELECT * FROM {0} WHERE false"
UPDATE, DELETE = "UPDATE {0} SET {1} = {1}", "DELETE FROM {0} WHERE false"
TRUNCATE = "TRUNCATE {0} CASCADE"
A_COLUMN = """
    SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0
    AND attgenerated = '' AND attidentity = '' AND NOT attisdropped LIMIT 1
"""


def ask(statement: str, *values: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall()) if cursor.description else []


def tables() -> dict[str, str]:
    """Every table, with a column that can be changed."""
    return {str(name): str(ask(A_COLUMN, str(name))[0][0]) for (name,) in ask(ALL_TABLES)}


@contextlib.contextmanager
def web_role() -> Iterator[None]:
    """What is done inside is done as the role that serves pages."""
    ask(f"SET LOCAL ROLE {WEB}")
    yield
    ask("RESET ROLE")


def refused(statement: str) -> bool:
    """Whether the web role lacks the right to this."""
    try:
        with transaction.atomic(), web_role():
            ask(statement)
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            return True
        raise
    return False


def refused_for(right: str) -> set[str]:
    """The tables the web role lacks this right to."""
    return {table for table, column in tables().items() if refused(right.format(table, column))}


@pytest.fixture
def granted(db) -> None:
    grant_web_role("default", WEB)


def test_before_it_is_granted_anything_the_web_role_reads_no_table(db):
    assert refused_for(SELECT) == set(tables())


def test_the_web_role_reads_and_adds_rows_everywhere_but_in_the_list_of_migrations(granted):
    assert set(tables()) > {model._meta.db_table for model in apps.get_models()}
    assert refused_for(SELECT) == set()
    assert refused_for(INSERT) == {"django_migrations"}


def test_the_web_role_changes_rows_but_where_they_are_only_added_or_kept(granted):
    fixed = {"django_migrations", *append_only_tables()}
    assert refused_for(UPDATE) == fixed
    assert refused_for(DELETE) == fixed | set(prepare_database.KEPT_TABLES)


def test_without_the_last_step_the_web_role_could_rewrite_the_trail(db, monkeypatch):
    monkeypatch.setattr(prepare_database, "append_only_tables", list)
    grant_web_role("default", WEB)
    assert set(append_only_tables()) & (refused_for(UPDATE) | refused_for(DELETE)) == set()


def test_the_web_role_empties_no_table(granted):
    assert refused_for(TRUNCATE) == set(tables())


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE audit_trailentry DISABLE TRIGGER ALL",
        "ALTER TABLE audit_trailentry ADD COLUMN mine int",
        "DROP TABLE audit_trailentry",
        "DROP TRIGGER pgtrigger_append_only_1f8f6 ON audit_trailentry",
        "SET session_replication_role = replica",
        "SELECT setval('audit_trailentry_id_seq', 1)",
        "GRANT UPDATE ON audit_trailentry TO PUBLIC",
        "ALTER ROLE commonpurse_web SUPERUSER",
    ],
)
def test_the_web_role_changes_no_table_no_guard_and_no_right(granted, statement):
    if statement.startswith("GRANT"):  # PostgreSQL only warns of a grant that grants nothing
        with web_role():
            ask(statement)
        assert refused("UPDATE audit_trailentry SET verb = ''")
    else:
        assert refused(statement)


def test_granting_again_changes_nothing(granted):
    rights = "SELECT relname, relacl::text FROM pg_class WHERE relacl IS NOT NULL ORDER BY 1"
    before = ask(rights)
    grant_web_role("default", WEB)
    assert ask(rights) == before


def test_rights_change_all_at_once_or_not_at_all(granted, monkeypatch):
    monkeypatch.setattr(prepare_database, "append_only_tables", lambda: ["no_such_table"])
    with pytest.raises(ProgrammingError):
        grant_web_role("default", WEB)
    assert refused_for(SELECT) == set()
    assert refused_for(DELETE) > set(append_only_tables())


def test_the_rights_are_enough_for_what_the_site_does(granted, rui, fay, ona, west, round_):
    """A term given and ended, an election imported, taken and counted, mail sent, the trail chained."""
    seat, other = make_seat(west, SeatFunction.TREASURER), make_member("Other")
    with web_role():
        months = {"starts_at": NOON, "ends_at": NOON + MONTH}
        term = give_term(seat=seat, member=other, giver=rui, now=NOON, **months)
        end_term(term=term, ender=rui, now=NOON)
        assert send_next_message(send=lambda message: None, now=NOON)
        _election, job = import_election(
            round=round_,
            file=pb_file(),
            ranking_points="",
            importer=Actor(ona.pk, "RETURNING_OFFICER"),
            now=NOON,
        )
        taken = take_job(job_id=job.pk, now=NOON)
        count_election(job=taken, progress=lambda done, total: None, clock=lambda: NOON)
        assert Tally.objects.filter(decides=True).count() == 1
        chained = chain_trail()
        assert verify_trail() == Verification(chained=chained, broken_at=None, waiting=0)
        assert chained == 5


# Migrations, in a database of their own.

OURS = sorted(
    label
    for label in {label for label, _name in MigrationLoader(None).disk_migrations}
    if Path(apps.get_app_config(label).path).parent == settings.BASE_DIR
)
SCRATCH = "scratch"
SCHEMA = """
    SELECT 'column', table_name || '.' || column_name,
        concat_ws(' ', data_type, is_nullable, column_default, is_identity)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT 'constraint', conname, conrelid::regclass || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION SELECT 'function', proname, prosrc FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prolang <> 13
    UNION SELECT 'extension', extname, '' FROM pg_extension
"""


@pytest.fixture(scope="module")
def scratch(django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database that is migrated, beside the one of the tests."""
    name = f"{connection.settings_dict['NAME']}_{SCRATCH}"
    with django_db_blocker.unblock():
        try:
            ask(f"DROP DATABASE IF EXISTS {name}")
            ask(f"CREATE DATABASE {name}")
            connections.databases[SCRATCH] = {**connection.settings_dict, "NAME": name}
            call_command("migrate", database=SCRATCH, verbosity=0)
            yield SCRATCH  # and no test below asks for the database of the tests
        finally:
            connections[SCRATCH].close()
            del connections[SCRATCH], connections.databases[SCRATCH]
            ask(f"DROP DATABASE {name}")


def schema(alias: str) -> list[tuple[str, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(SCHEMA)
        return sorted(cursor.fetchall())


@pytest.mark.parametrize("label", OURS)
def test_the_migrations_of_an_app_can_be_taken_back_and_made_again(scratch, label):
    before = schema(scratch)
    call_command("migrate", label, "zero", database=scratch, verbosity=0)
    left = connections[scratch].introspection.table_names()
    assert [name for name in left if name.startswith(f"{label}_")] == []
    call_command("migrate", database=scratch, verbosity=0)
    assert schema(scratch) == before


def test_all_our_apps_with_tables_are_tried_above():
    with_tables = {model._meta.app_label for model in apps.get_models() if _is_ours(model)}
    assert set(OURS) == with_tables


def _is_ours(model) -> bool:
    return Path(model._meta.app_config.path).parent == settings.BASE_DIR


def test_with_one_role_for_everything_the_command_says_what_is_missing(db, capsys):
    call_command("prepare_database", verbosity=0)
    said = "One role for everything: set DATABASE_OWNER_URL to keep the trail append-only.\n"
    assert capsys.readouterr().err == said
