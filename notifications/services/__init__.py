"""Verbs about reaching people."""

from notifications.services.devices import forget_devices, forget_other_devices, keep_device, push, push_key
from notifications.services.digest import ask_for_digests, send_digest
from notifications.services.letters import send_letter, write_letter
from notifications.services.returning import resume_mail, take_return
from notifications.services.telling import mark_new, mark_read, notify, notify_in
from notifications.services.wishes import drop_absence, keep_absence, keep_preferences, keep_rhythm

__all__ = [
    "ask_for_digests",
    "drop_absence",
    "forget_devices",
    "forget_other_devices",
    "keep_absence",
    "keep_device",
    "keep_preferences",
    "keep_rhythm",
    "mark_new",
    "mark_read",
    "notify",
    "notify_in",
    "push",
    "push_key",
    "resume_mail",
    "send_digest",
    "send_letter",
    "take_return",
    "write_letter",
]
