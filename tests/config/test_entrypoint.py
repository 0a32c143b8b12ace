"""The container's entrypoint, run as it is in production, against the embedded servers."""

import os
import socket
import subprocess
import sys
import time

import pytest

from config.entrypoint import command, healthy, wait_for_database
from config.offline import ENVIRONMENT as PRODUCTION
from config.preflight import ROOT
from tests.config.test_services import base, hold  # noqa: F401 - fixtures


def free_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return str(holder.getsockname()[1])


@pytest.fixture
def production(hold, tmp_path):  # noqa: F811 - pytest hands in the fixture imported above by its name
    """Settings of a production site on durable servers: it refuses those that forget."""
    holder = hold()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **PRODUCTION,
        **holder.about["environ"],
        "ALLOWED_HOSTS": "commonpurse.example.org",
        "KEYS_DIR": str(tmp_path),
        "HOST": "127.0.0.1",
        "PORT": free_port(),
        "WEB_WORKERS": "1",
        "WEB_THREADS": "2",
        "WORKER_CONCURRENCY": "1",
        "LOG_LEVEL": "INFO",
    }


@pytest.fixture
def start(production, tmp_path):
    running = []

    def run(role, *options, without=()):
        log = (tmp_path / f"{role}.log").open("w+")
        environment = {name: value for name, value in production.items() if name not in without}
        process = subprocess.Popen(
            [sys.executable, "-m", "config.entrypoint", role, *options],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        running.append((process, log))
        return process, lambda: (tmp_path / f"{role}.log").read_text()

    yield run
    for process, log in running:
        process.terminate()
        process.wait(30)
        log.close()


def wait_for(condition, process, said, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, said()
        assert time.monotonic() < deadline, said()
        time.sleep(0.1)


def test_a_production_site_starts_answers_and_ends(production, start):
    prepare, said = start("prepare")
    assert prepare.wait(120) == 0, said()

    web, web_said = start("web", without=["DATABASE_OWNER_URL"])
    worker, worker_said = start("worker", without=["DATABASE_OWNER_URL"])
    wait_for(lambda: healthy(production), web, web_said)
    wait_for(lambda: " ready." in worker_said(), worker, worker_said)

    asked = subprocess.run(
        [sys.executable, "-m", "config.entrypoint", "healthy"], cwd=ROOT, env=production
    )
    assert asked.returncode == 0

    for process, words in ((web, web_said), (worker, worker_said)):
        process.terminate()
        assert process.wait(30) == 0, words()
    assert not healthy(production)
    asked = subprocess.run(
        [sys.executable, "-m", "config.entrypoint", "healthy"], cwd=ROOT, env=production
    )
    assert asked.returncode == 1


def test_a_database_that_never_answers_is_said_after_a_bounded_time():
    began = time.monotonic()
    with pytest.raises(SystemExit, match="did not let us in within 1 seconds"):
        wait_for_database(f"postgres://me@127.0.0.1:{free_port()}/none", patience=1)
    assert time.monotonic() - began < 10


def test_no_database_and_an_unknown_role_are_said():
    for role, environment, words in (
        ("web", {}, "DATABASE_URL is not set"),
        (
            "websocket",
            {"DATABASE_URL": "postgres://me@db/none"},
            "none of web, worker, counter, beat",
        ),
        ("", {}, "none of web, worker, counter, beat"),
    ):
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        asked = subprocess.run(
            [sys.executable, "-m", "config.entrypoint", role],
            cwd=ROOT,
            env={**kept, **environment},
            capture_output=True,
            text=True,
        )
        assert asked.returncode == 1
        assert words in asked.stderr
        assert "Traceback" not in asked.stderr


def test_the_size_comes_from_the_environment():
    web = command("web", {"WEB_WORKERS": "7", "WEB_THREADS": "3", "HOST": "::", "PORT": "81"})
    assert [web[web.index(option) + 1] for option in ("--workers", "--threads")] == ["7", "3"]
    assert web[web.index("--bind") + 1] == "[::]:81"
    worker = command("worker", {"WORKER_CONCURRENCY": "9"})
    assert worker[worker.index("--concurrency") + 1] == "9"
