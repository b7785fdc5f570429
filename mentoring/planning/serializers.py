from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from mentoring.planning.models import Enrolment, Programme


class ProgrammeSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="pk", read_only=True)

    class Meta:
        model = Programme
        fields = [
            "id", "slug", "name_en", "name_fa", "summary_en", "summary_fa", "format", "status",
            "starts_on", "ends_on", "apply_until", "rhythm_days", "session_minutes", "mentor_capacity",
        ]  # fmt: skip
        read_only_fields = fields


class EnrolmentSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="pk", read_only=True)
    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    person = serializers.CharField(source="person_id", read_only=True)

    class Meta:
        model = Enrolment
        fields = [
            "id", "programme", "person", "role", "status", "status_at", "capacity", "free_places",
            "applied_at", "decided_at", "ready_at",
        ]  # fmt: skip
        read_only_fields = fields


class NewEnrolmentSerializer(serializers.Serializer):
    """Invite a person of the institution into a programme. The same again changes nothing."""

    programme = serializers.SlugField()
    person = serializers.IntegerField(help_text=_("The id of a person of the institution."))
    role = serializers.ChoiceField(choices=Enrolment.Role.choices)
