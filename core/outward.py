"""Asking another server whose address somebody else has chosen: only public addresses are connected to, by the address that was
looked up, and no redirect is followed."""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Timer
from urllib.parse import urlsplit

PATIENCE_S = 10
WHOLE_S = 20
"""For one answer from the handshake on: who answers byte by byte would keep a worker for days."""


class Unreachable(Exception):
    """The server is away, or its address is not one that is connected to."""


def ask(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    private: bool = False,
    most: int = 0,
    whole_s: float = WHOLE_S,
) -> tuple[int, bytes]:
    """The status of the answer, and its first `most` bytes. `private` allows addresses of one's own network.

    Raises Unreachable.
    """
    try:
        where = urlsplit(url)
        if where.scheme != "https" and not private:
            raise Unreachable("not https")
        host, port = where.hostname or "", where.port or (443 if where.scheme == "https" else 80)
        line = socket.create_connection((_address(host, port, private), port), timeout=PATIENCE_S)
        if where.scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
        with line, _cut_off(line, after=whole_s):
            if isinstance(line, ssl.SSLSocket):
                line.do_handshake()
            caller = http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
            caller.sock = line
            caller.request(method, where.path + (f"?{where.query}" if where.query else ""), body, dict(headers or {}))
            with caller.getresponse() as answer:
                return answer.status, answer.read(most) if most else b""
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(repr(error)) from error


@contextmanager
def _cut_off(line: socket.socket, *, after: float) -> Iterator[None]:
    """Whoever still waits for this line then finds it closed."""

    def shut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)  # that of an SSLSocket would go on in plain text

    timer = Timer(after, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _address(host: str, port: int, private: bool) -> str:
    """Looked up once, judged, and then used: a name cannot lead elsewhere between the two."""
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)] if host else []
    if not private:
        found = [address for address in found if _is_public(str(address).partition("%")[0])]
    if not found:
        raise Unreachable("not a public address")
    return str(found[0])


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text)
    return (getattr(address, "ipv4_mapped", None) or address).is_global
