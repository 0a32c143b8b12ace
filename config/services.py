"""PostgreSQL and Valkey for the demo and the tests, unless the environment names others."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from config.postgres import OWNER, WEB, Postgres, find_programs
from config.preflight import VAR, Lock, Problem, already_running
from config.processes import Account
from config.valkey import Valkey, find_program

# Where root keeps what the unprivileged account could not reach inside the checkout.
SYSTEM_STATE = Path("/var/lib/commonpurse")
ELSEWHERE = "data-lies-in"  # the file that says so; config.reset reads it
DATABASES_PER_WORKER = 4
LONGEST_SOCKET_FOLDER = 60


def choose_account() -> Account:
    """Return who runs the servers: PostgreSQL refuses root, so root hands them to nobody."""
    if os.geteuid() != 0:
        return Account()
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


class Services:
    """The servers the site needs, on unix sockets, with their data below one folder.

    `ephemeral` trades durability for speed and is for tests: what it writes is thrown away.
    """

    def __init__(self, base: Path = VAR / "services", ephemeral: bool = False) -> None:
        self.base = base.resolve()
        self.ephemeral = ephemeral
        self.account = choose_account()
        self.data = self.base
        self.seconds: dict[str, float] = {}
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self._lock = Lock(self.base / "lock")
        self._sockets: Path | None = None

    def start(self) -> Self:
        """Start what the environment does not already name."""
        self.base.mkdir(parents=True, exist_ok=True)
        if not self._lock.take():
            raise Problem(already_running(self._lock.path))
        self._lock.note(f"process {os.getpid()}")
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop both servers, the queue first, and leave nothing behind but the data."""
        began = time.monotonic()
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()
        self.valkey = self.postgres = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
        if self.ephemeral:
            shutil.rmtree(self.base, ignore_errors=True)
        self._lock.give_back()
        self.seconds["stop"] = time.monotonic() - began

    def note(self, text: str) -> None:
        """Tell a second start who has the data."""
        self._lock.note(text)

    def environ(self, test: bool = False) -> dict[str, str]:
        """Return the addresses of what was started; nothing for what the environment names."""
        found: dict[str, str] = {}
        if self.postgres and test:
            found["DATABASE_URL"] = self.postgres.url(OWNER)
        elif self.postgres:
            found["DATABASE_OWNER_URL"] = self.postgres.url(OWNER)
            found["DATABASE_URL"] = self.postgres.url(WEB)
        if self.valkey:
            found["REDIS_URL"] = self.valkey.url()
        return found

    def alive(self) -> bool:
        """Tell whether everything that was started still runs."""
        return all(server.alive() for server in (self.postgres, self.valkey) if server)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _start(self) -> None:
        wants_postgres = not os.environ.get("DATABASE_URL")
        wants_valkey = not os.environ.get("REDIS_URL")
        if not (wants_postgres or wants_valkey):
            return
        self.data = self._choose_data()
        sockets = self._make_sockets()
        logs = self.base / "log"
        logs.mkdir(exist_ok=True)
        if wants_postgres:
            began = time.monotonic()
            programs = self._reachable(find_programs().parent) / "bin"
            self.postgres = Postgres(
                programs=programs,
                data=self.data / "postgres",
                sockets=sockets / "pg",
                log=logs / "postgres.log",
                account=self.account,
                ephemeral=self.ephemeral,
            )
            self.postgres.start()
            self.seconds["postgres"] = time.monotonic() - began
        if wants_valkey:
            began = time.monotonic()
            program = find_program()
            self.valkey = Valkey(
                program=self._reachable(program.parent) / program.name,
                data=self.data / "valkey",
                sockets=sockets / "vk",
                log=logs / "valkey.log",
                account=self.account,
                ephemeral=self.ephemeral,
            )
            self.valkey.start()
            self.seconds["valkey"] = time.monotonic() - began

    def _choose_data(self) -> Path:
        """Return where the data lies: below the base, or where the account can reach it."""
        self.base.chmod(stat.S_IMODE(self.base.stat().st_mode) | 0o711)
        if self._may_enter(self.base):
            return self.base
        if self.ephemeral:
            raise Problem(f"{self.base} cannot be entered by the account that runs PostgreSQL.")
        return self._elsewhere()

    def _make_sockets(self) -> Path:
        """Return a short folder: the path of a unix socket has room for about 100 bytes."""
        place = Path(tempfile.gettempdir())
        if len(str(place)) > LONGEST_SOCKET_FOLDER:
            place = Path("/tmp")  # noqa: S108 - what is made in it is ours alone
        # The same name at each start, so that a kill -9 leaves one folder and not many.
        key = hashlib.sha256(str(self.base).encode()).hexdigest()[:8]
        folder = place / f"cp-{os.geteuid()}-{key}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:  # somebody else's: take a name that nobody could foresee
            folder = Path(tempfile.mkdtemp(prefix="cp-", dir=place))
        self._sockets = folder
        if self.account.uid is not None:
            folder.chmod(0o711)  # the account passes through to its own folders
        return folder

    def _may_enter(self, folder: Path) -> bool:
        if self.account.uid is None:
            return True
        probe = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        options = self.account.options()
        return subprocess.run(probe, cwd="/", stderr=subprocess.DEVNULL, **options).returncode == 0

    def _reachable(self, tree: Path) -> Path:
        """Return the folder of programs, or a copy of it where the account can run them."""
        if self._may_enter(tree):
            return tree
        package = tree.parent  # the libraries a wheel brings lie beside its package
        libraries = package.with_name(package.name + ".libs")
        target = (self.base if self.ephemeral else self._elsewhere()) / "programs" / package.name
        copy, whole = target / package.name / tree.name, target / "copied-from"
        origin = f"{tree} {tree.stat().st_mtime_ns}"
        if not whole.exists() or whole.read_text() != origin:
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(tree, copy, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, target / libraries.name, symlinks=True)
            for path in (target.parent, target, *target.rglob("*")):
                if not path.is_symlink():  # a private umask would lock the account out again
                    mode = path.stat().st_mode
                    path.chmod(stat.S_IMODE(mode) | (0o555 if mode & 0o100 else 0o444))
            whole.write_text(origin)
        return copy

    def _elsewhere(self) -> Path:
        """Return a folder of root's that others may pass through but not list or change."""
        folder = SYSTEM_STATE / hashlib.sha256(str(self.base).encode()).hexdigest()[:12]
        for part in (SYSTEM_STATE, folder):
            part.mkdir(mode=0o711, parents=True, exist_ok=True)
            if part.is_symlink() or part.stat().st_uid != os.geteuid():
                raise Problem(f"{part} belongs to somebody else; remove it and try again.")
            part.chmod(0o711)
        (self.base / ELSEWHERE).write_text(f"{folder}\n")
        return folder


def temporary() -> Services:
    """Return ephemeral services in a new folder that goes when they stop."""
    sweep()
    return Services(Path(tempfile.mkdtemp(prefix="cp-test-")), ephemeral=True)


def sweep() -> None:
    """Delete the folders of test runs that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob("cp-test-*"):
        lock = Lock(folder / "lock")
        if folder.stat().st_uid == os.geteuid() and lock.path.exists() and lock.take():
            shutil.rmtree(folder, ignore_errors=True)
            lock.give_back()


def redis_url_of_worker(url: str, worker: int) -> str:
    """Return the address of this test worker's own databases, so that no other takes its tasks."""
    head, separator, database = url.rpartition("=" if "db=" in url else "/")
    first = int(database) if database.isdigit() else 0
    if not database.isdigit():
        head, separator = url.rstrip("/"), "/"
    return f"{head}{separator}{first + DATABASES_PER_WORKER * (worker + 1)}"
