"""The cookie of a stranger opens nothing and keeps nobody else outside."""

import pytest

from accounts.door import session_key
from accounts.queries import people_of_sessions
from tests.factories import NOW


@pytest.mark.parametrize(
    ("cookie", "key"),
    [
        (b"theme=dark; sessionid=abc123def456", "abc123def456"),
        (b'sessionid="\\000"', ""),
        (b'sessionid="abc\\000"', ""),
        ("sessionid=سلام".encode(), ""),
        (b"sessionid=\xb2", ""),
        (b"sessionid=", ""),
        (b"other=1", ""),
    ],
)
@pytest.mark.django_db
def test_only_what_can_be_a_key_is_looked_up(cookie, key):
    found = session_key([(b"host", b"localhost"), (b"cookie", cookie)])
    assert found == key
    assert people_of_sessions([found], at=NOW) == {}
