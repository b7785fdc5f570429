from datetime import datetime
from itertools import pairwise
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Language
from evaluation.indicators import Indicator
from evaluation.models import (
    Alert,
    Coding,
    Instrument,
    ProgrammeReport,
    ResearchExport,
    RiskModel,
    Score,
    Study,
    StudyResult,
    Wave,
)
from evaluation.queries.coded import CodeRow
from evaluation.queries.coding import question_of
from evaluation.queries.contact import MOST_SESSIONS
from evaluation.queries.instruments import SubscaleRow
from evaluation.queries.made_of import counted, made_of, points
from evaluation.queries.places import Place
from evaluation.queries.risk import Precision
from evaluation.queries.told import EDGES, STARS, Block, Side
from evaluation.statistics.proportions import wilson
from evaluation.words import how


class ScoreSerializer(serializers.ModelSerializer):
    """A programme's score in whole points, or (level I, without a programme) the institution's. `state` says why there is no
    `value`; groups below five people are suppressed. `inputs`: what the number was made of. Of an indicator `raw` in its unit,
    `numerator` over `denominator`, the days `from` and `to`, how many `people`, the share of units `below_50`; where it rests on
    what single people rate, answer, wish or are tested on only the days and the people, for sums would move with one of them.
    Of the rest how many parts are `measured` of how many, or what each side says; `low` and `high` are the 95% interval, where
    relationships differ. Empty where there is no number."""

    value = serializers.SerializerMethodField()
    n = serializers.SerializerMethodField()
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

    def get_value(self, score: Score) -> int | None:
        return points(score)

    def get_n(self, score: Score) -> int:
        return counted(score)

    def get_inputs(self, score: Score) -> dict[str, Any]:
        return made_of(score)


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
    """Half a year or more in whole months, told once: everybody counts once, with the mean of the stars they gave; roles of five
    people and more. No day is told of twice."""

    from_on = serializers.DateField()
    until_on = serializers.DateField()
    sides = RoleMeansSerializer(many=True)


class FairnessSerializer(serializers.Serializer):
    """The mentees who came in half a year or more (who were approved, or whose programme began, whichever was later), by the
    groups they named themselves, told once."""

    from_on = serializers.DateField()
    until_on = serializers.DateField()
    questions = GroupsSerializer(many=True)


class InstitutionFiguresSerializer(serializers.Serializer):
    """As the institution's administrators read them under "In detail"; null until half a year was told."""

    satisfaction = InstitutionSatisfactionSerializer(allow_null=True)
    fairness = FairnessSerializer(allow_null=True)


class CodingSerializer(serializers.ModelSerializer):
    """Answers to one open question of a wave, or (without a wave) what people wrote when they closed relationships, on their way
    to codes. `is_compared`: both coders have finished. `shown_at`: since when the people behind each code are told."""

    programme = serializers.CharField(source="programme.slug", read_only=True)
    question = serializers.SerializerMethodField()

    class Meta:
        model = Coding
        fields = ["id", "programme", "wave", "item", "question", "begun_at", "is_compared", "shown_at"]
        read_only_fields = fields

    def get_question(self, coding: Coding) -> str:
        return question_of(coding)


class Interval(serializers.Serializer):
    """A figure with its 95% interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ShareSerializer(Interval):
    """A share of `n` with its 95% interval (Wilson)."""

    n = serializers.IntegerField()


class KappaSerializer(Interval):
    """Cohen's kappa of given or not given with its 95% interval."""


class CodeSerializer(serializers.Serializer):
    """A code and the category it stands `under`. `people`: null until the two show it (`shown_at`), then below ten and where
    somebody would follow by subtraction. `same` and `kappa`: null where they would tell how many a rare code was given to;
    `kappa` alone where both gave it always, or never."""

    level = serializers.CharField(source="code.level")
    name = serializers.CharField(source="code")
    under = serializers.CharField()
    people = serializers.IntegerField(allow_null=True)
    same = serializers.SerializerMethodField(help_text="Share of answers on which the two agree about it")
    kappa = serializers.SerializerMethodField()

    @extend_schema_field(ShareSerializer(allow_null=True))
    def get_same(self, row: CodeRow) -> Any:
        share = row.agreement.share if row.agreement else None
        return None if share is None else ShareSerializer(share).data

    @extend_schema_field(KappaSerializer(allow_null=True))
    def get_kappa(self, row: CodeRow) -> Any:
        told = row.agreement is not None and row.agreement.figures
        return KappaSerializer(row.agreement.kappa).data if row.agreement and told else None


class CodedSerializer(serializers.Serializer):
    """A coding with what came of it once both have finished: how far they agree, and the people behind each code, which are told
    when the two show them and stay then. `answers` is 0 while fewer than ten people stand behind them."""

    coding = CodingSerializer()
    answers = serializers.IntegerField()
    same = ShareSerializer(allow_null=True)
    codes = CodeSerializer(many=True)


