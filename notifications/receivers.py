"""Whoever is signed out somewhere is told nothing there any more."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.signals import sessions_ended
from notifications.services import forget_devices, forget_other_devices


@receiver(user_logged_out)
def forget_this_device(user: User | None, request: HttpRequest, **_more: Any) -> None:
    if user is not None and request.session.session_key:
        forget_devices(user, session=request.session.session_key)


@receiver(sessions_ended)
def forget_the_others(person: User, keep: str, now: str, **_more: Any) -> None:
    forget_other_devices(person, keep=keep, now=now)
