"""The whole site with sample data on this machine, from one command: `python -m config.demo`."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from config import preflight
from config.entrypoint import healthy
from config.preflight import ROOT, VAR, Problem, say, step
from config.processes import dies_with_us, end, last_lines, launch, wait_until
from config.services import Services

LOGS = VAR / "log"
ENVIRONMENT_FILE = VAR / "demo.env"
PEOPLE = VAR / "people.txt"
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
READY_SECONDS = 90
# The order they are stopped in: first what brings new work, last what people look at.
ROLES = ("beat", "counter", "worker", "web")


class Stopped(BaseException):
    """Somebody asked us to end."""


def stop_on_signals() -> None:
    """Turn the first signal into Stopped and ignore the next, so that the stop is a whole one."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        for each in STOPS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in STOPS:
        signal.signal(each, stop)


def secret_key(path: Path = VAR / "secret-key") -> str:
    """Return the key of this checkout, made at the first start and kept."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(60))
    return path.read_text().strip()


def environment(host: str, port: str, services: Services) -> dict[str, str]:
    """Return the settings of the demo: nothing of an .env file's production settings holds."""
    name = "localhost" if host in (*LOOPBACK, "0.0.0.0", "::") else host  # noqa: S104 - compared
    hosts = ["localhost", "127.0.0.1", "[::1]", host] if host in LOOPBACK else ["*"]
    return {
        **os.environ,
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL", ""),
        **services.environ(),
        "DEMO": "1",
        "DEBUG": "0",
        "TESTING": "0",
        "SECURE_PROXY": "0",
        "SITE_URL": f"http://{name}:{port}",
        "ALLOWED_HOSTS": ",".join(hosts),
        "CSRF_TRUSTED_ORIGINS": "",
        "KEYS_DIR": "",  # var/keys, which make reset deletes with the elections
        "MEDIA_DIR": "",
        "BOARD_DIR": "",
        "SECRET_KEY": secret_key(),
        "HOST": host,
        "PORT": port,
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
        "PYTHONUNBUFFERED": "1",
    }


def refuse_production(given: Mapping[str, str]) -> None:
    """The demo lets anyone sign in as anyone: it does not start where a real site is configured."""
    is_https = urlsplit(given.get("SITE_URL", "").strip()).scheme == "https"
    if is_https or given.get("SECURE_PROXY", "").lower() in ("1", "true", "yes", "on"):
        raise Problem(
            "the environment holds the settings of a production site (SECURE_PROXY or an https "
            "SITE_URL). The demo lets anyone sign in as anyone; unset them to run it."
        )


def chosen_election(given: Mapping[str, str]) -> list[str]:
    """Return the file that `make demo ELECTION=FILE.pb` named, if it did."""
    named = given.get("ELECTION", "").strip()
    return [str(Path(named).expanduser().absolute())] if named else []


class Site:
    """The processes of the site: web server, workers and beat."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = settings
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def fill(self) -> str:
        """Bring the database up to date and fill it; return what there is and where to begin."""
        process = subprocess.Popen(
            [sys.executable, "-m", "config.demo_data", str(PEOPLE), *chosen_election(os.environ)],
            cwd=ROOT,
            env=self.settings,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dies_with_us(signal.SIGTERM),
        )
        try:
            process.wait()
        except BaseException:
            end(process, signal.SIGTERM, 5)
            raise
        if process.returncode:
            raise Problem("the sample data could not be made; what was said stands above.")
        return PEOPLE.read_text()

    def begin(self, role: str, *options: str) -> None:
        """Start the process of a role with a fresh log; the log before it is kept."""
        log = LOGS / f"{role}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        command = [sys.executable, "-m", "config.entrypoint", role, *options]
        self.running[role] = launch(command, log, cwd=ROOT, env=self.settings)

    def dead(self) -> str | None:
        """Return the role of a process that ended by itself."""
        return next((role for role, one in self.running.items() if one.poll() is not None), None)

    def require_alive(self) -> None:
        """Fail with the last words of a process that ended by itself."""
        role = self.dead()
        if role:
            log = LOGS / f"{role}.log"
            raise Problem(f"the {role} process ended. The end of {log}:\n{last_lines(log)}")

    def end_all(self) -> None:
        """Ask all to end, then wait for each."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for role in ROLES:
            if role in self.running:
                end(self.running.pop(role), signal.SIGTERM, 15)


