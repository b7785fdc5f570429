"""The realtime door: a hint after commit that something changed. SQL is the truth; a lost hint costs only time."""

import asyncio
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

log = structlog.get_logger(__name__)
PATIENCE_S = 0.25
_server_loop: asyncio.AbstractEventLoop | None = None


def remember_loop() -> None:
    """Called by a consumer as it connects: the in-memory layer lives in the server's own event loop."""
    global _server_loop
    _server_loop = asyncio.get_running_loop()


def publish(group: str, event: str, **ids: Any) -> None:
    """After commit, tell everybody in `group` that `event` happened to `ids` (JSON-ready values)."""
    transaction.on_commit(lambda: _send(group, {"type": event, **ids}))


def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    try:
        if _server_loop is not None and _server_loop.is_running():
            future = asyncio.run_coroutine_threadsafe(layer.group_send(group, message), _server_loop)
            future.result(PATIENCE_S)
        else:
            async_to_sync(layer.group_send)(group, message)
    except Exception as error:  # the reader resumes from its last sequence number
        log.warning("hint_lost", group=group, error=repr(error))
