"""Signing in and out, and what is done to a password or an address, written into the audit trail."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import (
    email_changed,
    email_confirmed,
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
)
from django.conf import settings
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.services import record, tell_signed_out
from accounts.signals import sessions_ended


@receiver(user_logged_in)
def signed_in(user: User, **_more: Any) -> None:
    record("login.ok", by=user, at=timezone.now(), target=user)


@receiver(user_logged_out)
def signed_out(user: User | None, request: HttpRequest, **_more: Any) -> None:
    if user is not None:
        record("logout", by=user, at=timezone.now(), target=user)
        tell_signed_out(sessions=[request.session.session_key])


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], **_more: Any) -> None:
    """The target is the person whose address was tried; an address we do not know is not kept."""
    email = str(credentials.get("email") or credentials.get("username") or "").lower()
    person = User.objects.filter(email=email).first()
    record("login.failed", by=None, at=timezone.now(), target=person, outcome="refused")


@receiver(password_changed)
@receiver(password_set)
def password_was_changed(user: User, request: HttpRequest, **_more: Any) -> None:
    record("password.changed", by=user, at=timezone.now(), target=user)
    tell_signed_out(people=[user.pk])
    before = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")  # the session goes on under a new key
    sessions_ended.send(User, person=user, keep=before, now=request.session.session_key or "")


@receiver(password_reset)
def password_was_reset(user: User, **_more: Any) -> None:
    """The link came by mail, so the address is theirs: somebody imported from a list need not confirm it once more."""
    EmailAddress.objects.filter(user=user, email=user.email).update(verified=True, primary=True)
    record("password.reset", by=user, at=timezone.now(), target=user)
    tell_signed_out(people=[user.pk])
    sessions_ended.send(User, person=user, keep="", now="")


@receiver(email_changed)
def address_was_changed(user: User, **_more: Any) -> None:
    record("email.changed", by=user, at=timezone.now(), target=user)


@receiver(email_confirmed)
def address_was_confirmed(email_address: EmailAddress, **_more: Any) -> None:
    record("email.confirmed", by=email_address.user, at=timezone.now(), target=email_address.user)
