"""What every REST endpoint shares: pages, errors as problem+json (RFC 9457), and calls that are safe to repeat."""

import hashlib
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import DomainError, refusal
from core.middleware import current_request_id
from core.models import RememberedAnswer

TYPE = "https://peyvand.dev/problems/"


class Pages(PageNumberPagination):
    page_query_description = gettext_lazy("Which page, from 1 on.")  # type: ignore[assignment]
    page_size_query_param = "page_size"
    page_size_query_description = gettext_lazy("How many rows a page has: 50, or up to 200.")  # type: ignore[assignment]
    max_page_size = 200


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into application/problem+json; None lets it be a server error."""
    headers: dict[str, str] = {}
    details: list[dict[str, str]] = []
    if refused := refusal(error):
        status, code, text = refused.status, refused.code, str(refused.message)
    elif isinstance(error, Http404):
        status, code, text = 404, "not_found", _("There is nothing here.")
    elif isinstance(error, PermissionDenied):
        status, code, text = 403, "not_allowed", _("You may not do this.")
    elif isinstance(error, exceptions.APIException):
        status, code = error.status_code, error.default_code
        text = str(error.default_detail if isinstance(error.detail, dict | list) else error.detail)
        if auth_header := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = auth_header
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait) + 1)
        if isinstance(error, exceptions.ValidationError):
            details = flatten(error.detail, "")
    else:
        return None
    set_rollback()
    body = problem_body(status, code, text)
    if details:
        body["errors"] = details
    return Response(body, status=status, headers=headers, content_type="application/problem+json")


def problem_body(status: int, code: str, text: str) -> dict[str, Any]:
    """The members of RFC 9457; `instance` is the id of the request, as in the log."""
    return {
        "type": f"{TYPE}{code}",
        "title": text,
        "status": status,
        "detail": text,
        "instance": f"urn:uuid:{current_request_id()}",
    }


def flatten(detail: Any, pointer: str) -> list[dict[str, str]]:
    """Every fault of a validation with the place it stands at."""
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in flatten(value, f"{pointer}/{key}")]
    if isinstance(detail, list):
        return [row for value in detail for row in flatten(value, pointer)]
    return [{"pointer": pointer or "/", "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]


class KeyWasForAnotherCall(DomainError):
    code = "idempotency_key_reused"
    status = 422
    default = gettext_lazy("This Idempotency-Key was used for another call.")


class IdempotentMixin:
    """Honours `Idempotency-Key` on POST: the same call again gets the stored answer, another call with the key a 422.

    The answer is kept in the transaction of the effect; what failed is not kept and may be tried again.
    """

    def dispatch(self, http: Any, *args: Any, **kwargs: Any) -> Any:
        if http.method != "POST" or "Idempotency-Key" not in http.headers:
            return super().dispatch(http, *args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            response = super().dispatch(http, *args, **kwargs)  # type: ignore[misc]
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get("Idempotency-Key", "")[:200]
        if request.method != "POST" or not key:
            return
        asked = json.dumps([request.path, request.data], sort_keys=True, default=str)
        fingerprint = hashlib.sha256(asked.encode()).hexdigest()
        client = f"key:{request.auth.pk}"
        try:
            with transaction.atomic():
                self.remembered = RememberedAnswer.objects.create(client=client, key=key, fingerprint=fingerprint)
        except IntegrityError:
            first = RememberedAnswer.objects.get(client=client, key=key)
            if first.fingerprint != fingerprint:
                raise KeyWasForAnotherCall from None
            raise Remembered(first) from None

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, Remembered):
            return Response(
                json.loads(error.answer.body), status=error.answer.status, headers={"Idempotency-Replayed": "true"}
            )
        return super().handle_exception(error)  # type: ignore[misc, no-any-return]

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        remembered = getattr(self, "remembered", None)
        if remembered is not None and response.status_code < 400:
            remembered.status = response.status_code
            remembered.body = JSONRenderer().render(response.data).decode()
            remembered.save(update_fields=["status", "body"])
        return response


class Remembered(Exception):
    """This call was answered before."""

    def __init__(self, answer: RememberedAnswer) -> None:
        self.answer = answer
