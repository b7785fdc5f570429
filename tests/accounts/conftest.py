from uuid import uuid4

import pytest


@pytest.fixture(autouse=True)
def _fresh_limits(settings):
    """allauth counts tries in the cache: each test starts at zero, and empties nobody else's part of a shared Redis."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": str(uuid4())}}
