"""The pages of conversations: all of it works by plain forms; `static/js/talk/` makes it live."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core.dates import moment_of
from core.errors import DomainError
from core.middleware import uses_devices
from core.text import whole_number
from core.undo import offer_undo
from mentoring.messaging.forms import MessageForm, SearchForm, WaysForm
from mentoring.messaging.limits import bucket_of
from mentoring.messaging.models import ICONS, Attachment, Message, Reaction, Room, RoomMember, ScheduledMessage, Topic
from mentoring.messaging.queries import (
    MOST_CHANGES,
    NEW_MESSAGE,
    changes_after,
    conversations,
    draft_of,
    morning_there,
    pinned_in,
    room_rows,
    thread_of,
    topics_in,
)
from mentoring.messaging.relays import relay_only
from mentoring.messaging.serializers import Speech, change_frame, for_reader
from mentoring.messaging.services import (
    EDIT_WINDOW,
    FileBlocked,
    Held,
    TooFast,
    WholeFile,
    choose_ways,
    keep_draft,
    look_into,
    mark_read,
    restore_ways,
    send_message,
    take_file,
    watches_of,
)
from mentoring.messaging.words import clock_there, day_words, why_blocked
from mentoring.relationships.outside import outside_of
from notifications.queries import quiet_now, rhythm_of, ways_of

ROOMS_PER_PAGE = 30
IS_TOLD = {None: "", True: "yes", False: "no"}
WAS_TOLD = {"yes": True, "no": False}


@login_required
@require_GET
def rooms(request: HttpRequest) -> HttpResponse:
    only_unread = "unread" in request.GET
    found = conversations(request.user)
    page = Paginator(found.filter(unread__gt=0) if only_unread else found, ROOMS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = room_rows(request.user, page)
    waiting = sum(row.unread > 0 for row in rows)
    context = {"rows": rows, "waiting": waiting, "page_obj": page, "form": SearchForm(), "only_unread": only_unread}
    return render(request, "messaging/rooms.html", context)


@login_required
@require_GET
def room(request: HttpRequest, pk: int) -> HttpResponse:
    room = get_object_or_404(Room.objects.visible_to(request.user).for_page(), pk=pk)
    answered = room.messages.select_related("sender", "topic").filter(pk=whole_number(request.GET.get("reply"))).first()
    topic = topic_of(request, room) or (answered and answers_in(answered))
    begun = {"reply_to": answered, "topic": topic, "body": draft_of(room.pk, request.user.pk)}
    return room_page(request, room, MessageForm(room=room, initial=begun), answered=answered)


def answers_in(answered: Message) -> Topic | None:
    """The topic that an answer stays in."""
    return answered.topic if answered.topic and not answered.topic.closed_at else None


def topic_of(request: HttpRequest, room: Room) -> Topic | None:
    """The topic that is read alone."""
    if "topic" not in request.GET:
        return None
    pk = whole_number(request.GET["topic"])
    topic: Topic = get_object_or_404(topics_in(room), pk=pk)
    return topic


def room_page(
    request: HttpRequest, room: Room, form: MessageForm, *, answered: Message | None = None, status: int = 200
) -> HttpResponse:
    """The conversation with what can be said next; what is shown of the newest page counts as read from now on."""
    now, before = timezone.now(), whole_number(request.GET.get("before"))
    topic = topic_of(request, room)
    thread = thread_of(room, request.user, before=before, topic=topic)
    if before is None and topic is None:
        mark_read(room, by=request.user, seq=room.last_seq, at=now)
    days = [day_words(line.message.created_at, now=now) for line in thread.lines]
    others = room.others(request.user)
    later = list(ScheduledMessage.objects.visible_to(request.user).filter(room=room).order_by("due_at", "pk"))
    context = {
        "room": room,
        "others": others,
        "role": room.relationship.role_of(request.user) if room.relationship else "",
        "clocks": [(person, clock_there(person.zone, now=now)) for person in others],
        "quiet": quiet_now(others, at=now),
        "muted": room.members.filter(person=request.user, muted_until__gt=now).exists(),
        "rests": any(seat.rests_since for seat in room.present if seat.person_id == request.user.pk),
        "thread": thread,
        "topic": topic,
        "may_rename": topic is not None and request.user.has_perm("messaging.rename_topic", topic),
        "topics": list(topics_in(room).filter(closed_at=None)),
        "answers_in": None if topic else answered and answers_in(answered),
        "days": list(zip(thread.lines, days, [None, *days], strict=False)),
        "rows": room_rows(request.user),
        "form": form,
        "answered": answered,
        "before": before,
        "whole": before is not None and "bare" not in request.GET,
        "opened": whole_number(request.GET.get("menu")),
        "pinned": pinned_in(room),
        "listens": room.kind == Room.Kind.NEWS and not room.members.filter(person=request.user, office=True).exists(),
        "later": [row for row in later if not row.held],
        "watched": bool(watches_of([room.pk])),
        "held": [row for row in later if row.held],
        "enter_sends": rhythm_of(request.user).enter_sends,
        "morning": morning_there(room, request.user, now=now),
        "names": [str(person) for person in others],
        "signs": [(sign.value, sign.label, ICONS[sign]) for sign in Reaction.Sign],
        "editable_from": now - EDIT_WINDOW,
        "can_call": request.user.has_perm("messaging.call", room),
        "can_meet": request.user.has_perm("messaging.meet", room),
        "calls_elsewhere": room.relationship is not None and outside_of(room.relationship.programme) is not None,
        "call_relay": relay_only(room),
    }
    return uses_devices(render(request, "messaging/room.html", context, status=status))


@login_required
@require_POST
def room_send(request: HttpRequest, pk: int) -> HttpResponse:
    room = get_object_or_404(Room.objects.visible_to(request.user).for_page(), pk=pk)
    form = MessageForm(request.POST, request.FILES, room=room)
    if not form.is_valid():
        return room_page(request, room, form, answered=form.cleaned_data.get("reply_to"))
    said = form.cleaned_data
    try:
        if bucket_of(request.user).wait_ms():
            raise TooFast
        waits = send_with_files(room, request.user, said)
        keep_draft(room, by=request.user, body="", at=timezone.now())
    except DomainError as refusal:
        form.add_error("body", str(refusal.message))
        return room_page(request, room, form, answered=said["reply_to"], status=refusal.status)
    if waits:
        messages.info(request, waits.message)
        return redirect("room_later", room.pk)
    return redirect(f"{(topic_of(request, room) or room).get_absolute_url()}#end")


def send_with_files(room: Room, person: User, said: dict[str, Any]) -> Held | None:
    """The message of a plain form with its files, all of it or nothing: one that is not accepted is told by its name. Returns
    that it waits for a coordinator, where it does."""
    now = timezone.now()
    said_before = Message.objects.visible_to(person).filter(sender=person, cid=said["cid"]).exists()
    brought = looked_into(room, () if said_before else said["files"])
    words = {name: said[name] for name in ("cid", "body", "reply_to", "topic")}
    with transaction.atomic():
        files = taken(room, brought, person, now)
        try:
            send_message(room, by=person, files=[file.pk for file in files], at=now, **words)
        except Held as waits:  # written down, with its files
            return waits
    return None


def looked_into(room: Room, uploads: Iterable[UploadedFile]) -> list[WholeFile]:
    """What came with a plain form, each with what it was found to be. It takes its time: not to be done in a transaction."""
    return [
        look_into(room, name=each.name or "", claimed=each.content_type or "", data=each.read()) for each in uploads
    ]


def taken(room: Room, brought: Iterable[WholeFile], person: User, now: datetime) -> list[Attachment]:
    """All of them, or none: one that is not accepted is told by its name. Raises FileBlocked and as `take_file`."""
    files = [take_file(room, each, by=person, at=now) for each in brought]
    if blocked := next((file for file in files if file.reason), None):
        raise FileBlocked(f"{blocked.name}: {why_blocked(blocked.reason)}")
    return files


@login_required
@require_http_methods(["GET", "POST"])
def room_ways(request: HttpRequest, pk: int) -> HttpResponse:
    """How one is told of what is said in this conversation; the others never see it."""
    room = get_object_or_404(Room.objects.visible_to(request.user).with_people(), pk=pk)
    member = room.members.get(person=request.user)
    form = WaysForm(
        request.POST if request.method == "POST" else None,
        member=member,
        usual=ways_of(request.user, NEW_MESSAGE),
        now=timezone.now(),
    )
    if form.is_valid():
        was = {name: IS_TOLD[getattr(member, name)] for name in RoomMember.TOLD}
        was["muted_until"] = member.muted_until.isoformat() if member.muted_until else ""
        choose_ways(member, muted_until=form.muted(), ways=form.ways())
        undo = reverse("room_ways_back", args=[pk])
        offer_undo(request, _("Saved. This holds for this conversation only."), undo, **was)
        return redirect(room)
    return render(
        request, "messaging/room_ways.html", {"room": room, "others": room.others(request.user), "form": form}
    )


@login_required
@require_POST
def room_ways_back(request: HttpRequest, pk: int) -> HttpResponse:
    """One is told of this conversation as before."""
    room = get_object_or_404(Room.objects.visible_to(request.user), pk=pk)
    told = {name: WAS_TOLD.get(request.POST.get(name, "")) for name in RoomMember.TOLD}
    muted_until = moment_of(request.POST.get("muted_until", ""))
    restore_ways(room.members.get(person=request.user), muted_until=muted_until, told=told)
    messages.success(request, _("You are told of this conversation as before."))
    return redirect(room)


@login_required
@require_GET
def room_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """The same sequence as on the socket, for whoever missed more than a socket streams or has no socket."""
    room = get_object_or_404(Room.objects.visible_to(request.user), pk=pk)
    now, speech = timezone.now(), Speech.of(request.user)
    changes = changes_after(room.pk, whole_number(request.GET.get("after")) or 0, until=room.last_seq)
    return JsonResponse(
        {
            "epoch": room.epoch,
            "head": room.last_seq,
            "more": len(changes) == MOST_CHANGES,
            "changes": [for_reader(change_frame(c), c.message.created_at, speech, now=now) for c in changes],
        }
    )
