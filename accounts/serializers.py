from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Calendar, Language, User, known_zone


class PersonSerializer(serializers.ModelSerializer):
    """A person of the institution, as its other systems know them."""

    id = serializers.CharField(source="pk", read_only=True)
    external_id = serializers.CharField(read_only=True, help_text=_("The institution's own id of this person."))

    class Meta:
        model = User
        fields = ["id", "external_id", "name", "email", "language", "calendar", "time_zone", "joined_at"]
        read_only_fields = fields


class NewPersonSerializer(serializers.Serializer):
    """What is needed to add a person to the institution. The same e-mail again changes nothing."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=150)
    external_id = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    calendar = serializers.ChoiceField(choices=Calendar.choices, required=False)
    time_zone = serializers.CharField(max_length=64, required=False, validators=[known_zone])
