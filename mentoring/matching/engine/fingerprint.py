"""One hash over everything a run depends on, so that a kept run can be repeated and compared."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import Any

import numpy as np

from .people import Cohort, People
from .settings import ENGINE_VERSION, Aim, Objective, Rules, Weights, as_text
from .text import model_name


def input_hash(cohort: Cohort, rules: Rules, weights: Weights, aim: Aim | Objective, seed: int) -> str:
    """sha256 over engine version, settings and all arrays by key; the order people arrived in does not matter."""
    digest = hashlib.sha256(f"{ENGINE_VERSION}\n{as_text(rules, weights, Aim.of(aim), seed)}\n".encode())
    digest.update(model_name().encode())
    ordered = cohort.arranged()
    for field in fields(Cohort):
        _add(digest, field.name, getattr(ordered, field.name))
    return digest.hexdigest()


def _add(digest: Any, name: str, value: object) -> None:
    if isinstance(value, People):
        for field in fields(People):
            _add(digest, f"{name}.{field.name}", getattr(value, field.name))
    elif isinstance(value, dict):
        for code, pairs in sorted(value.items()):
            _add(digest, f"{name}.{code}", pairs)
    elif isinstance(value, tuple):
        _add(digest, name, np.frombuffer("\0".join(value).encode(), np.uint8))
    elif isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 2:  # nearly all of it is zero
        where = np.flatnonzero(value != 0)
        _add(digest, f"{name} {value.shape} at", where)
        _add(digest, name, value.reshape(-1)[where])
    else:
        array = np.ascontiguousarray(value)
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{name} {little.dtype.str} {little.shape}\n".encode())
        digest.update(little.data if little.size else b"")
