"""What we hold about a person, and how it is taken away: both derived from the data class of every field.

Rows reach their person through the `subject` of their model. A row that only this person stands behind is emptied or
deleted. A row that others share (the goals and sessions of a relationship) keeps its text for them, without this person's
name, until the last of them is gone.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import (
    BinaryField,
    CharField,
    EmailField,
    ForeignKey,
    JSONField,
    Q,
    QuerySet,
    TextField,
    UniqueConstraint,
    Value,
)
from django.db.models.fields.related import ForeignObjectRel, RelatedField
from django.db.models.functions import Cast, Replace

from accounts.models import ERASED, AuditEvent, User
from accounts.privacy import classified_models
from core.privacy import DataClass, Privacy
from core.text import search_key

NOBODY = "—"
_PRIVATE = (DataClass.PERSONAL, DataClass.SENSITIVE)


def _rows(model: type[models.Model], privacy: Privacy, person: User) -> QuerySet[Any]:
    return model._base_manager.filter(**{privacy.subject: person.pk}).distinct()


def _still_theirs(model: type[models.Model], privacy: Privacy, person: User) -> QuerySet[Any]:
    """The rows of `person`; of rows shared through memberships only those whose membership has not ended."""
    rows = _rows(model, privacy, person)
    membership = _shared_through(model, privacy.subject).rpartition("__")[0]
    if not membership:
        return rows
    here: Any = model
    for part in membership.split("__"):
        here = here._meta.get_field(part).related_model
    if not any(field.name == "left_at" for field in here._meta.local_fields):
        return rows
    there = model._base_manager.filter(**{privacy.subject: person.pk, f"{membership}__left_at": None})
    return rows.filter(pk__in=there.values("pk"))


def export(person: User) -> dict[str, list[dict[str, Any]]]:
    """Everything kept about `person`, by model: every field of their rows except secrets. Ready for JSON.

    Bytes are left out; a row that has some says in `exported()` where they are downloaded. Of what several people share, only
    what `person` is still part of: who has left reads nothing more of the others.
    """
    held: dict[str, list[dict[str, Any]]] = {}
    for model, privacy in classified_models():
        if not privacy.subject:
            continue
        fields = [
            field
            for field in model._meta.local_concrete_fields
            if privacy.fields[field.name] != DataClass.SECRET and not isinstance(field, BinaryField)
        ]
        rows = [
            {field.name: field.value_from_object(row) for field in fields} | getattr(row, "exported", dict)()
            for row in _still_theirs(model, privacy, person).order_by("pk").only(*(field.name for field in fields))
        ]
        if rows:
            held[model._meta.label] = rows
    return held


def erase(person: User, *, at: datetime) -> None:
    """Take `person` out of every row. The row of the person stays, without name or address, for others refer to it."""
    words = _names(person)
    for model, privacy in classified_models():
        if model is User or model is AuditEvent or not privacy.subject:
            continue
        rows = _rows(model, privacy, person)
        shared = _shared_through(model, privacy.subject)
        if shared:
            others = User.objects.exclude(pk=person.pk).exclude(email__endswith=f"@{ERASED}")
            rows = rows.exclude(**{f"{shared}__in": others})
        _empty(model, privacy, list(rows.values_list("pk", flat=True)), at)
    for model, privacy in classified_models():
        if model is not User and model is not AuditEvent and not privacy.frozen:
            _redact(model, words)
    User.objects.filter(pk=person.pk).update(
        email=f"{person.pk}@{ERASED}",
        name="",
        about="",
        password=make_password(None),
        language=User._meta.get_field("language").default,
        calendar=User._meta.get_field("calendar").default,
        time_zone=User._meta.get_field("time_zone").default,
        theme=User._meta.get_field("theme").default,
        data_use=User._meta.get_field("data_use").default,
        shortcuts=User._meta.get_field("shortcuts").default,
        role="",
        is_active=False,
        is_staff=False,
        is_superuser=False,
    )


def sessions_of(person: User, *, at: datetime) -> Iterator[Session]:
    """The sessions in which `person` is signed in. Django keeps no index of this, so all open ones are read."""
    for session in Session.objects.filter(expire_date__gt=at).iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            yield session


def _shared_through(model: type[models.Model], subject: str) -> str:
    """`subject` where the way to the person branches to several people; empty where the row has one person."""
    here: Any = model
    for part in subject.split("__"):
        if part == "pk":
            return ""
        field = here._meta.get_field(part)
        if isinstance(field, ForeignObjectRel) and field.multiple:
            return subject
        here = field.related_model
    return ""


def _empty(model: type[models.Model], privacy: Privacy, pks: list[Any], at: datetime) -> None:
    """Empty the private fields of these rows; a row that is nothing without them is deleted."""
    rows = model._base_manager.filter(pk__in=pks)
    blanks: dict[str, Any] = {}
    for field in model._meta.local_concrete_fields:
        kind = privacy.fields[field.name]
        if kind == DataClass.SECRET or (kind in _PRIVATE and _tells(field) and _must_be_unique(model, field)):
            rows.delete()
            return
        if kind in _PRIVATE and not isinstance(field, RelatedField):
            if _tells(field):
                blanks[field.name] = _blank(field)
            elif kind == DataClass.SENSITIVE and field.null:
                blanks[field.name] = None
    if any(field.name == "deleted_at" for field in model._meta.local_concrete_fields):
        blanks["deleted_at"] = at
    if blanks:
        rows.update(**blanks)


def _tells(field: models.Field) -> bool:
    """Whether a field holds words (or what words are made of), not a number, a date or one of fixed choices."""
    return isinstance(field, CharField | TextField | JSONField | BinaryField) and not field.choices


def _must_be_unique(model: type[models.Model], field: models.Field) -> bool:
    together = [set(names) for names in model._meta.unique_together]
    together += [
        set(constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and constraint.condition is None
    ]
    return field.unique or any(field.name in names for names in together)


def _blank(field: models.Field) -> Any:
    if isinstance(field, BinaryField):
        return b""
    if isinstance(field, JSONField):
        return field.get_default() if field.has_default() else None if field.null else {}
    if field.null:
        return None
    if isinstance(field, EmailField):
        return f"nobody@{ERASED}"
    return "" if field.blank else NOBODY


def _names(person: User) -> list[str]:
    """What in the texts of others points to this person, also in the form in which texts are searched. A name of one word is
    left: it is the name of many."""
    words = [person.email] + ([person.name] if " " in person.name else [])
    return list(dict.fromkeys(words + [search_key(word) for word in words]))


def _redact(model: type[models.Model], words: list[str]) -> None:
    """Replace the person's name and address wherever other rows repeat them."""
    for field in model._meta.local_concrete_fields:
        if field.choices or field.primary_key or isinstance(field, ForeignKey):
            continue
        if isinstance(field, JSONField):
            _redact_json(model, field.name, words)
        elif isinstance(field, CharField | TextField):
            for word in words:
                rows = model._base_manager.filter(**{f"{field.name}__contains": word})
                rows.update(**{field.name: Replace(field.name, Value(word), Value(NOBODY))})


def _redact_json(model: type[models.Model], name: str, words: list[str]) -> None:
    rows = model._base_manager.annotate(as_text=Cast(name, TextField()))
    wanted = Q()
    for word in words:
        wanted |= Q(as_text__contains=word) | Q(as_text__contains=json.dumps(word)[1:-1])
    for pk, value in rows.filter(wanted).values_list("pk", name):
        text = json.dumps(value, ensure_ascii=False)
        for word in words:
            text = text.replace(json.dumps(word, ensure_ascii=False)[1:-1], NOBODY)
        model._base_manager.filter(pk=pk).update(**{name: json.loads(text)})
