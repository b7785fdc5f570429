from rest_framework import serializers

from evaluation.models import Score


class ScoreSerializer(serializers.ModelSerializer):
    """A programme's score. `state` says why there is no `value`; groups below five people are suppressed."""

    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Score
        fields = [
            "programme",
            "component",
            "code",
            "facet",
            "state",
            "value",
            "n",
            "as_of_on",
            "computed_at",
            "version",
        ]
        read_only_fields = fields
