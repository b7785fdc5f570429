from datetime import datetime
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from evaluation.models import ProgrammeReport, ResearchExport, Score, Study, StudyResult


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
            "anchors_version",
        ]
        read_only_fields = fields


class ReportSerializer(serializers.ModelSerializer):
    """A report as it was made. `links`: the same as a page of HTML, as PDF and as the words and numbers in JSON."""

    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    links = serializers.SerializerMethodField()

    class Meta:
        model = ProgrammeReport
        fields = ["id", "programme", "kind", "language", "as_of_on", "made_at", "links"]
        read_only_fields = fields

    def get_links(self, report: ProgrammeReport) -> dict[str, str]:
        return {each: reverse("api_report_file", args=[report.pk, each]) for each in ("html", "pdf", "json")}


class ExportSerializer(serializers.ModelSerializer):
    """A research export. `size` is 0 while it is not made, after a newer one, and after somebody in it took consent back
    (`dropped_at`); `error` is why it could not be made."""

    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    error = serializers.SerializerMethodField()

    class Meta:
        model = ResearchExport
        fields = ["id", "programme", "asked_at", "made_at", "dropped_at", "size", "error"]
        read_only_fields = fields

    def get_error(self, export: ResearchExport) -> str:
        return str(self.context.get("errors", {}).get(export.job_key, ""))


class NewExportSerializer(serializers.Serializer):
    programme = serializers.SlugField()


class StudySerializer(serializers.ModelSerializer):
    """A study whose plan is locked: the plan, its SHA-256, what was added later, and the newest result."""

    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    plan = serializers.JSONField(source="planned", read_only=True)
    amendments = serializers.SerializerMethodField()
    made_at = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Study
        fields = [
            "id", "programme", "kind", "title", "plan", "sha256", "locked_at", "amendments", "made_at", "result",
        ]  # fmt: skip
        read_only_fields = fields

    def _newest(self, study: Study) -> StudyResult | None:
        made = [row for row in study.results.all() if row.made_at is not None]
        return max(made, key=lambda row: (row.made_at, row.pk), default=None)

    def get_amendments(self, study: Study) -> list[dict[str, Any]]:
        rows = sorted(study.amendments.all(), key=lambda row: row.number)
        return [{**row.added, "sha256": row.sha256, "made_at": row.made_at} for row in rows]

    def get_made_at(self, study: Study) -> datetime | None:
        newest = self._newest(study)
        return newest.made_at if newest else None

    def get_result(self, study: Study) -> dict[str, Any]:
        newest = self._newest(study)
        return newest.content if newest else {}
