"""The door through which a mail server hands in answers."""

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mentoring.messaging.services import TooFast, take_mail

MOST = 30 * 1024 * 1024


@csrf_exempt
@require_POST
def mail_inbound(request: HttpRequest) -> JsonResponse:
    """One raw mail; of a very big one the beginning, for the words come before the files.

    Who does not know the secret does not find this door; a refused mail is a done one, not to be sent again, but for one of a
    writer who has said too much within seconds.
    """
    secret = settings.INBOUND_MAIL_SECRET
    if not secret or not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {secret}"):
        raise Http404
    try:
        row = take_mail(request.read(MOST), at=timezone.now())
    except TooFast as later:
        return JsonResponse({"said": False, "reason": later.code}, status=later.status, headers={"Retry-After": "10"})
    return JsonResponse({"said": not row.reason, "reason": row.reason})
