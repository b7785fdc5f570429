"""The languages of a page that is drawn in both."""

import pytest

BOTH = ["en", pytest.param("fa", marks=pytest.mark.once)]
"""A page asks the database the same in either: the second lane opens it in one."""
