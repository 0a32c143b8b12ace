"""PostgreSQL's own programs that dump and restore, and the address they are given."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.extensions import make_dsn

from config.postgres import find_programs
from config.preflight import Problem

SYSTEM = Path("/usr/lib/postgresql")
# Whoever is signed in stays out of a backup: sessions beside ballots tell who may have cast which.
WITHOUT_ROWS = ("django_session",)


def find_client(name: str, server: int) -> Path:
    """Return pg_dump or pg_restore, of the server's major version or the next newer one there is."""
    found: dict[int, Path] = {}
    for path in _candidates(name):
        if path.exists():
            found.setdefault(version_of(path), path)
    fitting = [version for version in found if version >= server]
    if not fitting:
        have = ", ".join(str(version) for version in sorted(found)) or "none"
        raise Problem(
            f"the server is PostgreSQL {server} and needs a {name} of that version or newer; found: "
            f"{have}. Install the package postgresql-client-{server}, or put {name} in the PATH."
        )
    return found[min(fitting)]


def _candidates(name: str) -> Iterator[Path]:
    if on_path := shutil.which(name):
        yield Path(on_path)
    with suppress(Problem):
        yield find_programs() / name
    for folder in sorted(SYSTEM.glob("*/bin"), reverse=True):
        yield folder / name


def version_of(program: Path) -> int:
    """Return the major version of one of PostgreSQL's programs; 0 where it does not run."""
    asked = subprocess.run([str(program), "--version"], capture_output=True, text=True)
    numbers = re.findall(r"\d+", asked.stdout)
    return int(numbers[0]) if asked.returncode == 0 and numbers else 0


def server_version(database: BaseDatabaseWrapper) -> int:
    """Return the major version of the server."""
    with database.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def address(database: BaseDatabaseWrapper) -> tuple[str, dict[str, str]]:
    """Return where the database is, for --dbname, and an environment with the password in it.

    On a command line everybody on the machine could read the password.
    """
    known: dict[str, Any] = database.get_connection_params()
    keep = ("dbname", "user", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey")
    dsn = make_dsn(**{name: known[name] for name in keep if known.get(name)})
    password = {"PGPASSWORD": str(known["password"])} if known.get("password") else {}
    return dsn, {**os.environ, "LC_ALL": "C", **password}


@contextmanager
def dump(database: BaseDatabaseWrapper, snapshot: str) -> Iterator[IO[bytes]]:
    """The whole database as of an exported snapshot, as a stream; a Problem where it was cut short."""
    dsn, environment = address(database)
    command = [str(find_client("pg_dump", server_version(database))), f"--dbname={dsn}"]
    command += ["--format=custom", f"--snapshot={snapshot}", "--lock-wait-timeout=30s"]
    # Owners and rights are those of the site it is restored into: prepare_database gives them.
    command += ["--no-owner", "--no-privileges", "--no-comments"]
    command += [f"--exclude-table-data={table}" for table in WITHOUT_ROWS]
    with _running(command, environment, stdout=subprocess.PIPE) as process:
        yield cast("IO[bytes]", process.stdout)


def load(database: BaseDatabaseWrapper, pieces: Iterable[bytes]) -> None:
    """Restore a dump into an empty database, whole or not at all."""
    dsn, environment = address(database)
    command = [str(find_client("pg_restore", server_version(database))), f"--dbname={dsn}"]
    command += ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    with _running(command, environment, stdin=subprocess.PIPE) as process:
        stdin = cast("IO[bytes]", process.stdin)
        with suppress(BrokenPipeError):  # it ended by itself, and says why
            for piece in pieces:
                stdin.write(piece)
        with suppress(BrokenPipeError):
            stdin.close()


@contextmanager
def _running(
    command: list[str],
    environment: dict[str, str],
    *,
    stdin: int | None = None,
    stdout: int | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program of PostgreSQL's: killed where we fail, a Problem in its own words where it does."""
    with tempfile.TemporaryFile() as said:  # a pipe that nobody reads meanwhile could fill up
        process = subprocess.Popen(
            command, env=environment, stdin=stdin, stdout=stdout, stderr=said
        )
        try:
            yield process
            process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with suppress(BrokenPipeError):
                        pipe.close()
        if process.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
            raise Problem(f"{Path(command[0]).name} failed: {words}")
