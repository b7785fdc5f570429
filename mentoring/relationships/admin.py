"""For operators: states, people and dates. What members write to and about each other does not appear here."""

from django.contrib import admin

from core.admin import number
from mentoring.relationships.models import CoordinatorTouch, Relationship, RelationshipMember, Session


class MemberInline(admin.TabularInline):
    model = RelationshipMember
    extra = 0
    raw_id_fields = ("enrolment", "person")


@admin.register(Relationship)
class RelationshipAdmin(admin.ModelAdmin):
    list_display = (number, "programme", "status", "started_at", "last_contact_at", "closed_at")
    list_filter = ("status", "programme")
    search_fields = ("members__person__name", "members__person__email")
    list_select_related = ("programme",)
    readonly_fields = ("pair_key", "score", "why", "first_contact_at", "last_contact_at")
    raw_id_fields = ("programme",)
    inlines = (MemberInline,)


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    list_display = (number, "relationship", "status", "provenance", "starts_at", "minutes")
    list_filter = ("status", "provenance")
    list_select_related = ("relationship__programme",)
    fields = ("relationship", "status", "provenance", "starts_at", "minutes", "place", "technical_fault")
    raw_id_fields = ("relationship",)


@admin.register(CoordinatorTouch)
class CoordinatorTouchAdmin(admin.ModelAdmin):
    list_display = (number, "relationship", "coordinator", "at")
    list_select_related = ("relationship__programme", "coordinator")
    raw_id_fields = ("relationship", "coordinator", "person")
