"""What a run may be asked for from outside, and what it tells there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from rest_framework import serializers

from core import jobs
from mentoring.matching.engine import Aim, Rules, Weights
from mentoring.matching.models import MatchRun, Pair, Unmatched
from mentoring.matching.services.refusals import refusal_sentence

PRIVATE_RULES = {"never": "private", "blocked": "private", "conflict": "private", "safeguarding": "private"}
"""Whose private list it was is nobody's business outside."""
ALWAYS = ("never", "conflict", "gender", "cleared", "same_programme")
"""Rules that no call can lift: they protect people, or are the programme's law."""
NOT_PLAIN = ("objective", "circle", "parity", "fusion", "seconds")
"""Fields of an aim that are said elsewhere or have fields of their own."""
TOP_SEED = 1_000_000


def _field(kind: Any) -> serializers.Field:
    """The field for one setting of the engine, by its type."""
    if get_origin(kind) is Literal:
        return serializers.ChoiceField(choices=get_args(kind), required=False)
    if get_origin(kind) is Mapping:
        points = serializers.IntegerField(min_value=0, max_value=10_000)
        return serializers.DictField(child=points, required=False)
    if kind is bool:
        return serializers.BooleanField(required=False)
    return serializers.IntegerField(min_value=0, required=False, allow_null=NoneType in get_args(kind))


def _settings(name: str, cls: type, about: str, *, apart_from: tuple[str, ...] = ()) -> type[serializers.Serializer]:
    """A serializer with one optional field per setting of a dataclass of the engine."""
    hints = get_type_hints(cls)
    made = {field.name: _field(hints[field.name]) for field in fields(cls) if field.name not in apart_from}
    return type(name, (serializers.Serializer,), {"__doc__": about, **made})


RulesSerializer = _settings(
    "RulesSerializer", Rules, "Hard rules; what is left out is as the programme keeps it.", apart_from=ALWAYS
)
WeightsSerializer = _settings(
    "WeightsSerializer", Weights, "How much each criterion counts, in any proportion; what is left out does not."
)


class ParitySerializer(serializers.Serializer):
    """No group of a question of the programme may differ by more than so many percentage points."""

    group = serializers.CharField()
    within = serializers.FloatField(min_value=0, max_value=100, required=False)
    measure = serializers.ChoiceField(["rate", "score"], required=False)


class FusionSerializer(serializers.Serializer):
    """How the view of the mentee and the view of the mentor become one score."""

    kind = serializers.ChoiceField(["mean", "harmonic", "min", "product"], required=False)
    mentee_share = serializers.IntegerField(min_value=0, max_value=100, required=False)
    mentors = WeightsSerializer(required=False, allow_null=True)


class AimSerializer(_settings("PlainAimSerializer", Aim, "", apart_from=NOT_PLAIN)):  # type: ignore[misc]
    """What refines the objective; what is left out is as the programme keeps it."""

    circle = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        min_length=2,
        max_length=2,
        required=False,
        allow_null=True,
        help_text="A mentor leads at least so many mentees and at most so many, or none.",
    )
    parity = ParitySerializer(required=False, allow_null=True)
    fusion = FusionSerializer(required=False)


class NewRunSerializer(serializers.Serializer):
    """What is left out is as the programme keeps it; an empty object starts a run with its own settings."""

    objective = serializers.ChoiceField(MatchRun.Objective.choices, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=TOP_SEED, required=False, help_text="How ties are drawn.")
    weights = WeightsSerializer(required=False)
    rules = RulesSerializer(required=False)
    aim = AimSerializer(required=False)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A misspelt setting is told, not passed over: the run would not be the one that was meant."""
        for name, whole in (("", self), *((part, self.fields[part]) for part in ("weights", "rules", "aim"))):
            given = self.initial_data.get(name, {}) if name else self.initial_data
            if strange := set(given) - set(whole.fields):
                told = {one: ["There is no such setting."] for one in sorted(strange)}
                raise serializers.ValidationError({name: told} if name else told)
        return asked


class ProgressSerializer(serializers.Serializer):
    """How many mentees were looked at, of how many."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class RefusalSerializer(serializers.Serializer):
    """Why a run stopped."""

    code = serializers.CharField()
    detail = serializers.CharField()


