"""Done twice is done once: a form that was sent is remembered for a while."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.models import SentForm

FIELD, ONCE_MORE = "one_time_key", "once_more"
NOT_CONTENT = ("csrfmiddlewaretoken", FIELD, ONCE_MORE)
A_MOMENT = timedelta(minutes=10)

View = Callable[..., HttpResponse]


def once(view: View | None = None, *, after_back: bool = False) -> Any:
    """Wrap a form view: the same page sent twice with the same content (a double click, a reload) is done once, and the
    second is led to where the first one went.

    `after_back` is for views that bring something new about: there the same content from a page fetched anew (after
    "back", in another tab) is held back for some minutes, too. The person sees that it was done, and does it once more if
    they mean it. Without it that is a new act: saving again, computing again.

    Kept only when the view answered with a redirect; a form that came back with errors may be sent again.
    """
    if view is None:
        return lambda found: once(found, after_back=after_back)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        if request.method != "POST" or not (key or after_back):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            sent = _hold(_fingerprint(request, None if after_back else key))
            if sent.location and key and sent.key == key:
                messages.info(request, _("This was already done; nothing was done twice."))
                return redirect(sent.location)
            if sent.location and sent.sent_at > timezone.now() - A_MOMENT and ONCE_MORE not in request.POST:
                return _asked(request, sent)
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                sent.key, sent.location = key, response["Location"]
                sent.save()
            elif not sent.location:
                sent.delete()
        return response

    guarded.is_once_after_back = after_back  # type: ignore[attr-defined]
    return guarded


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _fingerprint(request: HttpRequest, key: UUID | None) -> str:
    """Who sends what to which address. Keyed, because a form may hold a password."""
    owner = request.user.pk or request.META.get("REMOTE_ADDR")
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_CONTENT)
    files = [(name, file.name, _digest(file)) for name, files in request.FILES.lists() for file in files]
    return salted_hmac(__name__, repr((owner, request.path, fields, files, key)), algorithm="sha256").hexdigest()


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _hold(fingerprint: str) -> SentForm:
    """The row of this form, old or new; whoever sends the same at this moment waits for it until the transaction ends."""
    SentForm.objects.bulk_create(
        [SentForm(fingerprint=fingerprint)],
        update_conflicts=True,
        unique_fields=["fingerprint"],
        update_fields=["fingerprint"],
    )
    return SentForm.objects.get(fingerprint=fingerprint)


def _asked(request: HttpRequest, sent: SentForm) -> HttpResponse:
    """A page with all that was typed, to be sent once more if it is meant so; a file would have to be chosen again."""
    content = [(name, value) for name, values in request.POST.lists() if name not in NOT_CONTENT for value in values]
    context = {"sent": sent, "content": content, "once_more": ONCE_MORE, "has_files": bool(request.FILES)}
    return render(request, "sent_already.html", context, status=409)
