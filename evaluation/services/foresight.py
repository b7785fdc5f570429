"""A hazard model is learned from the past of an institution; while it beats the points it takes their place."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import Institution
from evaluation.disclosure import K
from evaluation.facts import WEEK, Facts
from evaluation.foresight import enough, hazards, person_weeks
from evaluation.models import RiskModel
from evaluation.risk import Risk
from evaluation.statistics.discrete import DiscreteHazard
from evaluation.statistics.held_out import judge


def fit_risk_model(institution: Institution, *, at: datetime) -> RiskModel | None:
    """Fit and judge the next version; None while too few relationships are over."""
    known = enough(institution.pk)
    if not known.is_reached:
        return None
    judged = judge(person_weeks(institution, at), flag_from=0, week=WEEK, at_least=K)
    with transaction.atomic():
        Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
        mine = RiskModel.objects.filter(institution=institution)
        return RiskModel.objects.create(
            institution=institution,
            version=(mine.aggregate(last=Max("version"))["last"] or 0) + 1,
            made_at=at,
            closed=known.closed,
            early=known.early,
            coefficients=asdict(judged.model) if judged.model else None,
            threshold=judged.threshold,
            better=judged.better,
            result=judged.result,
        )


def foresee(facts: Facts, found: dict[int, Risk]) -> RiskModel | None:
    """Where the newest model beats the points, mark the relationships that it calls for; the model, or None. One query where
    there is none."""
    model = RiskModel.objects.filter(institution=facts.programme.institution_id).order_by("version").last()
    if model is None or not model.better or model.coefficients is None or model.threshold is None:
        return None
    learned = DiscreteHazard(**model.coefficients)
    for pk, hazard in hazards(facts, found, learned).items():
        risk = found[pk]
        risk.foreseen = hazard >= model.threshold
        if risk.foreseen and not risk.reasons:
            risk.reasons.append({"code": "foreseen", "points": 0})
    return model
