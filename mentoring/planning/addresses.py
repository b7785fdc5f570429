"""What stands in the address of a room for calls."""

from urllib.parse import parse_qs, urlsplit


def livekit_server(address: str) -> str:
    """Where the LiveKit of an address such as `https://meet.example.edu/custom?liveKitUrl=wss://live.example.edu` takes calls,
    "https://live.example.edu" (of `ws://` it is http); "" where it names none."""
    named = urlsplit(parse_qs(urlsplit(address).query).get("liveKitUrl", [""])[0])
    scheme = {"wss": "https", "ws": "http"}.get(named.scheme)
    return f"{scheme}://{named.netloc}" if scheme and named.hostname else ""
