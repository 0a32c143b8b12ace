"""The cache, which may be away without anyone noticing but the operator."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """A cache whose server is down holds nothing and fails nothing: signing in and voting go on."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try(super().get, key, default, version, otherwise=default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try(super().set, *args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try(super().add, *args, **kwargs, otherwise=True))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._try(super().incr, *args, **kwargs, otherwise=1))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try(super().delete, *args, **kwargs, otherwise=False))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try(super().has_key, *args, **kwargs, otherwise=False))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._try(super().touch, *args, **kwargs, otherwise=False))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(self._try(super().get_many, *args, **kwargs, otherwise={}))

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return list(self._try(super().set_many, *args, **kwargs, otherwise=[]))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._try(super().delete_many, *args, **kwargs)

    def clear(self) -> None:
        self._try(super().clear)

    def _try(self, ask: Any, *args: Any, otherwise: Any = None, **kwargs: Any) -> Any:
        try:
            return ask(*args, **kwargs)
        except (RedisError, OSError) as error:
            logger.warning("The cache is away: %s", error)
            return otherwise
