"""How an institution's system proves itself over REST: `Authorization: Bearer <key>`, with scopes."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiKey, token_hash

SCOPES = {
    "programmes:read": _("Read programmes"),
    "people:read": _("Read people"),
    "people:write": _("Create and change people and enrolments"),
    "relationships:read": _("Read relationships"),
    "scores:read": _("Read scores"),
    "research:read": _("Read reports, results of studies and research exports"),
    "research:write": _("Ask for a research export"),
    "matching:read": _("Read runs of matching and what they propose"),
    "matching:write": _("Start and stop runs of matching; a person publishes"),
}
LISTS = {
    "programmes:read": "programmes",
    "people:read": "people",
    "relationships:read": "relationships",
    "scores:read": "scores",
    "research:read": "reports",
}
"""What a new key can ask for at once, without knowing an id: the path of the interface by its scope."""


class ApiKeyAuthentication(BaseAuthentication):
    """`request.auth` is the ApiKey; `request.user` stays anonymous, for a key is not a person."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != "bearer":
            return None
        now = timezone.now()
        key = None
        if len(words) == 2:
            usable = ApiKey.objects.usable(now).select_related("institution")
            key = usable.filter(key_hash=token_hash(words[1])).first()
        if key is None:
            raise exceptions.AuthenticationFailed(_("This key is not valid."))
        if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Peyvand"'


class HasScope(BasePermission):
    """The view says `scopes = {"GET": "people:read", ...}`; the key must hold the one for this method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            raise exceptions.NotAuthenticated
        needed = view.scopes.get("GET" if request.method in ("HEAD", "OPTIONS") else request.method)
        if needed is None:
            raise exceptions.MethodNotAllowed(request.method)
        return needed in request.auth.scopes


class ForKey:
    """What every view of the API shares: rows are read as the key may see them. `scopes` maps methods to scopes."""

    scopes: dict[str, str]
    request: Request

    @property
    def viewer(self) -> Any:
        """The key; nobody while the schema is drawn, when there is no request to speak of."""
        return getattr(self.request, "auth", None) or AnonymousUser()


class KeyThrottle(SimpleRateThrottle):
    scope = "key"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        return f"throttle:{request.auth.pk}" if request.auth is not None else None