class ReadingSerializer(serializers.Serializer):
    """What the indicator said on a day: whole points, or null and in words why."""

    on = serializers.DateField()
    points = serializers.IntegerField(allow_null=True)
    said = serializers.CharField(source="sentence")


class ActionSerializer(serializers.Serializer):
    """An idea of the library that a coordinator (`person`) took up about a component; `who` is to do it. `expected` points more
    were hoped for on its `indicator`, read again `window_days` after it is done. `before` is null where it may not stand beside
    `after`; `effect` says in words what may be said about the two: side by side, never as cause and effect."""

    id = serializers.IntegerField(source="action.pk")
    programme = serializers.CharField(source="action.programme.slug")
    component = serializers.CharField(source="action.component")
    idea = serializers.CharField(source="action.idea")
    what = serializers.CharField()
    how = serializers.CharField()
    who = serializers.CharField(source="action.in_library.who")
    person = serializers.CharField(source="action.person_id", allow_null=True)
    indicator = serializers.CharField(source="action.code")
    indicator_name = serializers.CharField(source="indicator")
    expected = serializers.IntegerField(source="action.points")
    window_days = serializers.IntegerField(source="action.window_days")
    state = serializers.CharField(help_text="In words")
    accepted_at = serializers.DateTimeField(source="action.accepted_at")
    due_on = serializers.DateField(source="action.due_on")
    done_on = serializers.DateField(source="action.done_on", allow_null=True)
    dropped_at = serializers.DateTimeField(source="action.dropped_at", allow_null=True)
    read_again_on = serializers.DateField(source="action.read_again_on", allow_null=True)
    before = ReadingSerializer(allow_null=True)
    after = ReadingSerializer(allow_null=True)
    effect = serializers.CharField()


class PrecisionSerializer(serializers.Serializer):
    """Of `alerts` with a known outcome, in how many the relationship `ended_early`; null where too few relationships stand behind
    them: five, of what somebody said in confidence ten."""

    name = serializers.CharField()
    alerts = serializers.SerializerMethodField()
    ended_early = serializers.SerializerMethodField()
    precision = serializers.SerializerMethodField()

    def get_alerts(self, row: Precision) -> int | None:
        return row.n if row.is_shown else None

    def get_ended_early(self, row: Precision) -> int | None:
        return row.ended if row.is_shown else None

    @extend_schema_field(ShareSerializer(allow_null=True))
    def get_precision(self, row: Precision) -> Any:
        return ShareSerializer(wilson(row.ended, row.n)).data if row.is_shown else None


class BecameSerializer(serializers.Serializer):
    became = serializers.ChoiceField(choices=Alert.Became.choices)
    alerts = serializers.IntegerField()


class AfterActsSerializer(serializers.Serializer):
    """Of the alerts that somebody saw to, after how many the two were in touch on more days than before, on as many, on fewer;
    and how many are not compared. Associated with what was done, never proven to be caused by it."""

    alerts = serializers.IntegerField(source="n")
    more = serializers.IntegerField()
    same = serializers.IntegerField()
    fewer = serializers.IntegerField(source="less")
    not_compared = serializers.IntegerField(source="left")


class SignalSerializer(serializers.Serializer):
    """One signal, or limit, with its points here and as they come with the platform."""

    signal = serializers.CharField(source="key")
    name = serializers.CharField()
    points = serializers.IntegerField()
    default = serializers.IntegerField()


class RiskSerializer(serializers.Serializer):
    """`waiting`: relationships that wait for a coordinator. `past`: all alerts whose outcome is known eight weeks later; what
    they `became`, and by reason: nothing of it while fewer than five relationships stand behind them, then `not_known_yet` is
    null too. `after_acts` is null while fewer than five do. The points of all signals are added up."""

    programme = serializers.CharField()
    waiting = serializers.IntegerField()
    past = PrecisionSerializer()
    became = BecameSerializer(many=True)
    not_known_yet = serializers.IntegerField(allow_null=True)
    by_reason = PrecisionSerializer(many=True)
    after_acts = AfterActsSerializer(allow_null=True)
    points_version = serializers.IntegerField()
    points = SignalSerializer(many=True)
    limits = SignalSerializer(many=True)


class SizesSerializer(serializers.Serializer):
    relationships = serializers.IntegerField()
    early = serializers.IntegerField(help_text="Of them ended early")


class AucSerializer(serializers.Serializer):
    """How often an early end ranks above another week; the interval of the gain over the points, null where there is none."""

    model = serializers.FloatField(allow_null=True)
    points = serializers.FloatField(allow_null=True)
    gain = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class BrierSerializer(serializers.Serializer):
    """Beside that of the plain share of early ends."""

    model = serializers.FloatField()
    base = serializers.FloatField()


class FoundSerializer(serializers.Serializer):
    """Sensitivity or specificity of the model, of the points, and what is to be reached."""

    model = serializers.FloatField(allow_null=True)
    points = serializers.FloatField(allow_null=True)
    goal = serializers.FloatField()


