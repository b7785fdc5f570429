"""Statements written by hand: for what is asked so often that Django's writing of it would cost more than its answer."""

from collections.abc import Sized


def places(values: Sized) -> str:
    """A place for each of the values (at least one) of a list: `%s, %s`."""
    return ", ".join(["%s"] * len(values))
