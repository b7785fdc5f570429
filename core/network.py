"""Under which names this machine is reached; the settings ask, so nothing of Django may be needed here."""

import socket

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


def names_of(host: str) -> list[str]:
    """The names by which a server that listens on `host` is called: itself, or where it listens everywhere this machine's
    name and its address in the network."""
    return [socket.gethostname(), *own_address()] if host in EVERYWHERE else [f"[{host}]" if ":" in host else host]


def own_address() -> list[str]:
    """This machine's address as its neighbours see it; empty without a network. Choosing a way sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [way.getsockname()[0]]