class CalibrationSerializer(serializers.Serializer):
    """Weeks from the lowest to the highest chance, in groups: early ends expected and seen."""

    weeks = serializers.IntegerField(source="n")
    expected = serializers.FloatField()
    observed = serializers.IntegerField()


class FalseAlarmsSerializer(serializers.Serializer):
    """Of `n` relationships of a group that did not end early the shares called for in vain; all null under five."""

    kind = serializers.CharField()
    group = serializers.CharField(source="name")
    n = serializers.IntegerField(allow_null=True)
    model = serializers.FloatField(allow_null=True)
    points = serializers.FloatField(allow_null=True)


class JudgementSerializer(serializers.Serializer):
    """How the newest model did on relationships it had not seen, beside the points it would replace."""

    predictors = serializers.ListField(child=serializers.CharField())
    auc = AucSerializer()
    brier = BrierSerializer()
    sensitivity = FoundSerializer()
    specificity = FoundSerializer()
    calibration = CalibrationSerializer(many=True)
    false_alarms = FalseAlarmsSerializer(many=True)


class HazardModelSerializer(serializers.Serializer):
    """One version of the model. `why`: too few early ends to judge, not better than the points, or better: only then it decides.
    `judged` is null where there were too few."""

    version = serializers.IntegerField()
    made_at = serializers.DateTimeField()
    why = serializers.ChoiceField(choices=["too_few", "not_better", "better"], source="result.why")
    replaces_points = serializers.BooleanField(source="better")
    learned_from = SizesSerializer(source="result.learned_from")
    held_out = SizesSerializer(source="result.held_out")
    judged = serializers.SerializerMethodField()

    @extend_schema_field(JudgementSerializer(allow_null=True))
    def get_judged(self, model: RiskModel) -> Any:
        result = model.result
        if "auc" not in result:
            return None
        found = {
            name: {who: result["found"][who][name] for who in ("model", "points")} | {"goal": goal}
            for name, goal in result["reference"].items()
        }
        return JudgementSerializer({**result, "predictors": list(result["predictors"]), **found}).data


class RiskModelSerializer(serializers.Serializer):
    """How many relationships of the institution are over, how many of them ended early, and how many of each it takes; the newest
    model, null until there is one."""

    over = serializers.IntegerField()
    early = serializers.IntegerField()
    over_needed = serializers.IntegerField()
    early_needed = serializers.IntegerField()
    newest = HazardModelSerializer(allow_null=True)


class MetSerializer(serializers.Serializer):
    """How many relationships met so often in the week; null where it is not shown."""

    sessions = serializers.IntegerField(help_text=f"{MOST_SESSIONS} stands for as many or more")
    relationships = serializers.IntegerField(allow_null=True)


class SessionWeekSerializer(serializers.Serializer):
    """A whole week of the relationships that were under way in all of it; `relationships` is null under five."""

    from_on = serializers.DateField()
    relationships = serializers.IntegerField(allow_null=True)
    met = MetSerializer(many=True)


class SessionWeeksSerializer(serializers.Serializer):
    """How often the relationships of a programme met, in its last twelve weeks that are over, the oldest first."""

    programme = serializers.CharField()
    weeks = SessionWeekSerializer(many=True)


class WaveSerializer(serializers.ModelSerializer):
    """One time that people are asked. Of the people with a page in it (`asked`) so many have answered all that was theirs."""

    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    questionnaire = serializers.PrimaryKeyRelatedField(source="instrument", read_only=True, allow_null=True)
    asked = serializers.IntegerField(read_only=True)
    answered = serializers.IntegerField(read_only=True)

    class Meta:
        model = Wave
        fields = [
            "id", "programme", "form", "questionnaire", "moment", "opens_at", "closes_at", "asked", "answered",
        ]  # fmt: skip
        read_only_fields = fields


class IndicatorSerializer(serializers.Serializer):
    """How one figure is computed in a programme today. `anchors`: what counts as 0 and as 100 in its `unit`, of a band its four
    corners; empty where nothing is computed. `levels`: P each person, R each relationship, G the programme, I the institution."""

    code = serializers.CharField()
    component = serializers.CharField()
    name = serializers.CharField()
    how = serializers.SerializerMethodField()
    minimum = serializers.CharField()
    levels = serializers.CharField()
    unit = serializers.CharField()
    kind = serializers.CharField()
    anchors = serializers.SerializerMethodField()
    version = serializers.IntegerField()
    anchors_version = serializers.IntegerField()

    def get_how(self, indicator: Indicator) -> str:
        return how(indicator) or str(indicator.why_not)

    def get_anchors(self, indicator: Indicator) -> list[float]:
        return list(indicator.anchors) if indicator.is_computed else []


class IndicatorsSerializer(serializers.Serializer):
    programme = serializers.CharField()
    indicators = IndicatorSerializer(many=True)
