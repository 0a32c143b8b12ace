"""Deeds done at once, each in a thread with a database connection of its own.

A race shows only where everyone is past the check before anyone writes. Put there, ``meet`` waits
until everyone else has come too, has finished, or hangs on a lock of the database. So the same
point brings out the race where the protection is missing, and passes where it is not.
"""

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

PATIENCE = 20  # seconds until a test that hangs fails


class Crowd:
    def __init__(self, *deeds: Callable[[], Any]) -> None:
        self._deeds = deeds
        self._start = threading.Barrier(len(deeds))
        self._backends: dict[int, int] = {}
        self._here: set[int] = set()
        self._gone: set[int] = set()

    def run(self) -> list[Any]:
        """What each deed returned, or the exception it ended with."""
        with ThreadPoolExecutor(len(self._deeds)) as pool:
            return list(pool.map(self._run, self._deeds))

    def _run(self, deed: Callable[[], Any]) -> Any:
        me = threading.get_ident()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self._backends[me] = (cursor.fetchone() or (0,))[0]
            self._start.wait(PATIENCE)
            return deed()
        except Exception as error:
            return error
        finally:
            connection.close()
            self._gone.add(me)

    def meet(self) -> None:
        """Wait for the others, the first time a thread comes here."""
        me = threading.get_ident()
        if me in self._here or me not in self._backends:
            return
        self._here.add(me)
        deadline = time.monotonic() + PATIENCE
        while self._awaited():
            if time.monotonic() > deadline:
                raise TimeoutError("the others neither came, nor finished, nor hang on a lock")
            time.sleep(0.01)

    def _awaited(self) -> bool:
        accounted = self._here | self._gone
        others = [pid for who, pid in self._backends.items() if who not in accounted]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid = ANY(%s)",
                [others],
            )
            hanging = (cursor.fetchone() or (0,))[0]
        return len(accounted) + hanging < len(self._deeds)

    def meeting_before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def met(*args: Any, **kwargs: Any) -> Any:
            self.meet()
            return function(*args, **kwargs)

        return met


def without(protection: str, deed: Callable[[], Any]) -> Callable[[], Any]:
    """The deed with a part cut out of its SQL: the negative control of a lock."""

    def cut(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        return execute(re.sub(protection, "", sql), params, many, context)

    def unprotected() -> Any:
        with connection.execute_wrapper(cut):
            return deed()

    return unprotected


ROW_LOCK = " FOR UPDATE.*"
