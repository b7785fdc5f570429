"""The example of RFC 8291, appendix A, and what must never be connected to."""

import json
import socket
import threading

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from core import webpush

WORDS = b"When I grow up, I want to be a watermelon"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95b"
    "Qpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_a_message_is_sealed_as_the_standard_shows():
    sealed = webpush.sealed(WORDS, p256dh=P256DH, auth=AUTH, salt=webpush.unpacked(SALT), sender=SENDER)
    assert webpush.packed(sealed) == BODY


def test_we_say_who_we_are_in_a_way_that_can_be_checked():
    key = webpush.new_key()
    header = webpush.signed("https://push.example.net/x/1", key=key, contact="mailto:a@example.org", now=1000)
    token, said = header.removeprefix("vapid t=").split(", k=")
    text, _dot, signature = token.rpartition(".")
    claims = json.loads(webpush.unpacked(text.split(".")[1]))
    assert claims == {"aud": "https://push.example.net", "exp": 1000 + 12 * 3600, "sub": "mailto:a@example.org"}
    raw = webpush.unpacked(signature)
    both = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), webpush.unpacked(said))
    known.verify(both, text.encode(), ec.ECDSA(hashes.SHA256()))
    assert said == webpush.public_key(key)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://localhost:6379/x",
        "https://10.0.0.7/x",
        "https://169.254.169.254/latest/meta-data",
        "http://93.184.216.34/x",
        "https:///x",
    ],
)
def test_addresses_of_our_own_house_are_never_connected_to(endpoint):
    with pytest.raises(webpush.Unreachable, match="^not (https|a public address)$"):
        webpush.deliver(endpoint, b"", authorization="", topic="t", urgent=False)


@pytest.mark.parametrize("endpoint", ["https://example.org:99999/x", "https://[::1/x"])
def test_an_address_that_is_none_is_not_reached(endpoint):
    with pytest.raises(webpush.Unreachable):
        webpush.deliver(endpoint, b"", authorization="", topic="t", urgent=False)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_answers_byte_by_byte_holds_nobody_for_long(monkeypatch, scheme):
    monkeypatch.setattr(webpush, "WHOLE_S", 0.3)
    over = threading.Event()

    def drip(door):
        line, _address = door.accept()
        with line:
            try:
                line.sendall(b"\x16\x03\x03\x40\x00" if scheme == "https" else b"HTTP/1.1 ")
                while not over.wait(0.05):
                    line.sendall(b"2")
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as door:
        dripping = threading.Thread(target=drip, args=[door])
        dripping.start()
        give_up = threading.Timer(60, over.set)
        give_up.start()
        with pytest.raises(webpush.Unreachable):
            endpoint = f"{scheme}://127.0.0.1:{door.getsockname()[1]}/x"
            webpush.deliver(endpoint, b"", authorization="", topic="t", urgent=False, private=True)
        assert not over.is_set()
        over.set()
        give_up.cancel()
        dripping.join()
