"""Every model field has a data class; export and erasure of a person are derived from them.

The classes and how long each is kept are described in `docs/privacy.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from django.db import models


class DataClass(StrEnum):
    PUBLIC = "C0"
    INTERNAL = "C1"
    PERSONAL = "C2"
    SENSITIVE = "C3"
    SECRET = "C4"


@dataclass(frozen=True)
class Privacy:
    """The class of each field, and the lookup from the row to the person it is about ("" where it is about nobody). What is
    `frozen` has a time of its own: neither the export nor the erasure of a person touches it."""

    fields: Mapping[str, DataClass]
    subject: str
    frozen: bool = False


def classify(
    *,
    public: str = "",
    internal: str = "",
    personal: str = "",
    sensitive: str = "",
    secret: str = "",
    subject: str = "",
    frozen: bool = False,
) -> Privacy:
    """Give each field (names separated by spaces) its data class. `subject` is the lookup to the person; see `Privacy`."""
    by_class = {
        DataClass.PUBLIC: public,
        DataClass.INTERNAL: internal,
        DataClass.PERSONAL: personal,
        DataClass.SENSITIVE: sensitive,
        DataClass.SECRET: secret,
    }
    fields: dict[str, DataClass] = {}
    for data_class, names in by_class.items():
        for name in names.split():
            if name in fields:
                raise ValueError(f"{name} has two data classes")
            fields[name] = data_class
    return Privacy(MappingProxyType(fields), subject, frozen)


def unclassified(model: type[models.Model], privacy: Privacy) -> set[str]:
    """Names on which the model and its classification disagree; empty when both say the same."""
    return {field.name for field in model._meta.local_fields} ^ set(privacy.fields)
