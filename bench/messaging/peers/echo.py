"""The limit: the same server giving every text back to the two of its room, with no account, no database and no JSON."""

from collections import defaultdict
from typing import Any

rooms: dict[str, set[Any]] = defaultdict(set)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    here = rooms[scope["path"]]
    here.add(send)
    await send({"type": "websocket.send", "text": '{"t":"ready"}'})
    try:
        while (event := await receive())["type"] == "websocket.receive":
            text = event["text"].replace('"m"', '"c"', 1)
            for give in list(here):
                await give({"type": "websocket.send", "text": text})
    finally:
        here.discard(send)
