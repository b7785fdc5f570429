"""For operators: what was told and mailed, and why a mail did not leave. Read only."""

from django.contrib import admin

from core.admin import ReadOnly
from notifications.models import Mail, Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    list_display = ("kind", "recipient", "created_at", "read_at")
    list_filter = ("kind",)
    list_select_related = ("recipient",)
    search_fields = ("recipient__email", "key")
    ordering = ("-created_at",)


@admin.register(Mail)
class MailAdmin(ReadOnly):
    list_display = ("to", "kind", "subject", "created_at", "sent_at", "error", "returned", "return_code")
    list_filter = ("kind", "returned")
    search_fields = ("to", "subject", "key")
    ordering = ("-created_at",)
