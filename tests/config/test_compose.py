"""The production files: valid, complete, and with no right where it is not needed."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from config.celery import app as celery
from config.entrypoint import QUEUES
from config.preflight import ROOT
from voting.queries import INVENT_TASK

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("migrate", "web", "worker", "counter", "beat")
# Read by the image and the database container only, never by our settings.
CONTAINERS_OWN = {
    "POSTGRES_PASSWORD",
    "POSTGRES_INITDB_ARGS",
    "DATABASE_OWNER_PASSWORD",
    "DATABASE_WEB_PASSWORD",
}
# Set by make test alone, never by a person: config/testing.py.
TESTS_OWN = {"TESTING"}


def example_variables():
    """Return what .env.example sets."""
    text = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^([A-Z][A-Z_]*)=(.*)$", text, re.MULTILINE))


def settings_variables():
    """Return what the settings and the entrypoint read from the environment."""
    settings = (ROOT / "config" / "settings.py").read_text()
    entrypoint = (ROOT / "config" / "entrypoint.py").read_text()
    return set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings)) | set(
        re.findall(r"environment(?:\.get\(|\[)\s*\"([A-Z_]+)\"", entrypoint)
    )


def interpolated():
    """Return the variables that docker-compose.yml takes from .env, with their default or demand."""
    return dict(
        re.findall(r"\$\{([A-Z_]+)(:[-?][^}]*)?\}", (ROOT / "docker-compose.yml").read_text())
    )


def environment(service):
    return COMPOSE["services"][service]["environment"]


def test_the_compose_file_is_valid_by_the_schema_of_compose():
    checked = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"),
            *("--output-format", "json", "docker-compose.yml"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert json.loads(checked.stdout)["status"] == "ok", checked.stdout


def test_every_variable_that_is_read_is_explained_in_the_example():
    read = settings_variables() | set(interpolated())
    assert {"SECRET_KEY", "DATABASE_URL", "WEB_WORKERS"} <= read  # the search finds what it should
    assert read - set(example_variables()) == set()


def test_every_variable_of_the_example_is_read():
    read = settings_variables() | set(interpolated())
    assert set(example_variables()) - read == set()


def test_every_setting_reaches_the_containers():
    given = set().union(*(environment(service) for service in (*OURS, "backup")))
    # HOST is fixed in the image.
    assert settings_variables() - given == {"HOST"} | (TESTS_OWN & settings_variables())


def test_no_container_is_given_what_nobody_reads():
    for service in ("db", "backup", *OURS):
        assert set(environment(service)) <= settings_variables() | CONTAINERS_OWN, service


def test_each_variable_of_the_example_says_what_it_is():
    blocks = re.split(r"\n\s*\n", (ROOT / ".env.example").read_text())
    for block in blocks:
        if re.search(r"^[A-Z]", block, re.MULTILINE):
            assert block.startswith("# "), block


def test_the_example_ships_no_secret_and_demands_them():
    example = example_variables()
    secrets = [name for name in example if re.search(r"SECRET|PASSWORD", name)]
    assert len(secrets) >= 5
    assert [name for name in secrets if example[name]] == []
    demanded = {name for name, default in interpolated().items() if default.startswith(":?")}
    assert {name for name in secrets if not name.startswith("WIKIMEDIA")} <= demanded


def test_only_the_migration_is_given_the_owner_of_the_tables():
    holders = [name for name in OURS if "DATABASE_OWNER_URL" in environment(name)]
    assert holders == ["migrate"]
    for name in OURS:
        assert not {"POSTGRES_PASSWORD", "DATABASE_OWNER_PASSWORD"} & set(environment(name))
        assert "env_file" not in COMPOSE["services"][name]  # that would hand over all of .env
    assert "//commonpurse_web:" in example_variables()["DATABASE_URL"]
    assert "//commonpurse_owner:" in example_variables()["DATABASE_OWNER_URL"]


def mounts(service, volume):
    return [
        one for one in COMPOSE["services"][service].get("volumes", []) if one.startswith(volume)
    ]


def test_only_who_needs_the_keys_of_elections_is_given_them():
    """The web server makes and reads them, the worker reads them for practice; a count needs none."""
    assert {name: mounts(name, "keys:") for name in ("db", "redis", *OURS)} == {
        "web": ["keys:/srv/keys"],
        "worker": ["keys:/srv/keys:ro"],
        **{name: [] for name in ("db", "redis", "migrate", "counter", "beat")},
    }
    assert {environment(name)["KEYS_DIR"] for name in OURS} == {"/srv/keys"}
    assert "keys" in COMPOSE["volumes"]
    assert any("-m 700 /srv/keys" in line for line in stages()[-1])


def test_the_keys_go_where_the_practice_job_is_worked_on():
    queues = celery.conf.task_routes
    assert INVENT_TASK not in queues  # so it is of the queue "celery", which the worker serves
    assert QUEUES == {"worker": "celery", "counter": "counts"}


def test_everything_starts_after_the_migration_and_is_watched():
    for name in ("web", "worker", "counter", "beat"):
        service = COMPOSE["services"][name]
        assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert service["depends_on"]["redis"]["condition"] == "service_healthy"
    migrate = COMPOSE["services"]["migrate"]
    assert migrate["depends_on"]["db"]["condition"] == "service_healthy"
    assert migrate["restart"] == "no"
    for name in set(COMPOSE["services"]) - {"migrate", "backup"}:
        assert COMPOSE["services"][name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_the_queue_forgets_nothing():
    command = COMPOSE["services"]["redis"]["command"]
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_only_the_web_server_listens_and_only_on_loopback():
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["web"]["ports"])


def test_who_holds_the_owner_and_the_keys_together_does_not_stay():
    backup = COMPOSE["services"]["backup"]
    assert (backup["profiles"], backup["restart"]) == (["tools"], "no")
    assert {"ports", "networks"} & set(backup) == set()
    places = [one.partition(":/srv/")[2] for one in backup["volumes"]]
    assert places == ["keys", "media", "board", "backups", "backups-of-keys"]


def test_what_decides_whether_a_restored_database_takes_ballots_is_where_it_is_asked():
    assert {name: mounts(name, "board:") for name in OURS} == {
        "web": ["board:/srv/board:ro"],
        "worker": ["board:/srv/board"],
        **{name: [] for name in ("migrate", "counter", "beat")},
    }


@pytest.mark.parametrize("name", [*OURS, "backup"])
def test_our_containers_have_no_power_over_their_machine(name):
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service


def test_the_database_sorts_as_in_the_tests():
    arguments = environment("db")["POSTGRES_INITDB_ARGS"].split()
    embedded = (ROOT / "config" / "postgres.py").read_text()
    assert {"--locale-provider=builtin", "--builtin-locale=C.UTF-8"} <= set(arguments)
    assert all(f'"{argument}"' in embedded for argument in arguments)
    assert (
        "./config/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro"
        in (COMPOSE["services"]["db"]["volumes"])
    )


def stages():
    """Return the lines of each stage of the Dockerfile."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [part.splitlines() for part in re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]]


def test_the_image_runs_as_an_ordinary_user_from_the_hashed_lock():
    last = stages()[-1]
    users = [line.split()[1] for line in last if line.startswith("USER ")]
    assert users == ["commonpurse"]
    assert not any(
        line.startswith(("RUN", "COPY")) for line in last[last.index("USER commonpurse") :]
    )
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text
    assert "requirements.lock" in text
    assert "npm ci" in text
    assert 'ENTRYPOINT ["python", "-m", "config.entrypoint"]' in last


def test_what_the_image_copies_is_there_and_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", "var", ".venv", "node_modules"} <= set(ignored)
    for stage in stages():
        for line in stage:
            if line.startswith("COPY ") and "--from" not in line:
                for name in line.split()[1:-1]:
                    assert (ROOT / name).exists(), line
                    assert name not in ignored, line


@pytest.mark.parametrize("service", OURS)
def test_each_container_runs_a_role_the_entrypoint_knows(service):
    role = COMPOSE["services"][service]["command"][0]
    assert role == {"migrate": "prepare"}.get(service, service)
