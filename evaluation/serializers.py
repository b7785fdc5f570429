from datetime import datetime
from itertools import pairwise
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Language
from evaluation.disclosure import K
from evaluation.models import Instrument, ProgrammeReport, ResearchExport, Score, Study, StudyResult
from evaluation.queries.instruments import SubscaleRow
from evaluation.queries.places import Place
from evaluation.queries.told import EDGES, STARS, Block, Side


class ScoreSerializer(serializers.ModelSerializer):
    """A programme's score, or (level I, without a programme) the institution's. `state` says why there is no `value`; groups
    below five people are suppressed. `inputs`: what the number was made of. Of an indicator `raw` in its unit, `numerator` over
    `denominator`, the days `from` and `to`, how many `people`, the share of units `below_50`; of the rest how many parts are
    `measured` of how many, or what each side says; `low` and `high` are the 95% interval,
    where relationships differ. Empty where there is no number."""

    inputs = serializers.SerializerMethodField()
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
            "inputs",
            "as_of_on",
            "computed_at",
            "version",
            "anchors_version",
        ]
        read_only_fields = fields

    def get_inputs(self, score: Score) -> dict[str, Any]:
        """As stored; how many answers are single items only from five on."""
        return {name: value for name, value in score.inputs.items() if name != "single_item" or value >= K}


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


class NewReportSerializer(serializers.Serializer):
    """`until`: the last computed day of an earlier month; without it the report is of the newest scores."""

    programme = serializers.SlugField()
    kind = serializers.ChoiceField(choices=ProgrammeReport.Kind.choices, default=ProgrammeReport.Kind.BRIEF)
    language = serializers.ChoiceField(choices=Language.choices)
    until = serializers.DateField(required=False)


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


class InstrumentSerializer(serializers.ModelSerializer):
    """A version of a questionnaire of the institution's own. `definition` is the file that it can be loaded from again, with its
    questions in both languages, its scale, its scoring and its licence."""

    definition = serializers.SerializerMethodField()

    class Meta:
        model = Instrument
        fields = ["id", "name", "version", "roles", "activated_at", "retired_at", "definition"]
        read_only_fields = fields

    def get_definition(self, instrument: Instrument) -> dict[str, Any]:
        return instrument.document


class SideSerializer(serializers.Serializer):
    """What one side says: the mean of `n` people between `low` and `high`, the lowest and highest that can be; null while
    fewer than five have answered."""

    role = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    low = serializers.IntegerField()
    high = serializers.IntegerField()


class ConsistencySerializer(serializers.Serializer):
    """Internal consistency with its 95% interval, from 30 people on."""

    measure = serializers.CharField()
    variant = serializers.CharField()
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()


class SubscaleSerializer(serializers.Serializer):
    """`code` is empty where the questionnaire has one scale only."""

    code = serializers.CharField()
    name = serializers.CharField()
    sides = SideSerializer(many=True)
    consistency = serializers.SerializerMethodField()

    @extend_schema_field(ConsistencySerializer(many=True))
    def get_consistency(self, row: SubscaleRow) -> Any:
        found = row.consistency if isinstance(row.consistency, tuple) else ()
        return ConsistencySerializer(found, many=True).data


class OwnResultSerializer(serializers.Serializer):
    """One wave of an own questionnaire. Answers enter five people of a side at a time, so that no two calls tell of fewer."""

    id = serializers.IntegerField(source="wave.pk")
    programme = serializers.CharField(source="wave.programme.slug")
    questionnaire = serializers.IntegerField(source="instrument.pk")
    name = serializers.CharField(source="instrument.name")
    version = serializers.IntegerField(source="instrument.version")
    moment = serializers.CharField(source="wave.moment", help_text="w0 to w4; empty for none of them")
    opens_at = serializers.DateTimeField(source="wave.opens_at")
    closes_at = serializers.DateTimeField(source="wave.closes_at", allow_null=True)
    scales = SubscaleSerializer(source="rows", many=True)


class ScaleQualitySerializer(serializers.Serializer):
    """`of`: a category, or a component for information. `n`: people of the side who answered every statement of the category,
    as far as they were let in, five at a time; `needed`: how many more it takes until there is a figure."""

    of = serializers.CharField()
    role = serializers.CharField()
    items = serializers.IntegerField()
    n = serializers.IntegerField()
    needed = serializers.IntegerField()
    consistency = ConsistencySerializer(source="estimates", many=True)


