"""For operators: who talks where and how far they are. Never what was said."""

from django.contrib import admin

from core.admin import number
from mentoring.messaging.models import Room, RoomMember


class RoomMemberInline(admin.TabularInline):
    model = RoomMember
    fields = readonly_fields = ["person", "joined_at", "last_read_seq", "read_at", "left_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = [number, "institution", "kind", "relationship", "last_seq", "created_at", "closed_at"]
    list_filter = ["kind", "institution"]
    list_select_related = ["institution", "relationship__programme"]
    readonly_fields = ["institution", "kind", "relationship", "last_seq", "epoch", "created_at", "closed_at"]
    inlines = [RoomMemberInline]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