def start(site: Site) -> str:
    """Bring the site up on running services; return what there is and where to begin."""
    # It loads while the database is filled, and is asked only then. In production each of its
    # processes asks the servers first; here one load serves them all.
    site.begin("web", "--preload")
    people = site.fill()
    with step("web server, workers and beat"):
        schedule = VAR / "beat"
        schedule.mkdir(exist_ok=True)
        site.begin("worker")
        site.begin("counter")
        site.begin("beat", "--schedule", str(schedule / "schedule"))
        up = wait_until(
            lambda: healthy(site.settings), READY_SECONDS, lambda: site.dead() is not None
        )
        site.require_alive()
        if not up:
            log = LOGS / "web.log"
            raise Problem(
                f"the web server was not ready after {READY_SECONDS} seconds. "
                f"The end of {log}:\n{last_lines(log)}"
            )
    return people


def welcome(settings: dict[str, str], people: str, services: Services, seconds: float) -> None:
    """Say where the site is, what it shows and how to begin."""
    is_here = settings["HOST"] in LOOPBACK
    hint = "   (use this name, not 127.0.0.1: passkeys refuse addresses)" if is_here else ""
    say(f"\nCommonpurse is running: {settings['SITE_URL']}/{hint}")
    say(people.rstrip())
    say("Ctrl-C stops it; `make demo` again continues where you were; `make reset` starts over.")
    say(f"\nUp in {seconds:.0f} s. Data: {services.data}   logs: {LOGS}   mail: {VAR / 'mail'}")
    if services.data != services.base:
        say(
            "(The data lies there because PostgreSQL, which refuses root, cannot enter this folder.)"
        )
    if not is_here:
        say("Anyone who reaches this machine can sign in as anyone: use it among friends only.")


@contextlib.contextmanager
def described(settings: dict[str, str], own: dict[str, str]) -> Iterator[None]:
    """Keep the settings in a file while the demo runs, for manage.py in another terminal."""
    changed = {key: value for key, value in settings.items() if own.get(key) != value}
    ENVIRONMENT_FILE.unlink(missing_ok=True)
    descriptor = os.open(ENVIRONMENT_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"{key}='{value}'\n" for key, value in sorted(changed.items()))
    try:
        yield
    finally:
        ENVIRONMENT_FILE.unlink(missing_ok=True)


def run(host: str, port: str) -> None:
    """Start everything, then watch it until somebody ends it or something ends by itself."""
    began = time.monotonic()
    refuse_production(os.environ)
    preflight.require_not_running()
    preflight.require_port(host, port)
    for folder in (LOGS, VAR / "static"):  # whitenoise warns of a folder that is not there
        folder.mkdir(parents=True, exist_ok=True)
    say(f"Starting Commonpurse on {host} port {port}")
    services = Services()
    with contextlib.ExitStack() as stack:
        with step("PostgreSQL and Valkey"):
            stack.enter_context(services)
        services.note(f"process {os.getpid()}, http://{host}:{port}/")
        settings = environment(host, port, services)
        stack.enter_context(described(settings, dict(os.environ)))
        site = Site(settings)
        stack.callback(site.end_all)
        people = start(site)
        welcome(settings, people, services, time.monotonic() - began)
        while services.alive():
            site.require_alive()
            time.sleep(0.5)
        raise Problem(f"a server ended by itself; its log is in {services.base / 'log'}")


def main() -> int:
    """Run the demo and return the exit status: 0 when it was asked to end."""
    stop_on_signals()
    os.umask(0o077)  # logs and mail hold links that sign people in
    began = time.monotonic()
    try:
        run(os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000"))
    except Stopped:
        say(f"\nStopped after {time.monotonic() - began:.0f} s. Everything done is kept.")
        return 0
    except Problem as problem:
        return preflight.exit_with(problem)
    except OSError as error:
        return preflight.exit_with(Problem(f"{error.strerror}: {error.filename}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
