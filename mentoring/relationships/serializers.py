from rest_framework import serializers

from mentoring.relationships.models import Relationship, RelationshipMember


class MemberSerializer(serializers.ModelSerializer):
    person = serializers.CharField(source="person_id", read_only=True)

    class Meta:
        model = RelationshipMember
        fields = ["person", "role", "joined_at", "left_at"]
        read_only_fields = fields


class RelationshipSerializer(serializers.ModelSerializer):
    """States and dates of a relationship; what its people write to each other is not here."""

    id = serializers.CharField(source="pk", read_only=True)
    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    members = MemberSerializer(many=True, read_only=True)

    class Meta:
        model = Relationship
        fields = [
            "id", "programme", "status", "status_at", "started_at", "planned_end_on", "first_contact_at",
            "last_contact_at", "closed_at", "close_reason", "members",
        ]  # fmt: skip
        read_only_fields = fields