class QualitySerializer(serializers.Serializer):
    """One wave of the built-in questionnaire, with every scale of two statements or more."""

    id = serializers.IntegerField(source="wave.pk")
    programme = serializers.CharField(source="wave.programme.slug")
    form = serializers.CharField(source="wave.form")
    moment = serializers.CharField(source="wave.moment", help_text="w0 to w4; empty for none of them")
    opens_at = serializers.DateTimeField(source="wave.opens_at")
    closes_at = serializers.DateTimeField(source="wave.closes_at", allow_null=True)
    scales = ScaleQualitySerializer(many=True)


class PlaceSerializer(serializers.Serializer):
    """One stage in whole points: of `n` past programmes in which it is measured so many stand `below` and so many at the `same`
    points. `percentile` is the share below with half of the same; null under five, and where it is not measured here."""

    stage = serializers.CharField(source="stage.slug")
    value = serializers.IntegerField(allow_null=True)
    n = serializers.IntegerField()
    below = serializers.SerializerMethodField()
    same = serializers.SerializerMethodField()
    percentile = serializers.IntegerField(allow_null=True)

    def get_below(self, place: Place) -> int | None:
        return place.below if place.is_told else None

    def get_same(self, place: Place) -> int | None:
        return place.same if place.is_told else None


class PlacesSerializer(serializers.Serializer):
    """A programme among those of its institution that were over on the day of its newest scores (`past` of them have figures)."""

    programme = serializers.CharField(source="programme.slug")
    as_of_on = serializers.DateField(allow_null=True)
    past = serializers.IntegerField()
    stages = PlaceSerializer(many=True)


class StarSerializer(serializers.Serializer):
    """How many people gave so many stars; null where it is not shown."""

    stars = serializers.IntegerField()
    people = serializers.IntegerField(allow_null=True)


class BlockSerializer(serializers.Serializer):
    """Four weeks of a programme: everybody counts once, with their newest rating. `people`: null under five."""

    from_on = serializers.DateField()
    until_on = serializers.DateField()
    people = serializers.IntegerField(source="total", allow_null=True)
    stars = serializers.SerializerMethodField()

    @extend_schema_field(StarSerializer(many=True))
    def get_stars(self, block: Block) -> list[dict[str, int | None]]:
        return [{"stars": stars, "people": n} for stars, n in zip(STARS, block.cells, strict=True)]


class SatisfactionSerializer(serializers.Serializer):
    """How the people of a programme found their sessions, in its last three blocks of four weeks that are over."""

    programme = serializers.CharField()
    blocks = BlockSerializer(many=True)


class MeansSerializer(serializers.Serializer):
    """How many people rate their sessions with a mean `from` so many stars on to `below` so many; null where it is not shown."""

    below = serializers.FloatField(allow_null=True)
    people = serializers.IntegerField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.FloatField(allow_null=True), **super().get_fields()}


class RoleMeansSerializer(serializers.Serializer):
    role = serializers.CharField()
    people = serializers.IntegerField()
    means = serializers.SerializerMethodField()

    @extend_schema_field(MeansSerializer(many=True))
    def get_means(self, side: Side) -> list[dict[str, Any]]:
        edges = (None, *EDGES, None)
        return [
            {"from": low, "below": high, "people": n}
            for (low, high), n in zip(pairwise(edges), side.counts, strict=True)
        ]


class GroupSerializer(serializers.Serializer):
    """Of `n` mentees of a group the shares that have or had a mentor, have met, and go on or came to the planned end; all null
    where the group is hidden: under ten, or the next smallest beside one."""

    group = serializers.CharField(source="code")
    n = serializers.IntegerField(allow_null=True)
    matched = serializers.FloatField(allow_null=True)
    met = serializers.FloatField(allow_null=True)
    stayed = serializers.FloatField(allow_null=True)


class GroupsSerializer(serializers.Serializer):
    """One question about named groups (empty: the language of somebody's pages). `stands_out`: two shown groups lie further apart
    than chance alone would bring."""

    question = serializers.CharField(source="code")
    stands_out = serializers.BooleanField()
    groups = GroupSerializer(source="rows", many=True)


class InstitutionSatisfactionSerializer(serializers.Serializer):
    """Twelve whole months: everybody counts once, with the mean of the stars they gave; roles of five people and more."""

    from_on = serializers.DateField()
    until_on = serializers.DateField()
    sides = RoleMeansSerializer(many=True)


class FairnessSerializer(serializers.Serializer):
    """The mentees who were approved in two years of whole months, by the groups they named themselves."""

    from_on = serializers.DateField()
    until_on = serializers.DateField()
    questions = GroupsSerializer(many=True)


class InstitutionFiguresSerializer(serializers.Serializer):
    """As the institution's administrators read them under "In detail"; null until a month was told."""

    satisfaction = InstitutionSatisfactionSerializer(allow_null=True)
    fairness = FairnessSerializer(allow_null=True)
