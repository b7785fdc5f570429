"""What is done to one message, by plain forms; and frames over plain HTTP, where no socket gets through."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import DomainError
from core.undo import offer_undo
from mentoring.messaging.forms import EditForm
from mentoring.messaging.frames import ACTS, BadFrame, NoRoom, do, number, parsed, send_of, write_draft
from mentoring.messaging.limits import bucket_of
from mentoring.messaging.models import Message, Room
from mentoring.messaging.queries import url_of
from mentoring.messaging.serializers import Frame, Speech, done_frame, ok_frame
from mentoring.messaging.services import (
    Stale,
    decline_call,
    delete_message,
    edit_message,
    mark_read,
    mark_unread,
    pin,
    react,
    save,
    say,
    take_back_unread,
)
from mentoring.messaging.switchboard import call_of


@login_required
@require_POST
def frame_post(request: HttpRequest) -> JsonResponse:
    """One frame that brings something new, says how far was read, what was begun or that a call is not taken, with its `cid` as
    `Idempotency-Key`, too: answered as on the socket."""
    frame: Frame = {}
    try:
        wait = bucket_of(request.user).wait_ms()
        frame = parsed(request.body.decode("utf-8", "replace"))
        if wait:
            return refusal(frame, "busy", 429, retry_ms=wait)
        if request.headers.get("X-Writer", str(request.user.pk)) != str(request.user.pk):
            return refusal(frame, "signed_out", 401)  # it waits on this device for somebody else
        if request.headers.get("Idempotency-Key") != frame.get("cid"):
            raise BadFrame
        return JsonResponse(answer_to(frame, request))
    except BadFrame as fault:
        return refusal(frame, str(fault) or "bad_frame", 400)
    except NoRoom:
        return refusal(frame, "not_found", 404)
    except DomainError as refused:
        return refusal(frame, refused.code, refused.status)


def answer_to(frame: Frame, request: HttpRequest) -> Frame:
    now = timezone.now()
    if frame.get("t") == "m":
        send = send_of(frame, request.user)
        if not Room.objects.visible_to(request.user).filter(pk=send.room_id).exists():
            raise NoRoom
        return ok_frame(say(send, at=now), Speech.of(request.user), now=now)
    if frame.get("t") == "rd":
        room = Room.objects.visible_to(request.user).filter(pk=number(frame, "r")).first()
        if room is None:
            raise NoRoom
        mark_read(room, by=request.user, seq=number(frame, "s"), at=now)
        return {"t": "noted"}
    if frame.get("t") == "dr":
        write_draft(frame, request.user, at=now)
        return {"t": "noted"}
    if frame.get("t") == "sig" and frame.get("do") == "decline":
        decline_call(call_of(frame, request.user), by=request.user, at=now)
        return {"t": "noted"}
    if frame.get("t") not in ACTS:
        raise BadFrame
    return done_frame(do(frame, request.user, at=now), frame["cid"])


def refusal(frame: Frame, code: str, status: int, **more: Any) -> JsonResponse:
    named = {key: frame[key] for key in ("cid", "r") if isinstance(frame.get(key), str | int)}
    return JsonResponse({"t": "no", **named, "code": code, **more}, status=status)


@login_required
def message_edit(request: HttpRequest, pk: int) -> HttpResponse:
    message = own_message(request, pk)
    form = EditForm(request.POST or None, initial={"body": message.body, "rev": message.rev})
    now_says = ""
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            edit_message(message, by=request.user, body=words["body"], rev=words["rev"], at=timezone.now())
            return back_to(message)
        except Stale as refusal:
            form.add_error("body", str(refusal.message))
            form.data = {**form.data.dict(), "rev": message.rev}
            now_says = message.body
        except DomainError as refusal:
            form.add_error("body", str(refusal.message))
    context = {"message": message, "room": message.room, "form": form, "now_says": now_says}
    return render(request, "messaging/message_edit.html", context)


@login_required
@require_POST
def message_delete(request: HttpRequest, pk: int) -> HttpResponse:
    message = own_message(request, pk)
    delete_message(message, by=request.user, at=timezone.now())
    return back_to(message)


@login_required
@require_POST
def message_react(request: HttpRequest, pk: int) -> HttpResponse:
    """`on` or `off` says which sign; saying it twice is saying it once."""
    message = get_object_or_404(Message.objects.visible_to(request.user).select_related("room"), pk=pk)
    on, off = request.POST.get("on", ""), request.POST.get("off", "")
    react(message, by=request.user, sign=on or off, on=bool(on), at=timezone.now())
    return back_to(message)


@login_required
@require_POST
def message_unread(request: HttpRequest, pk: int) -> HttpResponse:
    """From here on it is unread again: back to the list, for opening the conversation is reading it."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    mark_unread(message, by=request.user)
    undo = reverse("message_read", args=[pk])
    offer_undo(request, _("Marked as unread. It waits for you in the list."), undo)
    return redirect("rooms")


@login_required
@require_POST
def message_read(request: HttpRequest, pk: int) -> HttpResponse:
    """It was not marked as unread after all."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    take_back_unread(message, by=request.user)
    return redirect("rooms")


@login_required
@require_POST
def message_pin(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.visible_to(request.user).select_related("room"), pk=pk)
    pin(message, by=request.user, on="on" in request.POST, at=timezone.now())
    return back_to(message)


@login_required
@require_POST
def message_save(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.visible_to(request.user).select_related("room"), pk=pk)
    save(message, by=request.user, on="on" in request.POST, at=timezone.now())
    return HttpResponse(status=204) if request.headers.get("Accept") == "application/json" else back_to(message)


def back_to(message: Message) -> HttpResponse:
    """Where the message stands: on the newest page of its conversation, or in the middle of an earlier one."""
    return redirect(url_of(message))


def own_message(request: HttpRequest, pk: int) -> Message:
    message = get_object_or_404(Message.objects.visible_to(request.user).select_related("room"), pk=pk)
    if not request.user.has_perm("messaging.edit_message", message):
        raise PermissionDenied
    return message
