"""What a production site refuses to start on: servers that could lose what was acknowledged."""

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from redis.exceptions import RedisError


def refuse_unsafe_servers() -> list[str]:
    """Raise ImproperlyConfigured where the servers could lose what was acknowledged.

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
    except OperationalError as error:
        return [f"PostgreSQL does not answer: {error}"]
    return _refuse_evicting_broker()


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
