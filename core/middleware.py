"""What happens to every request: an id to follow it by, and one way in which a refusal is shown."""

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from core.errors import refusal

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    return _request_id.get()


def request_id(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        _request_id.set(str(uuid4()))
        response = get_response(request)
        response["X-Request-Id"] = _request_id.get()
        return response

    return middleware


PERMISSIONS = "Permissions-Policy"
DEVICES = ("camera", "microphone", "display-capture")


def permissions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No page may use camera, microphone or screen, but for those that say so with `uses_devices`; no frame ever."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(PERMISSIONS, policy(""))
        return response

    return middleware


def uses_devices(response: HttpResponse) -> HttpResponse:
    """Let this page of ours ask for them."""
    response[PERMISSIONS] = policy("self")
    return response


def policy(devices: str) -> str:
    closed = [f"{name}=()" for name in ("geolocation", "payment", "usb")]
    return ", ".join([f"{name}=({devices})" for name in DEVICES] + closed)


TEXTS = ("text/", "application/json", "application/problem+json")


class Compressed(GZipMiddleware):
    """Pages and answers in fewer bytes where the browser takes them so. Files of which one may ask for a part come as they are.

    A page holds secrets beside what somebody may choose (BREACH): Django adds a name of random length to each, the token against
    forgery is masked anew in each, and cookies are not sent with what another site asks for.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if "Accept-Ranges" in response or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)


def up_from_a_form(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever opens an address that only takes what a form sends is led to the page above it: after signing in, after
    changing the language beside a form that was sent back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        navigates = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
        return redirect(_page_above(request.path_info)) if navigates and response.status_code == 405 else response

    return middleware


def _page_above(path: str) -> str:
    """The nearest address above that leads anywhere."""
    while path != "/":
        path = path[: path.rstrip("/").rfind("/") + 1]
        with suppress(Resolver404):
            resolve(path)
            return path
    return path


class DomainErrors:
    """A refusal becomes a sentence on the page it came from, or a page of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        refused = refusal(error)
        if refused is None:
            return None
        back = request.META.get("HTTP_REFERER", "")
        here = {request.get_host()}
        if (
            request.method == "POST"
            and "HX-Request" not in request.headers
            and url_has_allowed_host_and_scheme(back, allowed_hosts=here)
        ):
            messages.error(request, str(refused.message))
            return redirect(back)
        return render(request, "error.html", {"message": refused.message, "code": refused.code}, status=refused.status)


domain_errors = DomainErrors
