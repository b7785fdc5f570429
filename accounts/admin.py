"""For operators. What is written by the house itself is read here, not changed."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, AuditEvent, Belonging, Consent, Institution, Invitation, User
from core.admin import ReadOnly

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.index_title = _("Everything there is")
admin.site.unregister(Group)


class BelongingInline(admin.TabularInline):
    model = Belonging
    extra = 0
    autocomplete_fields = ("institution",)


class PersonChangeForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


def permission_words(permission: Permission) -> str:
    """A permission in the operator's language; Django keeps its name in English."""
    verb = permission.codename.partition("_")[0]
    return f"{permission.content_type} | {gettext(verb.capitalize())}"


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    list_display = ("email", "name", "language", "is_active", "is_staff", "joined_at")
    list_filter = ("is_active", "is_staff", "language")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ("user_permissions",)
    readonly_fields = ("joined_at", "last_login")
    inlines = (BelongingInline,)
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "about")}),
        (_("How they read"), {"fields": ("language", "calendar", "time_zone", "theme", "data_use", "shortcuts")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        (_("Dates"), {"fields": ("joined_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "user_permissions":
            field.label_from_instance = permission_words
        return field


@admin.register(Institution)
class InstitutionAdmin(admin.ModelAdmin):
    list_display = ("slug", "name_en", "name_fa", "language", "created_at")
    search_fields = ("slug", "name_en", "name_fa")
    prepopulated_fields = {"slug": ("name_en",)}


@admin.register(Consent)
class ConsentAdmin(ReadOnly):
    list_display = ("person", "kind", "version", "given_at", "withdrawn_at")
    list_filter = ("kind", "version")
    list_select_related = ("person",)
    search_fields = ("person__email",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ("email", "institution", "role", "created_at", "expires_at", "accepted_at")
    list_filter = ("role",)
    list_select_related = ("institution",)
    search_fields = ("email",)
    exclude = ("token_hash",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ("name", "institution", "prefix", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("institution",)
    search_fields = ("name", "prefix")
    exclude = ("key_hash",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = ("seq", "at", "action", "actor_id", "target_type", "target_id", "outcome")
    list_filter = ("outcome",)
    search_fields = ("=actor_id", "action", "=target_id")
    ordering = ("-seq",)
    show_full_result_count = False
