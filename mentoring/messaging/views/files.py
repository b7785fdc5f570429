"""Files of conversations: uploaded in parts that go on after a cut, and asked for anew with every download."""

import re
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from core.errors import DomainError
from core.text import whole_number
from mentoring.messaging.forms import FileForm
from mentoring.messaging.models import Attachment, Room
from mentoring.messaging.serializers import told
from mentoring.messaging.services import PART, OtherPart, add_part, begin_file, content_of, drop_file, finish_file
from mentoring.messaging.words import why_blocked

SANDBOX = "default-src 'none'; sandbox"
RANGE = re.compile(r"bytes=(\d{1,10})-(\d{0,10})")


@login_required
@require_POST
def file_begin(request: HttpRequest, pk: int) -> JsonResponse:
    """`{id, have, part}`: send the bytes from `have` on, in parts of at most `part`."""
    rooms = Room.objects.visible_to(request.user).select_related("relationship__programme")
    room, form = get_object_or_404(rooms, pk=pk), FileForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"code": "bad_file"}, status=400)
    try:
        file = begin_file(room, by=request.user, at=timezone.now(), **form.cleaned_data)
    except DomainError as refusal:
        return refused(refusal)
    return JsonResponse(state_of(file))


@login_required
@require_POST
def file_part(request: HttpRequest, pk: str) -> JsonResponse:
    """The bytes from `?start=` on, as they are; with the last ones it is decided what the file is."""
    file = own_file(request, pk)
    try:
        if int(request.headers.get("Content-Length") or 0) > PART:
            raise OtherPart(have=file.received)
        if request.body:
            add_part(file, start=whole_number(request.GET.get("start")) or 0, data=request.body)
        if file.received == file.size:
            file = finish_file(file)
    except DomainError as refusal:
        return refused(refusal)
    return JsonResponse(state_of(file))


@login_required
@require_POST
def file_drop(request: HttpRequest, pk: str) -> HttpResponse:
    drop_file(own_file(request, pk), at=timezone.now())
    return HttpResponse(status=204)


@login_required
@require_GET
def file(request: HttpRequest, pk: str) -> HttpResponse:
    """The file to keep. It is never shown on this site's own pages: what is in it must not act in the reader's name."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user).light(), pk=pk)
    if found.state != Attachment.State.CLEAN:
        raise Http404
    return guarded(content_of(found), found.mime, request, content_disposition_header(True, found.name))


@login_required
@require_GET
def file_small(request: HttpRequest, pk: str) -> HttpResponse:
    """A small picture drawn by ourselves: the one thing that is shown in place."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    if not found.width:
        raise Http404
    return guarded(bytes(found.small), "image/webp", request, content_disposition_header(False, "picture.webp"))


def guarded(data: bytes, mime: str, request: HttpRequest, disposition: str | None) -> HttpResponse:
    """Bytes that a browser takes for what they are and nothing else; a range of them where a player asks for it."""
    whole, headers = len(data), {"Accept-Ranges": "bytes"}
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and int(asked[1]) < whole:
        start, end = int(asked[1]), min(int(asked[2] or whole), whole - 1)
        data, headers["Content-Range"] = data[start : end + 1], f"bytes {start}-{end}/{whole}"
    response = HttpResponse(data, content_type=mime, status=206 if "Content-Range" in headers else 200, headers=headers)
    response["Content-Disposition"] = disposition or "attachment"
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def own_file(request: HttpRequest, pk: str) -> Attachment:
    unsent = Attachment.objects.visible_to(request.user).light().filter(uploader=request.user, message=None)
    return get_object_or_404(unsent, pk=pk)


def state_of(file: Attachment) -> dict[str, Any]:
    why = {"why": str(why_blocked(file.reason))} if file.reason else {}
    return {**told(file), "have": file.received, "part": PART, "state": file.state, **why}


def refused(refusal: DomainError) -> JsonResponse:
    body = {"code": refusal.code, "why": str(refusal.message), **refusal.details}
    return JsonResponse(body, status=refusal.status)
