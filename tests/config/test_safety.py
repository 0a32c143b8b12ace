"""A production site refuses servers and settings that could lose or give away what it holds."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from django.conf import settings as site
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.core.checks import ERROR
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections

from config import postgres, safety, testing
from config.cache import ForgivingRedisCache
from config.checks import keys_lie_outside_the_source
from config.postgres import DATABASE, OWNER, SUPERUSER, WEB
from config.safety import refuse_unsafe_keys, refuse_unsafe_servers
from config.services import Services
from tests.factories import PASSWORD

KEY = "0123456789" * 5
COMMIT = "synchronous_commit"


@pytest.fixture(scope="module")
def durable() -> Iterator[Services]:
    """Servers as a production site has them; those of the tests are fast and forgetful."""
    folder = Path(tempfile.mkdtemp(prefix="cp-held-"))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("DATABASE_URL")
        patched.delenv("REDIS_URL")
        # Nothing on the command line, so that a test may change what the server begins with.
        patched.setattr(postgres, "DURABLE", {})
        try:
            services = Services(folder).start()
        except BaseException:
            shutil.rmtree(folder)
            raise
    yield services
    services.stop()
    shutil.rmtree(folder, ignore_errors=True)


def session_of(services: Services, role: str) -> Any:
    assert services.postgres
    host = str(services.postgres.sockets)
    session = psycopg2.connect(dbname=DATABASE, user=role, host=host)
    session.autocommit = True
    return session


def setting_of(services: Services, name: str) -> str:
    """What a connection of the web role finds that is opened now."""
    with contextlib.closing(session_of(services, WEB)) as session, session.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])


@pytest.fixture
def servers(db, durable, settings, monkeypatch) -> Iterator[Services]:
    """The durable servers, asked by the web role over a connection that is not yet open."""
    other = connections["default"].copy()
    host = str(durable.postgres.sockets)
    other.settings_dict |= {"NAME": DATABASE, "USER": WEB, "HOST": host}
    monkeypatch.setattr(safety, "connection", other)
    settings.REDIS_URL = durable.valkey.url()
    yield durable
    other.close()


@pytest.fixture
def order(servers) -> Iterator[Callable[[str, str], None]]:
    """Tell the database server something as its superuser, and take it back after the test."""
    undone = []
    with contextlib.closing(session_of(servers, SUPERUSER)) as session, session.cursor() as cursor:

        def tell(statement: str, undo: str) -> None:
            undone.append(undo)
            cursor.execute(statement)

        yield tell
        for undo in undone:
            cursor.execute(undo)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_durable_servers_are_accepted_without_a_word(servers):
    assert refuse_unsafe_servers() == []


def test_what_is_fast_and_forgetful_is_refused(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        if cursor.fetchone() == ("on",):
            pytest.skip("these tests were given a durable server")
    with pytest.raises(ImproperlyConfigured, match="runs with fsync off"):
        refuse_unsafe_servers()


@pytest.mark.parametrize("value", ["off", "local"])
@pytest.mark.parametrize(
    "whose", [f"ROLE {WEB}", f"DATABASE {DATABASE}", f"ROLE {WEB} IN DATABASE {DATABASE}"]
)
def test_a_commit_that_does_not_wait_is_refused_wherever_it_was_set(servers, order, whose, value):
    order(f"ALTER {whose} SET {COMMIT} = {value}", f"ALTER {whose} RESET {COMMIT}")
    with pytest.raises(ImproperlyConfigured, match=f"{COMMIT} off: it would forget"):
        refuse_unsafe_servers()


@pytest.mark.parametrize(
    ("whose", "value"), [(f"ROLE {OWNER}", "off"), (f"ROLE {WEB}", "remote_apply")]
)
def test_a_commit_that_waits_for_the_disk_is_accepted(servers, order, whose, value):
    order(f"ALTER {whose} SET {COMMIT} = {value}", f"ALTER {whose} RESET {COMMIT}")
    assert refuse_unsafe_servers() == []


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
def test_a_server_that_a_crash_would_damage_is_refused(servers, order, name):
    order(f"ALTER SYSTEM SET {name} = off", f"ALTER SYSTEM RESET {name}")
    order("SELECT pg_reload_conf()", "SELECT pg_reload_conf()")
    wait_for(lambda: setting_of(servers, name) == "off")
    try:
        with pytest.raises(ImproperlyConfigured, match=f"runs with {name} off"):
            refuse_unsafe_servers()
    finally:
        order(f"ALTER SYSTEM RESET {name}", "SELECT 1")
        order("SELECT pg_reload_conf()", "SELECT 1")
        wait_for(lambda: setting_of(servers, name) == "on")


TALKATIVE = {
    "log_statement": "mod",
    "log_min_error_statement": "error",
    "log_min_duration_statement": "1000",
    "log_min_duration_sample": "0",
    "log_transaction_sample_rate": "0.1",
    "log_parameter_max_length_on_error": "-1",
    "log_error_verbosity": "default",
    "track_activities": "on",
}


@pytest.mark.parametrize("name", safety.SILENT)
def test_a_server_whose_log_could_come_to_hold_ballots_is_refused(servers, order, name):
    whose = f"ROLE {WEB} IN DATABASE {DATABASE}"
    order(f"ALTER {whose} SET {name} = '{TALKATIVE[name]}'", f"ALTER {whose} RESET {name}")
    with pytest.raises(
        ImproperlyConfigured, match=f"{name} = .*its log could come to hold ballots"
    ):
        refuse_unsafe_servers()


@pytest.fixture
def policy(servers) -> Iterator[Callable[[str], object]]:
    queue = redis.Redis.from_url(servers.valkey.url())
    yield lambda name: queue.config_set("maxmemory-policy", name)
    queue.config_set("maxmemory-policy", "noeviction")
    queue.close()


@pytest.mark.parametrize("name", ["allkeys-lru", "volatile-ttl"])
def test_a_queue_that_throws_work_away_is_refused(policy, name):
    policy(name)
    with pytest.raises(ImproperlyConfigured, match=rf"evicts keys \({name}\)"):
        refuse_unsafe_servers()


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address at which nobody listens, and nobody else can begin to."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{closed.getsockname()[1]}"


def test_a_queue_that_does_not_answer_is_a_warning(servers, settings, nobody):
    settings.REDIS_URL = f"redis://{nobody}/0"
    (warning,) = refuse_unsafe_servers()
    assert warning.startswith("The broker does not answer, work will be late: ")
    assert nobody in warning


def test_a_database_that_does_not_answer_is_a_warning(servers, nobody):
    host, _colon, port = nobody.partition(":")
    safety.connection.settings_dict |= {"HOST": host, "PORT": port}  # type: ignore[attr-defined]  # a proxy
    (warning,) = refuse_unsafe_servers()
    assert warning.startswith("PostgreSQL does not answer: ")


def environment_of(**told: str) -> dict[str, str]:
    """The environment of a production site, on no servers unless they are told."""
    nowhere = {
        "DATABASE_URL": "postgres://nobody@/none",
        "REDIS_URL": "redis://none",
        "KEYS_DIR": tempfile.gettempdir(),
    }
    production = {**testing.test_environment(), "TESTING": "0", "LOG_LEVEL": "INFO"}
    return {"PATH": os.environ["PATH"], **production, **nowhere, **told}


def run(*command: str, **environment: str) -> tuple[int, str]:
    """Exit status and last line of a process in this environment and no other."""
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=site.BASE_DIR,
        env=environment_of(**environment),
        capture_output=True,
        text=True,
    )
    return ended.returncode, (ended.stderr.strip().splitlines() or [""])[-1]


def urls(servers: Services) -> dict[str, str]:
    assert servers.postgres
    assert servers.valkey
    return {"DATABASE_URL": servers.postgres.url(WEB), "REDIS_URL": servers.valkey.url()}


def test_a_production_web_server_does_not_start_on_them(servers, order):
    order(f"ALTER ROLE {WEB} SET {COMMIT} = off", f"ALTER ROLE {WEB} RESET {COMMIT}")
    status, said = run("-c", "import config.wsgi", **urls(servers))
    assert status == 1
    assert "ImproperlyConfigured: PostgreSQL runs with synchronous_commit off" in said


def test_a_production_worker_does_not_start_on_them(servers, order):
    order(f"ALTER ROLE {WEB} SET {COMMIT} = off", f"ALTER ROLE {WEB} RESET {COMMIT}")
    said = until_ready(**urls(servers))
    assert "PostgreSQL runs with synchronous_commit off" in "".join(said)
    assert not said[-1].endswith(" ready.\n")


def test_a_production_worker_starts_on_durable_servers(servers):
    assert until_ready(**urls(servers))[-1].endswith(" ready.\n")


def until_ready(**environment: str) -> list[str]:
    """What a worker says until it ends by itself, or is ready and is ended."""
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "config", "worker"),
            "--pool=solo",
            "--loglevel=INFO",
        ],
        cwd=site.BASE_DIR,
        env=environment_of(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    assert worker.stdout
    for line in worker.stdout:
        said.append(line)
        if line.endswith(" ready.\n"):
            break
    worker.terminate()
    worker.communicate(timeout=30)
    return said


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder


def test_a_production_web_server_starts_on_durable_servers(servers, keys):
    assert run("-c", "import config.wsgi", KEYS_DIR=str(keys), **urls(servers)) == (0, "")


def test_a_production_web_server_does_not_start_with_keys_in_its_source(servers):
    for folder in ("", str(site.BASE_DIR / "var" / "keys")):
        status, said = run("-c", "import config.wsgi", KEYS_DIR=folder, **urls(servers))
        assert status == 1
        assert "var/keys, inside the source of the site" in said


def test_keys_that_cannot_be_written_are_refused(keys):
    missing = keys / "missing"
    with pytest.raises(ImproperlyConfigured, match=r"No such file or directory.*no election"):
        refuse_unsafe_keys(missing)
    missing.write_text("a file")
    with pytest.raises(ImproperlyConfigured, match="Not a directory"):
        refuse_unsafe_keys(missing)
    if os.geteuid():  # root writes everywhere
        keys.chmod(0o500)
        with pytest.raises(ImproperlyConfigured, match="Permission denied"):
            refuse_unsafe_keys(keys)
        keys.chmod(0o700)


def test_a_folder_of_keys_that_others_may_look_into_is_a_warning(keys):
    assert refuse_unsafe_keys(keys) == []
    keys.chmod(0o750)
    (warning,) = refuse_unsafe_keys(keys)
    assert "Other accounts may look into" in warning
    assert list(keys.iterdir()) == []


def test_a_link_into_the_source_is_inside_it(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(site.BASE_DIR / "docs")
    with pytest.raises(ImproperlyConfigured, match="inside the source"):
        refuse_unsafe_keys(link)


def test_the_deployment_check_finds_keys_in_the_source(settings, keys):
    settings.KEYS_DIR = keys
    assert keys_lie_outside_the_source() == []
    settings.KEYS_DIR = site.BASE_DIR / "keys"
    (error,) = keys_lie_outside_the_source()
    assert (error.id, error.level) == ("config.E003", ERROR)


HTTPS = {"SITE_URL": "https://commonpurse.example"}


@pytest.mark.parametrize(
    ("environment", "refusal"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or shorter than 50 characters"),
        ({"SECRET_KEY": KEY[:-1]}, "SECRET_KEY is missing or shorter than 50 characters"),
        *(
            ({name: "1", **real}, "DEMO, TESTING and DEBUG open doors that a real site keeps shut")
            for name in ("DEMO", "TESTING", "DEBUG")
            for real in ({"SECURE_PROXY": "1"}, HTTPS)
        ),
        ({"SECRET_KEY": KEY}, None),
        ({"DEMO": "1", "DEBUG": "1"}, None),
        ({"SECURE_PROXY": "1", **HTTPS}, None),
    ],
)
def test_settings_that_would_give_the_site_away_are_refused(environment, refusal):
    status, said = run("-c", "import config.settings", **environment)
    if refusal:
        assert status == 1
        assert f"ImproperlyConfigured: {refusal}" in said
    else:
        assert (status, said) == (0, "")


@pytest.fixture
def away(nobody) -> ForgivingRedisCache:
    return ForgivingRedisCache(f"redis://{nobody}/0", {})


CALLS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "get": (lambda cache: (cache.get("a"), cache.get("a", 7)), (None, 7)),
    "set": (lambda cache: cache.set("a", 1, 60), None),
    "add": (lambda cache: cache.add("a", 1), True),
    "incr": (lambda cache: cache.incr("a"), 1),
    "touch": (lambda cache: cache.touch("a"), False),
    "delete": (lambda cache: cache.delete("a"), False),
    "has_key": (lambda cache: ("a" in cache, cache.has_key("a")), (False, False)),
    "get_many": (lambda cache: cache.get_many(["a", "b"]), {}),
    "set_many": (lambda cache: cache.set_many({"a": 1}), []),
    "delete_many": (lambda cache: cache.delete_many(["a"]), None),
    "clear": (lambda cache: cache.clear(), None),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_cache_that_is_away_holds_nothing_and_fails_nothing(away, name):
    call, answer = CALLS[name]
    assert call(away) == answer


def test_a_cache_that_is_away_computes_what_it_is_asked_to_keep(away):
    assert away.get_or_set("a", lambda: 7) == 7


def test_every_call_of_the_cache_is_tried_above():
    offered = {name for name in vars(RedisCache) if not name.startswith("_")}
    assert offered - {"get_backend_timeout"} == set(CALLS)


def test_a_cache_that_answers_answers_as_ever(db):
    cache.clear()
    assert cache.add("a", 1)
    assert not cache.add("a", 2)
    assert (cache.incr("a"), cache.get("a"), cache.touch("a")) == (2, 2, True)
    assert cache.set_many({"b": 3}) == []
    assert cache.get_many(["a", "b", "c"]) == {"a": 2, "b": 3}
    assert (cache.delete("a"), "a" in cache) == (True, False)
    cache.delete_many(["b"])
    assert cache.get("b") is None
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_people_sign_in_while_the_cache_is_away(client, ada, settings, nobody):
    (known,) = settings.CACHES.values()
    settings.CACHES = {"default": {**known, "LOCATION": f"redis://{nobody}/0"}}
    cache.set("a", 1)
    assert cache.get("a") is None
    assert client.get("/health/ready").json()["status"] == "ok"
    page = client.get("/en/account/login/")
    assert page.status_code == 200
    client.post("/en/account/login/", {"login": "ada@example.org", "password": "wrong"})
    assert "_auth_user_id" not in client.session
    client.post("/en/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(ada.pk)
