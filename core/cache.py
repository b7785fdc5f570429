"""A cache that is allowed to be away: Redis carries speed, never truth; and JSON, never code."""

import json
from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
AT_MOST = 10_000
"""So many counts a process remembers while Redis is away; beyond that a third of them goes."""


class Json:
    """What is kept in Redis is data: whoever can write there must not get code run here, as pickle would."""

    def dumps(self, value: Any) -> bytes | int:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache. While Redis is away this process remembers by itself, so that limits (of tries to sign in, of calls
    of a key) go on to hold in each process. Nothing of it is told to Redis when that is back."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.meanwhile = LocMemCache("meanwhile", {**params, "OPTIONS": {"MAX_ENTRIES": AT_MOST}})

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._or_here("add", key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._or_here("get", key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._or_here("set", key, value, timeout, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._or_here("delete", key, version))

    def is_there(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._cache.get_client().ping())
        except (RedisError, OSError):
            return False

    def _or_here(self, verb: str, *given: Any) -> Any:
        try:
            return getattr(super(), verb)(*given)
        except (RedisError, OSError) as error:
            log.warning("cache_away", error=str(error))
            return getattr(self.meanwhile, verb)(*given)
