"""Threads with connections of their own, met at a lock so that each race ends the same way."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

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

    with ThreadPoolExecutor(len(deeds)) as pool:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
            begun = [pool.submit(alone, deed) for deed in deeds]
            wait_until(lambda: waiting_for_locks() == (waiting or len(deeds)))
            yield begun
        for future in begun:
            future.exception(PATIENCE)


@contextmanager
def under_way(deed: Callable[[], object]) -> Iterator[None]:
    """The deed is done in a transaction of another thread, which is committed at the end."""
    done, commit = Event(), Event()

    def begin() -> None:
        with transaction.atomic():
            deed()
            done.set()
            commit.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(alone, begin)
        wait_until(lambda: done.is_set() or begun.done())
        try:
            yield
        finally:
            commit.set()
        begun.result(PATIENCE)


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """How the second deed ends that begins, and waits if it must, before the first is committed."""
    with ThreadPoolExecutor(1) as pool:
        with under_way(first):
            late = pool.submit(alone, second)
            wait_until(lambda: late.done() or waiting_for_locks() == 1)
        late.exception(PATIENCE)
    return ends([late])


def alone(deed: Callable[[], object]) -> object:
    """The deed, with connections of its own that are closed afterwards."""
    try:
        return deed()
    finally:
        connections.close_all()


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
