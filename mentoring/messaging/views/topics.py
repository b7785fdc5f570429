"""Topics of a conversation: opened from a message, given another name, closed, opened again, and all of them."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import DomainError
from mentoring.messaging.forms import TopicForm
from mentoring.messaging.models import Message, Room, Topic
from mentoring.messaging.queries import topics_in
from mentoring.messaging.services import close_topic, open_topic, rename_topic, reopen_topic


@login_required
@require_GET
def room_topics(request: HttpRequest, pk: int) -> HttpResponse:
    """All of them; with `now`, what stands beside the conversation."""
    room = get_object_or_404(Room.objects.visible_to(request.user).with_people(), pk=pk)
    topics = topics_in(room)
    if "now" in request.GET:
        return render(
            request, "messaging/_topics_now.html", {"room": room, "topics": list(topics.filter(closed_at=None))}
        )
    context = {"room": room, "others": room.others(request.user), "topics": topics}
    return render(request, "messaging/room_topics.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def message_topic(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a message the name of the topic that it opens."""
    message = get_object_or_404(Message.objects.visible_to(request.user).select_related("room", "sender"), pk=pk)
    if message.room.kind == Room.Kind.NEWS:
        raise PermissionDenied
    form = TopicForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            opened = open_topic(message, by=request.user, title=form.cleaned_data["title"], at=timezone.now())
            return redirect(f"{opened.message.topic.get_absolute_url()}#compose")
        except DomainError as refusal:
            form.add_error("title", str(refusal.message))
    return render(request, "messaging/message_topic.html", {"message": message, "room": message.room, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def topic_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for a topic."""
    topic = get_object_or_404(
        Topic.objects.visible_to(request.user).select_related("root__room", "root__sender"), pk=pk
    )
    if not request.user.has_perm("messaging.rename_topic", topic):
        raise PermissionDenied
    form = TopicForm(request.POST if request.method == "POST" else None, initial={"title": topic.title})
    if form.is_valid():
        try:
            rename_topic(topic.root, by=request.user, title=form.cleaned_data["title"], at=timezone.now())
            return redirect(topic)
        except DomainError as refusal:
            form.add_error("title", str(refusal.message))
    context = {"message": topic.root, "room": topic.root.room, "topic": topic, "form": form}
    return render(request, "messaging/message_topic.html", context)


@login_required
@require_POST
def topic_turn(request: HttpRequest, pk: int) -> HttpResponse:
    """`on` opens it again, everything else closes it."""
    topic = get_object_or_404(Topic.objects.visible_to(request.user).select_related("root"), pk=pk)
    turn = reopen_topic if "on" in request.POST else close_topic
    turn(topic.root, by=request.user, at=timezone.now())
    return redirect(topic)
