"""The embedded servers: private, durable where they must be, and never two on the same data."""

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, cast
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
import redis

from config.preflight import ROOT
from config.services import redis_url_of_worker

AS_ROOT = os.geteuid() == 0


class Holder:
    """A process that keeps the services running."""

    def __init__(self, base, *, ephemeral=False, system_state="/nowhere", environ=None):
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.config.hold_services", str(base)),
                *("ephemeral" if ephemeral else "durable", str(system_state)),
            ],
            cwd=ROOT,
            env={**kept, **(environ or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.answers = cast("IO[str]", self.process.stdout)
        self.requests = cast("IO[str]", self.process.stdin)
        self.about = json.loads(self.answers.readline())

    def connect(self, url="DATABASE_OWNER_URL"):
        """Return an autocommitting connection as one of the roles."""
        address = urlsplit(self.about["environ"][url])
        connection = psycopg2.connect(
            dbname=address.path[1:], user=address.username, host=parse_qs(address.query)["host"][0]
        )
        connection.autocommit = True
        return connection

    def ask(self, question, url="DATABASE_OWNER_URL"):
        """Return the first value a query answers with."""
        with contextlib.closing(self.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0] if cursor.description else None

    def redis(self):
        """Return a client of the queue."""
        return redis.Redis.from_url(self.about["environ"]["REDIS_URL"])

    def stop(self):
        """Ask for the clean stop and return the exit status."""
        with contextlib.suppress(BrokenPipeError):
            self.requests.close()
        self.process.wait(30)
        self.answers.close()
        return self.process.returncode


@pytest.fixture
def base():
    # Not tmp_path: pytest closes that to the account root hands PostgreSQL to.
    folder = Path(tempfile.mkdtemp(prefix="cp-held-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def hold(base):
    holders = []

    def start(folder=base, **options):
        holders.append(Holder(folder, **options))
        return holders[-1]

    yield start
    for holder in holders:
        holder.stop()


def gone(pid):
    """Tell whether a process has ended, be it a corpse nobody has buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):  # it may go while it is being read
        return True


def wait_gone(*pids):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and not all(gone(pid) for pid in pids):
        time.sleep(0.05)
    return all(gone(pid) for pid in pids)


def test_ephemeral_services_are_fast_and_leave_nothing(hold, base):
    holder = hold(ephemeral=True)
    assert holder.ask("SHOW fsync") == "off"
    sockets = Path(parse_qs(urlsplit(holder.about["environ"]["DATABASE_URL"]).query)["host"][0])
    assert sockets.exists()

    assert holder.stop() == 0

    assert not base.exists()
    assert not sockets.parent.exists()
    assert wait_gone(holder.about["postgres"], holder.about["valkey"])


def test_tests_connect_as_the_owner_who_may_create_their_database(hold):
    holder = hold(ephemeral=True)
    assert set(holder.about["test_environ"]) == {"DATABASE_URL", "REDIS_URL"}
    assert "//commonpurse_owner@" in holder.about["test_environ"]["DATABASE_URL"]
    holder.ask("CREATE DATABASE test_of_tests")
    assert holder.ask("SELECT count(*) FROM pg_database WHERE datname = 'test_of_tests'") == 1


def test_the_web_role_starts_without_rights(hold):
    holder = hold(ephemeral=True)
    holder.ask("CREATE TABLE ballot (choice text)")
    for statement in (
        "SELECT count(*) FROM ballot",
        "INSERT INTO ballot VALUES ('yes')",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE DATABASE mine",
        "SET ROLE commonpurse_owner",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            holder.ask(statement, "DATABASE_URL")


def test_nobody_else_can_open_the_sockets_or_the_data(hold):
    holder = hold()
    sockets = Path(parse_qs(urlsplit(holder.about["environ"]["DATABASE_URL"]).query)["host"][0])
    queue = Path(urlsplit(holder.about["environ"]["REDIS_URL"]).path)
    data = Path(holder.about["data"])
    for path in (sockets, sockets / ".s.PGSQL.5432", queue.parent, queue, data / "postgres"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert holder.ask("SHOW listen_addresses") == ""
    assert holder.redis().config_get("port") == {"port": "0"}


def test_what_was_done_is_kept_over_a_clean_stop(hold):
    first = hold()
    assert [first.ask(f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == ["on", "on"]
    assert first.redis().config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    first.ask("CREATE TABLE kept AS SELECT 7 AS number")
    first.redis().rpush("queue", "task")
    assert first.stop() == 0

    second = hold()
    assert second.ask("SELECT number FROM kept") == 7
    assert second.redis().lrange("queue", 0, -1) == [b"task"]


def test_a_killed_database_starts_again_with_what_was_committed(hold):
    first = hold()
    first.ask("CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(first.about["postgres"], signal.SIGKILL)
    first.stop()

    assert hold().ask("SELECT number FROM kept") == 7


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere leftovers end at the next start")
def test_the_servers_end_with_a_killed_starter_and_start_again(hold):
    first = hold()
    first.ask("CREATE TABLE kept AS SELECT 7 AS number")
    first.redis().rpush("queue", "task")
    first.process.kill()
    assert wait_gone(first.about["postgres"], first.about["valkey"])

    second = hold()
    assert second.ask("SELECT number FROM kept") == 7
    assert second.redis().lrange("queue", 0, -1) == [b"task"]


def test_two_starts_on_the_same_data_are_refused_with_a_sentence(hold):
    first = hold()
    second = hold()
    assert "already running" in second.about["problem"]
    assert str(first.process.pid) in second.about["problem"]
    assert first.ask("SELECT 1") == 1


def test_servers_the_environment_names_are_used_instead(hold):
    elsewhere = {"DATABASE_URL": "postgres://me@db/mine", "REDIS_URL": "redis://queue/3"}
    holder = hold(environ=elsewhere)
    assert holder.about["environ"] == {}
    assert (holder.about["postgres"], holder.about["valkey"]) == (0, 0)


def test_one_named_server_leaves_the_other_embedded(hold):
    holder = hold(environ={"DATABASE_URL": "postgres://me@db/mine"})
    assert set(holder.about["environ"]) == {"REDIS_URL"}
    assert holder.redis().ping()


@pytest.mark.skipif(not AS_ROOT, reason="only root hands the servers to another account")
def test_root_keeps_data_elsewhere_when_the_account_cannot_enter(hold, base):
    closed, state = base / "closed", base / "state"
    closed.mkdir(mode=0o700)
    holder = hold(closed / "services", system_state=state)
    data = Path(holder.about["data"])
    assert data.parent == state
    assert (closed / "services" / "data-lies-in").read_text().strip() == str(data)
    assert holder.ask("SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("url", "second_worker"),
    [
        ("unix:///tmp/cp/valkey.sock?db=0", "unix:///tmp/cp/valkey.sock?db=8"),
        ("redis://localhost:6379/0", "redis://localhost:6379/8"),
        ("redis://localhost:6379/3", "redis://localhost:6379/11"),
        ("redis://localhost:6379", "redis://localhost:6379/8"),
    ],
)
def test_each_test_worker_has_redis_databases_of_its_own(url, second_worker):
    assert redis_url_of_worker(url, 1) == second_worker
    assert redis_url_of_worker(url, 0) != redis_url_of_worker(url, 1)
