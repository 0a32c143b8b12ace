"""What a production site refuses to start on: servers that could lose what was acknowledged or write
ballots into a log, and a place for the keys of elections where they would be lost or read.
"""

import tempfile
from pathlib import Path

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from redis.exceptions import RedisError

# What config/roles.sql sets for the role that serves pages: no ballot in the server's log.
SILENT = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "track_activities": "off",
}


def refuse_unsafe_servers() -> list[str]:
    """Raise ImproperlyConfigured where the servers could lose what was acknowledged, or log ballots.

    Returns warnings: an unreachable broker delays work and loses nothing. A database that is away
    is left to the process to wait for.
    """
    try:
        with connection.cursor() as cursor:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                cursor.execute("SELECT current_setting(%s)", [setting])
                if (cursor.fetchone() or ("",))[0] in ("off", "local"):
                    raise ImproperlyConfigured(
                        f"PostgreSQL runs with {setting} off: it would forget acknowledged ballots "
                        "in a crash. Turn it on (for the role and the database too), then start again."
                    )
            _refuse_talkative_log(cursor)
    except OperationalError as error:
        return [f"PostgreSQL does not answer: {error}"]
    return _refuse_evicting_broker()


def _refuse_talkative_log(cursor: CursorWrapper) -> None:
    for setting, silent in SILENT.items():
        cursor.execute("SELECT current_setting(%s)", [setting])
        found = (cursor.fetchone() or ("",))[0]
        if found != silent:
            raise ImproperlyConfigured(
                f"PostgreSQL runs with {setting} = {found} for the role of the site: its log could "
                f"come to hold ballots. It must be {silent}: run config/roles.sql again as superuser."
            )


def is_in_source(folder: Path) -> bool:
    """Whether a folder lies in the checkout, where a new version, or an image, would take it along."""
    return folder.resolve().is_relative_to(settings.BASE_DIR)


def refuse_unsafe_keys(folder: Path) -> list[str]:
    """Raise ImproperlyConfigured where keys of elections would be lost, or none could be made.

    Returns a warning where other accounts of the machine may look into the folder.
    """
    if is_in_source(folder):
        raise ImproperlyConfigured(
            f"KEYS_DIR is {folder}, inside the source of the site, and the next version would lose "
            "the keys of open votes. Name a folder that stays, on a disk that is backed up."
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            others = folder.stat().st_mode & 0o077
    except OSError as error:
        raise ImproperlyConfigured(
            f"KEYS_DIR is {folder}, where no key can be written ({error.strerror}): no election "
            "could be frozen. Make the folder, and give it to the account of the site alone."
        ) from error
    if others:
        return [
            f"Other accounts may look into {folder}, where the keys of elections lie: chmod 700."
        ]
    return []


def _refuse_evicting_broker() -> list[str]:
    try:
        server = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)
        policy = server.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
    except (RedisError, OSError) as error:
        return [f"The broker does not answer, work will be late: {error}"]
    if policy != "noeviction":
        raise ImproperlyConfigured(
            f"The Redis server evicts keys ({policy}): it would throw away queued work when memory is "
            "short. Set maxmemory-policy noeviction, then start again."
        )
    return []
