from rest_framework import serializers

from evaluation.models import Score


class ScoreSerializer(serializers.ModelSerializer):
    """A programme's score, or (level I, without a programme) the institution's. `state` says why there is no `value`; groups
    below five people are suppressed."""

    level = serializers.ChoiceField(choices=[Score.Level.PROGRAMME, Score.Level.INSTITUTION], read_only=True)
    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)

    class Meta:
        model = Score
        fields = [
            "level",
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
