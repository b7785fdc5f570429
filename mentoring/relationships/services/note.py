"""Notes: private, shared, or for the programme too. They may be written as long as one can read the relationship."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from mentoring.relationships.models import Note, Relationship
from mentoring.relationships.services.relationship import Resting


@transaction.atomic
def write_note(relationship: Relationship, *, body: str, scope: str, by: User, at: datetime) -> Note:
    """Raises Resting for what the other side would read while the two are kept apart."""
    _check_scope(relationship, scope)
    return Note.objects.create(relationship=relationship, author=by, body=body, scope=scope, created_at=at)


@transaction.atomic
def edit_note(note: Note, *, body: str, scope: str, at: datetime) -> None:
    """Raises as `write_note`."""
    _check_scope(note.relationship, scope)
    Note.objects.filter(pk=note.pk).update(body=body, scope=scope, edited_at=at)


def _check_scope(relationship: Relationship, scope: str) -> None:
    if scope != Note.Scope.PRIVATE and relationship.rests:
        raise Resting


@transaction.atomic
def delete_note(note: Note) -> None:
    Note.objects.filter(pk=note.pk).delete()
