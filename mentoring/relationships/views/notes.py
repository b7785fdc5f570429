"""Notes with three visible scopes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.idempotency import once
from mentoring.relationships.forms import NoteForm
from mentoring.relationships.models import Note, Relationship
from mentoring.relationships.services import delete_note, edit_note, write_note
from mentoring.relationships.views.frame import framed, own_relationship

PAGE = 20


@login_required
@once(after_back=True)
def notes(http: HttpRequest, pk: int) -> HttpResponse:
    relationship = own_relationship(http, pk)
    form = NoteForm(http.POST or None)
    if http.method == "POST" and form.is_valid():
        write_note(relationship, **form.cleaned_data, by=http.user, at=timezone.now())
        messages.success(http, _("Saved."))
        return redirect("notes", pk)
    found = Note.objects.visible_to(http.user).filter(relationship=relationship)
    page = Paginator(found.select_related("author").order_by("-created_at", "-pk"), PAGE).get_page(http.GET.get("page"))
    return render(http, "relationships/notes.html", framed(http, relationship, "notes", form=form, page_obj=page))


def _own_note(http: HttpRequest, pk: int) -> Note:
    """A note the reader wrote, in a relationship that is still open to them: who has left changes nothing in there."""
    open_to_me = Relationship.objects.visible_to(http.user).values("pk")
    found = Note.objects.visible_to(http.user).filter(relationship__in=open_to_me)
    note = get_object_or_404(found.select_related("relationship"), pk=pk)
    if not http.user.has_perm("relationships.edit_note", note):
        raise PermissionDenied
    return note


@login_required
def note_edit(http: HttpRequest, pk: int) -> HttpResponse:
    note = _own_note(http, pk)
    form = NoteForm(http.POST or None, instance=note)
    if http.method == "POST" and form.is_valid():
        edit_note(note, **form.cleaned_data, at=timezone.now())
        messages.success(http, _("Saved."))
        return redirect("notes", note.relationship_id)
    context = framed(http, own_relationship(http, note.relationship_id), "notes", form=form, note=note)
    return render(http, "relationships/note_edit.html", context)


@login_required
@require_POST
def note_delete(http: HttpRequest, pk: int) -> HttpResponse:
    note = _own_note(http, pk)
    delete_note(note)
    messages.success(http, _("Deleted."))
    return redirect("notes", note.relationship_id)
