"""A ballot that is slow or fails to be kept does not come into the log of PostgreSQL."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
from django.db import OperationalError, connection, connections, transaction

from config.management.commands.prepare_database import grant_web_role
from config.postgres import OWNER, SUPERUSER, WEB
from tests.factories import make_hub, make_round
from tests.voting.voters import anybody, cast, open_vote
from voting.models import Election

pytestmark = pytest.mark.django_db(transaction=True)
TALKATIVE = {"log_min_duration_statement": "0", "log_min_error_statement": "error"}


@pytest.fixture
def log() -> Iterator[Path]:
    """The log of the embedded server, which writes every statement of this database into it."""
    told = connection.get_connection_params()
    try:
        session = psycopg2.connect(dbname=told["dbname"], user=SUPERUSER, host=told.get("host"))
    except psycopg2.OperationalError:
        pytest.skip("the server is not our own: where its log lies is not known")
    session.autocommit = True
    with contextlib.closing(session), session.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        data = Path(cursor.fetchone()[0])
        for name, value in TALKATIVE.items():
            cursor.execute(f"ALTER DATABASE {told['dbname']} SET {name} = '{value}'")
        yield data.with_name("log") / "postgres.log"
        cursor.execute(f"ALTER DATABASE {told['dbname']} RESET ALL")


@pytest.fixture
def granted() -> Iterator[None]:
    grant_web_role("default", WEB)
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {WEB}")


def cast_as(role: str, election: Election, number: int) -> bool:
    """Cast over a connection of the role that waits a moment for a lock; whether it was kept."""
    other = connections["default"].copy()
    other.settings_dict |= {"USER": role}
    other.settings_dict["OPTIONS"]["options"] = "-c lock_timeout=200ms"
    connections["default"] = other
    try:
        cast(election, anybody(number), 0)
    except OperationalError:
        return False
    finally:
        other.close()
    return True


def logged_of_a_slow_and_a_failed_cast(role: str, log: Path) -> str:
    election = open_vote(make_round(make_hub("west")))
    begun = log.stat().st_size
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(cast_as, role, election, 1).result()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE voting_ballot IN SHARE MODE")
            assert not pool.submit(cast_as, role, election, 2).result()
    with log.open("rb") as lines:
        lines.seek(begun)
        return lines.read().decode()


def secrets_of(number: int) -> tuple[str, str]:
    """As PostgreSQL would write them: the pseudonym, and the ballot."""
    return anybody(number).pseudonym.hex(), b"[[0,1]]".hex()


@pytest.mark.usefixtures("granted")
def test_neither_pseudonym_nor_ballot_is_in_the_log_of_the_server(log):
    said = logged_of_a_slow_and_a_failed_cast(WEB, log)
    assert "canceling statement due to lock timeout" in said
    for secret in (*secrets_of(1), *secrets_of(2)):
        assert secret not in said


def test_of_a_role_that_is_not_kept_silent_both_would_be_in_it(log):
    said = logged_of_a_slow_and_a_failed_cast(OWNER, log)
    for secret in (*secrets_of(1), *secrets_of(2)):
        assert secret in said
