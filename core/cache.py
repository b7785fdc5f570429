"""A cache that is allowed to be away: Redis carries speed, never truth; and JSON, never code."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Json:
    """What is kept in Redis is data: whoever can write there must not get code run here, as pickle would."""

    def dumps(self, value: Any) -> bytes | int:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache; when Redis is away a read is a miss and a write is forgotten."""

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._if_there(partial(super().add, key, value, timeout, version), True)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._if_there(partial(super().get, key, default, version), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._if_there(partial(super().set, key, value, timeout, version), None)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._if_there(partial(super().delete, key, version), False)

    def _if_there(self, ask: Callable[[], T], otherwise: T) -> T:
        try:
            return ask()
        except (RedisError, OSError) as error:
            log.warning("cache_away", error=str(error))
            return otherwise
