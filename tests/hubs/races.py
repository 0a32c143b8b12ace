"""Threads with connections of their own, met at a lock so that each race ends the same way."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, connections, transaction

PATIENCE = 60


@contextmanager
def at_once(
    *deeds: Callable[[], object], table: str, waiting: int | None = None
) -> Iterator[list[Future[object]]]:
    """Begin the deeds in threads while nobody can write to ``table``; go on when all of them wait.

    What the caller does inside is done while they wait; at the end the table is free. ``waiting``
    says how many will wait, where some are to be turned away before they come so far.
    """

    def run(deed: Callable[[], object]) -> object:
        try:
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            begun = [pool.submit(run, deed) for deed in deeds]
            wait_until(lambda: waiting_for_locks() == (waiting or len(deeds)))
            yield begun
        for future in begun:
            future.exception(PATIENCE)


def ends(begun: list[Future[object]]) -> list[str]:
    """How each thread ended: the name of what it raised, or "done"; sorted."""
    return sorted(type(end).__name__ if (end := future.exception()) else "done" for future in begun)


def waiting_for_locks() -> int:
    """How many other connections to this database stand before a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees one moment
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def wait_until(condition: Callable[[], bool], said: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, said()
        time.sleep(0.02)
