from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.people_rows import LONGEST


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
    groups = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST["group"], allow_blank=True),
        required=False,
        help_text=_(
            "Named groups the person belongs to, question: answer, only to see whether results are fair to everybody. An"
            " empty answer takes one back. They are kept, also for whoever takes part already, and never told here."
        ),
    )

    def validate_groups(self, groups: dict[str, str]) -> dict[str, str]:
        if any(not 0 < len(question) <= LONGEST["group"] for question in groups):
            raise serializers.ValidationError(
                _("A question has between 1 and %(limit)s letters.") % {"limit": LONGEST["group"]}
            )
        return groups
