"""The locked requirements are whole for every Python 3.11, not just for the one at which they were put together."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)
FIRST_AND_LAST = ("3.11.0", "3.11.15")

pytestmark = pytest.mark.once


def missing(lock: str, python: str) -> set[str]:
    """What a package of this lock needs there, and the lock does not have."""
    pinned = {canonicalize_name(name) for name in PINNED.findall((ROOT / lock).read_text())}
    there = default_environment() | {"python_full_version": python, "extra": ""}
    needed: set[str] = set()
    for name in pinned:
        try:
            lines = distribution(name).requires or []
        except PackageNotFoundError:  # of another platform or version
            continue
        asked = map(Requirement, lines)
        needed |= {canonicalize_name(each.name) for each in asked if not each.marker or each.marker.evaluate(there)}
    return needed - pinned


@pytest.mark.parametrize("python", FIRST_AND_LAST)
@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_all_that_its_packages_need(lock, python):
    assert missing(lock, python) == set()
