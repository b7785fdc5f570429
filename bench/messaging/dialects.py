"""How each server is spoken to. What is heard becomes (kind, cid, seq): "ready", "ok" (kept) and "c" (heard), or None."""

import json
from typing import Any

Heard = tuple[str, str, int] | None


class Ours:
    """The protocol of docs/messaging.md. Who begins says hello with what it has; 2**62: nothing is to be caught up with."""

    echoes = False
    NOTHING_MISSED = 2**62

    def path(self, _person: dict[str, Any]) -> str:
        return "/ws/talk"

    def opened(self, person: dict[str, Any], head: int | None) -> list[str]:
        known = self.NOTHING_MISSED if head is None else head
        return [f'{{"t":"hello","v":1,"rooms":{{"{person["room"]}":{known}}}}}']

    def said(self, person: dict[str, Any], cid: str, body: str) -> str:
        return json.dumps({"t": "m", "cid": cid, "r": person["room"], "b": body})

    def heard(self, text: bytes) -> Heard:
        frame = json.loads(text)
        kind = frame["t"]
        if kind == "c":
            return "c", frame["m"]["cid"], frame["s"]
        if kind == "ok":
            return "ok", frame["cid"], frame["s"]
        if kind == "ready":
            return "ready", "", next(iter(frame["heads"].values()), 0)
        if kind == "no":
            return "no", frame.get("cid", ""), 0
        return None


class Plain:
    """JSON objects on a path of the room; ready as soon as it is open. Without `ok` the own message heard is the answer."""

    def __init__(self, *, echoes: bool) -> None:
        self.echoes = echoes

    def path(self, person: dict[str, Any]) -> str:
        return f"/ws/chat/{person['room']}/"

    def opened(self, _person: dict[str, Any], _head: int | None) -> list[str]:
        return []

    def said(self, person: dict[str, Any], cid: str, body: str) -> str:
        return json.dumps({"t": "m", "cid": cid, "r": person["room"], "b": body})

    def heard(self, text: bytes) -> Heard:
        frame = json.loads(text)
        return frame["t"], frame.get("cid", ""), frame.get("s", 0)


class SocketIo(Plain):
    """Engine.IO 4 and Socket.IO 5 over one WebSocket, acknowledgements by events of the same shape."""

    def path(self, person: dict[str, Any]) -> str:
        return f"/socket.io/?EIO=4&transport=websocket&room={person['room']}"

    def opened(self, _person: dict[str, Any], _head: int | None) -> list[str]:
        return ["40"]

    def said(self, person: dict[str, Any], cid: str, body: str) -> str:
        return "42" + json.dumps(["m", {"cid": cid, "r": person["room"], "b": body}])

    def heard(self, text: bytes) -> Heard:
        if text.startswith(b"42"):
            kind, frame = json.loads(text[2:])
            return kind, frame.get("cid", ""), frame.get("s", 0)
        if text == b"2":
            return "ping", "", 0
        return None


DIALECTS = {
    "ours": Ours(),
    "tutorial": Plain(echoes=True),
    "ws": Plain(echoes=False),
    "socketio": SocketIo(echoes=False),
    "echo": Plain(echoes=True),
}
