"""Done twice is done once: one-time keys on forms."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.models import OneTimeKey

FIELD = "one_time_key"


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap a form view: a second POST with the same one-time key is led to where the first one went.

    The key is kept only when the view answered with a redirect; a form that came back with errors may be sent again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request)
        if request.method != "POST" or key is None:
            return view(request, *args, **kwargs)
        owner = str(request.user.pk or request.META.get("REMOTE_ADDR", ""))
        with transaction.atomic():
            try:
                with transaction.atomic():
                    row = OneTimeKey.objects.create(key=key, owner=owner)
            except IntegrityError:
                first = OneTimeKey.objects.get(key=key, owner=owner)
                messages.info(request, _("This was already done; nothing was done twice."))
                return redirect(first.location or "/")
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                row.location = response["Location"]
                row.save(update_fields=["location"])
            else:
                row.delete()
        return response

    return guarded


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
