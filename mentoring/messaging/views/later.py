"""Words for later: written now, said when it suits the reader."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.dates import format_moment
from core.errors import DomainError
from mentoring.messaging.forms import LaterForm, MessageForm
from mentoring.messaging.models import Attachment, Room, ScheduledMessage
from mentoring.messaging.queries import morning_there
from mentoring.messaging.services import change_scheduled, drop_scheduled, keep_draft, schedule_message
from mentoring.messaging.views.rooms import looked_into, taken


@login_required
@require_http_methods(["GET", "POST"])
def room_later(request: HttpRequest, pk: int) -> HttpResponse:
    """From the composer: `when` is their morning, or the form asks for a time. Read: what waits in this conversation."""
    room = get_object_or_404(Room.objects.visible_to(request.user).with_people(), pk=pk)
    form, words = None, None
    if "when" in request.POST:
        form, words = from_composer(request, room)
    elif request.method == "POST":
        form = LaterForm(request.POST, room=room, person=request.user)
        words = form.cleaned_data if form.is_valid() else None
    if form is not None and words:
        try:
            files = [file.pk for file in words.pop("att")]
            later = schedule_message(room, by=request.user, at=timezone.now(), files=files, **words)
            messages.success(request, _("It will be sent on %(moment)s.") % {"moment": format_moment(later.due_at)})
            return redirect(f"{room.get_absolute_url()}#end")
        except DomainError as refusal:
            refuse(request, form, refusal)
    own = ScheduledMessage.objects.visible_to(request.user).filter(room=room)
    files = Prefetch("files", Attachment.objects.visible_to(request.user).light().order_by("pk"))
    waiting = own.prefetch_related(files).order_by("due_at", "pk")
    brought = (
        Attachment.objects.visible_to(request.user).light().filter(pk__in=form["att"].value() or ()) if form else ()
    )
    context = {"room": room, "others": room.others(request.user), "form": form, "waiting": waiting, "brought": brought}
    return render(request, "messaging/room_later.html", context)


def from_composer(request: HttpRequest, room: Room) -> tuple[LaterForm, dict[str, Any] | None]:
    """The form with what was written; and the words with their time, where that was chosen already."""
    written = MessageForm(request.POST, request.FILES, room=room)
    person, now = request.user, timezone.now()
    if not written.is_valid():
        return LaterForm(initial={"body": request.POST.get("body", "")}, room=room, person=person), None
    said = written.cleaned_data
    words = {key: said[key] for key in ("cid", "body", "reply_to", "topic")}
    words["due_at"] = morning_there(room, person, now=now)
    here = LaterForm(request.POST, room=room, person=person)
    here.is_valid()  # of the composer only its files are asked
    words["att"] = list(here.cleaned_data.get("att", ()))
    try:
        keep_draft(room, by=person, body=said["body"], at=now)  # until a time is chosen
        brought = looked_into(room, said["files"])
        with transaction.atomic():
            words["att"] += taken(room, brought, person, now)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return LaterForm(initial=words, room=room, person=person), None
    return LaterForm(initial=words, room=room, person=person), words if request.POST["when"] == "morning" else None


def refuse(request: HttpRequest, form: LaterForm, refusal: DomainError) -> None:
    if form.is_bound:
        form.add_error("due_at" if refusal.code == "not_later" else "body", str(refusal.message))
    else:
        messages.error(request, refusal.message)


@login_required
@require_http_methods(["GET", "POST"])
def later_change(request: HttpRequest, pk: int) -> HttpResponse:
    later = get_object_or_404(ScheduledMessage.objects.visible_to(request.user).select_related("room"), pk=pk)
    initial = {
        "cid": later.cid,
        "reply_to": later.reply_to_id,
        "topic": later.topic_id,
        "body": later.body,
        "due_at": later.due_at,
    }
    form = LaterForm(request.POST or None, initial=initial, room=later.room, person=request.user)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            change_scheduled(later, body=words["body"], due_at=words["due_at"], at=timezone.now())
            return redirect("room_later", later.room_id)
        except DomainError as refusal:
            refuse(request, form, refusal)
    return render(request, "messaging/later_change.html", {"later": later, "room": later.room, "form": form})


@login_required
@require_POST
def later_drop(request: HttpRequest, pk: int) -> HttpResponse:
    later = get_object_or_404(ScheduledMessage.objects.visible_to(request.user), pk=pk)
    drop_scheduled(later)
    return redirect("room_later", later.room_id)