class RunSerializer(serializers.ModelSerializer):
    """A run as a list shows it."""

    id = serializers.CharField(source="pk", read_only=True)
    programme = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    matched = serializers.IntegerField(source="report.matched", default=None, allow_null=True)
    proven = serializers.SerializerMethodField(help_text="Whether it is certain that no better result exists.")

    class Meta:
        model = MatchRun
        fields = [
            "id", "programme", "status", "origin", "objective", "seed", "weights", "rules", "aim", "mentees", "mentors",
            "matched", "total", "proven", "input_hash", "engine_version", "created_at", "finished_at", "published_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_proven(self, run: MatchRun) -> bool:
        return run.bound is not None


class RuleCostSerializer(serializers.Serializer):
    """What one rule removes, and the mentees whom it alone leaves without anybody."""

    code = serializers.CharField()
    pairs = serializers.IntegerField()
    pairs_alone = serializers.IntegerField()
    mentees_left = serializers.IntegerField()
    soft = serializers.IntegerField()


class LoadSerializer(serializers.Serializer):
    """A mentor's places, and what one more or fewer would change in people and points."""

    mentor = serializers.CharField(help_text="The id of an enrolment.")
    filled = serializers.IntegerField()
    places = serializers.IntegerField()
    one_more_people = serializers.IntegerField()
    one_more_points = serializers.IntegerField()
    one_fewer_people = serializers.IntegerField()
    one_fewer_points = serializers.IntegerField()


class CertificateSerializer(serializers.Serializer):
    """The proof: what the aim counts, and the most that is possible. Equal means nothing better exists."""

    worth = serializers.IntegerField()
    bound = serializers.IntegerField()
    exact = serializers.BooleanField()
    rounds = serializers.IntegerField()
    candidates = serializers.IntegerField()


class RunReportSerializer(serializers.Serializer):
    """What a finished run found."""

    matched = serializers.IntegerField()
    total = serializers.IntegerField()
    gap = serializers.IntegerField()
    certificate = CertificateSerializer()
    rules = RuleCostSerializer(many=True)
    load = LoadSerializer(many=True)
    blocking_pairs = serializers.IntegerField(
        source="blocking.count", help_text="How many pairs would both rather have each other."
    )


class RunDetailSerializer(RunSerializer):
    """A run with its progress while it is going, its report when it is done, the reason when it stopped."""

    progress = serializers.SerializerMethodField()
    report = serializers.SerializerMethodField()
    refused = serializers.SerializerMethodField()

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "progress", "report", "refused"]
        read_only_fields = fields

    def get_progress(self, run: MatchRun) -> ProgressSerializer(allow_null=True):  # type: ignore[valid-type]
        job = jobs.find(run.job_key) if run.status in MatchRun.GOING else None
        return ProgressSerializer(job).data if job else None

    def get_report(self, run: MatchRun) -> RunReportSerializer(allow_null=True):  # type: ignore[valid-type]
        return RunReportSerializer(run.report).data if "certificate" in run.report else None

    def get_refused(self, run: MatchRun) -> RefusalSerializer(allow_null=True):  # type: ignore[valid-type]
        if run.status != MatchRun.Status.FAILED:
            return None
        told = {"code": run.report.get("refused", "failed"), "detail": refusal_sentence(run.report)}
        return RefusalSerializer(told).data


class PairSerializer(serializers.ModelSerializer):
    """A pair a run proposes, and what became of it in the review. `parts` sum exactly to the score (0 to 10,000)."""

    id = serializers.CharField(source="pk", read_only=True)
    mentee = serializers.CharField(source="mentee_id", read_only=True, help_text="The id of an enrolment.")
    mentor = serializers.CharField(source="mentor_id", read_only=True, help_text="The id of an enrolment.")
    relationship = serializers.CharField(source="relationship_id", read_only=True, allow_null=True)
    parts = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    overlap_minutes = serializers.IntegerField(source="why.overlap_minutes", default=0, read_only=True)
    concepts = serializers.ListField(source="why.concepts", child=serializers.CharField(), default=list, read_only=True)

    class Meta:
        model = Pair
        fields = [
            "id", "mentee", "mentor", "status", "locked", "score", "parts", "overlap_minutes", "concepts",
            "rank_for_mentee", "rank_for_mentor", "relationship",
        ]  # fmt: skip
        read_only_fields = fields


class UnmatchedSerializer(serializers.ModelSerializer):
    """Somebody the run left without a mentor, and the smallest change found that would help."""

    mentee = serializers.CharField(source="enrolment_id", read_only=True, help_text="The id of an enrolment.")
    rules = serializers.SerializerMethodField(help_text="Rules every mentor fails.")
    helps = serializers.IntegerField(source="details.helps", default=0, read_only=True)
    short = serializers.IntegerField(source="details.short", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Unmatched
        fields = ["mentee", "reason", "rules", "helps", "short"]
        read_only_fields = fields

    def get_rules(self, row: Unmatched) -> list[str]:
        return sorted({PRIVATE_RULES.get(code, code) for code in row.details.get("rules", [])})
