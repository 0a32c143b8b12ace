"""A real Celery worker in a process of its own, on the database and the queue of this test run."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection

from config.entrypoint import command
from config.preflight import ROOT
from config.processes import dies_with_us
from tests.hubs.races import wait_until

WAITS_FOR_TALLIES = """
    SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'voting_tally'::regclass
"""


class Worker:
    """The program of the container that counts, from its start until it is ended or killed."""

    def __init__(self, log: Path, *, at_once: int = 1) -> None:
        self.log = log
        program, *options = command("counter", {"WORKER_CONCURRENCY": str(at_once)})
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", program, *options],
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": address_of_test_database(), "LOG_LEVEL": "INFO"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that a kill reaches its children too
                preexec_fn=dies_with_us(signal.SIGTERM),  # also where the tests are killed
            )
        wait_until(lambda: " ready." in self.said() or self.process.poll() is not None, self.said)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.log.read_text()

    def kill(self) -> None:
        """What a power cut does: nothing is handed back, nothing is said."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def address_of_test_database() -> str:
    """The address this process uses, with the name pytest gave the database."""
    name = connection.settings_dict["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def forget_all_hints() -> None:
    """What FLUSHALL does, to the queue of this test run alone."""
    with redis.Redis.from_url(settings.REDIS_URL) as queue:
        queue.flushdb()


@contextmanager
def tallies_held() -> Iterator[None]:
    """Nobody reads or stores a tally meanwhile: a count waits at its last step."""
    holder = connection.copy()
    holder.set_autocommit(False)
    try:
        with holder.cursor() as cursor:
            cursor.execute("LOCK TABLE voting_tally IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        holder.rollback()
        holder.close()


def stand_before_the_tallies() -> int:
    """How many counts are done and wait to store what they found."""
    with connection.cursor() as cursor:
        cursor.execute(WAITS_FOR_TALLIES)
        waiting: int = cursor.fetchone()[0]
        return waiting


def stands_before_the_tallies() -> bool:
    """Whether a worker has counted and waits to store what it found."""
    return stand_before_the_tallies() > 0
