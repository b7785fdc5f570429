"""Notes: private, shared, or for the programme too. They may be written as long as one can read the relationship."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from mentoring.relationships.models import Note, Relationship


@transaction.atomic
def write_note(relationship: Relationship, *, body: str, scope: str, by: User, at: datetime) -> Note:
    return Note.objects.create(relationship=relationship, author=by, body=body, scope=scope, created_at=at)


@transaction.atomic
def edit_note(note: Note, *, body: str, scope: str, at: datetime) -> None:
    Note.objects.filter(pk=note.pk).update(body=body, scope=scope, edited_at=at)


@transaction.atomic
def delete_note(note: Note) -> None:
    Note.objects.filter(pk=note.pk).delete()
