from django.contrib import admin
from django.http import HttpRequest

from core.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    """What waits, what ran and what failed; nothing is changed here."""

    list_display = ["name", "key", "due_at", "attempts", "done_at", "failed_at"]
    list_filter = ["name", ("failed_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter)]
    search_fields = ["key", "error"]
    ordering = ["-pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False
