"""Where servers of tests listen."""

import secrets
import socket
from contextlib import suppress


def free_port() -> int:
    """A port that nobody has, from below those the system lends to outgoing connections: none takes it before the server."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as asked, suppress(OSError):
            asked.bind(("127.0.0.1", port))
            return port
