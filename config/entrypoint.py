"""What a container, and the demo, runs: `python -m config.entrypoint web|worker|counter|beat|prepare`.

It waits for the database a bounded time and then becomes the program. `healthy` asks the web
server of the same container whether it is ready, for the container's health check.
"""

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import environ
import psycopg2

PATIENCE_SECONDS = 60
PROGRAMS = Path(sys.executable).parent
# Counts can take minutes; mail, the sweeper and the trail must not wait behind them.
QUEUES = {"worker": "celery", "counter": "counts"}
MANAGE = Path(__file__).resolve().parent.parent / "manage.py"


def command(role: str, environment: Mapping[str, str]) -> list[str]:
    """Return the program of a role, with its options from the environment."""
    level = environment.get("LOG_LEVEL", "INFO")
    if role == "web":
        bind = _address(environment.get("HOST", "127.0.0.1"), environment)
        options = {
            "--bind": bind,
            "--workers": environment.get("WEB_WORKERS", "2"),
            "--threads": environment.get("WEB_THREADS", "4"),
            "--worker-class": "gthread",
            # Heartbeats on a disk that stalls would have healthy workers killed.
            "--worker-tmp-dir": "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp",  # noqa: S108
            "--graceful-timeout": "25",
            "--log-level": level.lower(),
        }
        words = [word for option in options.items() for word in option]
        return ["gunicorn", *words, "--no-control-socket", "config.wsgi:application"]
    if role in QUEUES:
        concurrency = environment.get("WORKER_CONCURRENCY", "2")
        quiet_start = ["--without-gossip", "--without-mingle"]
        celery = ["celery", "-A", "config", "worker", "--concurrency", concurrency]
        own = ["--queues", QUEUES[role], "--hostname", f"{role}@%h"]
        return [*celery, *own, "--loglevel", level, *quiet_start]
    if role == "beat":
        return ["celery", "-A", "config", "beat", "--loglevel", level, "--pidfile="]
    if role == "prepare":
        return ["python", str(MANAGE), "prepare_database"]
    raise SystemExit(f"{role!r} is none of web, worker, counter, beat, prepare, healthy.")


def _address(host: str, environment: Mapping[str, str]) -> str:
    port = environment.get("PORT", "8000")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def wait_for_database(url: str, patience: float = PATIENCE_SECONDS) -> None:
    """Return once the database lets us in; exit with its last refusal when it never does."""
    parts = environ.Env.db_url_config(url)
    address = {
        "dbname": parts["NAME"],
        "user": parts["USER"],
        "password": parts["PASSWORD"],
        "host": parts["HOST"],
        "port": parts["PORT"] or None,
        "connect_timeout": 5,
        **parts.get("OPTIONS", {}),  # ?host=/folder of a unix socket, ?sslmode=require
    }
    deadline = time.monotonic() + patience
    while True:
        try:
            psycopg2.connect(**address).close()
            return
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                raise SystemExit(
                    f"The database did not let us in within {patience:.0f} seconds: {error}"
                ) from error
            time.sleep(0.5)


def healthy(environment: Mapping[str, str], path: str = "/health/ready") -> bool:
    """Tell whether the web server on this machine answers that it is ready."""
    host = environment.get("HOST", "127.0.0.1")
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    allowed = environment.get("ALLOWED_HOSTS", "*").split(",")[0].lstrip(".")
    request = urllib.request.Request(
        f"http://{_address(host, environment)}{path}",
        headers={
            "Host": host if allowed == "*" else allowed,
            "X-Forwarded-Proto": "https" if environment.get("SECURE_PROXY") == "1" else "http",
        },
    )
    try:
        # Past any proxy: the question is for this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def become(role: str, further: list[str], environment: Mapping[str, str]) -> NoReturn:
    """Wait for the database, then turn into the program of the role."""
    program, *rest = command(role, environment)
    owner = environment.get("DATABASE_OWNER_URL") if role == "prepare" else None
    url = owner or environment.get("DATABASE_URL")
    if not url:
        raise SystemExit("DATABASE_URL is not set; .env.example says what it holds.")
    wait_for_database(url)
    path = str(PROGRAMS / program)  # whole, or python would not find its virtual environment
    os.execv(path, [path, *rest, *further])  # noqa: S606


def main(arguments: list[str]) -> int:
    """Do what the first argument names; further arguments are passed on to the program."""
    role, *further = arguments or ["nothing"]
    if role == "healthy":
        return 0 if healthy(os.environ) else 1
    become(role, further, os.environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
