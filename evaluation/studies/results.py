"""All analyses of a study together: what is new, what stays because too few changed, and p-values adjusted for their number."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from evaluation.disclosure import K, shown
from evaluation.models import Study, StudyResult
from evaluation.statistics.multiplicity import benjamini_hochberg, holm
from evaluation.studies.analyses import run
from evaluation.studies.data import StudyData, people_of
from evaluation.studies.gates import OK, Basis, Found
from evaluation.studies.plans import PRIMARY, Analysis, analyses_of, canonical, moments_of
from mentoring.planning.models import Enrolment

Step = Callable[[int, int], None]
Bases = dict[str, Basis]


def results_of(study: Study, *, at: datetime, step: Step = lambda done, total: None) -> tuple[dict[str, Any], Bases]:
    """The content of a result and whose answers are in it. Raises what `StudyData` raises."""
    plan = study.planned
    analyses = analyses_of(plan, [row.added for row in study.amendments.order_by("number")])
    data = StudyData(study.programme, plan, at=at, added=[row.outcome for row in analyses])
    before = _published(study)
    rows: list[Found] = []
    bases: Bases = {}
    for number, analysis in enumerate(analyses):
        step(number, len(analyses))
        key = key_of(plan, analysis)
        found, basis = run(data, analysis)
        row, bases[key] = _kept(before.get(key, []), found, basis)
        rows.append(row | {"family": analysis.family})
    step(len(analyses), len(analyses))
    tests = _adjust(rows, float(plan["alpha"]))
    return {"analyses": rows, "tests": tests, "flow": _flow(data), "early": _early(data, study.locked_at)}, bases


def key_of(plan: dict[str, Any], analysis: Analysis) -> str:
    """What makes two analyses the same, in whatever study of the programme."""
    names = ("kind", "who", "before", "after", "waves", "condition", "exclusions")
    held = {"covariate": plan["covariate"]} if plan.get("covariate") else {}
    return canonical(
        {"of": analysis.of, "outcome": analysis.outcome, **{name: plan.get(name) for name in names}, **held}
    )


def _published(study: Study) -> dict[str, list[tuple[Found, Basis]]]:
    """Analysis -> every figure of it that was shown, in any study of the programme, the newest first."""
    shown_before: dict[str, list[tuple[Found, Basis]]] = {}
    results = StudyResult.objects.filter(study__programme=study.programme_id, made_at__isnull=False)
    for result in results.select_related("study").prefetch_related("study__amendments").order_by("-made_at", "-pk"):
        plan = result.study.planned
        by_outcome = {row["outcome"]: row for row in result.content["analyses"]}
        added = [row.added for row in sorted(result.study.amendments.all(), key=lambda row: row.number)]
        for analysis in analyses_of(plan, added):
            key, row = key_of(plan, analysis), by_outcome.get(analysis.outcome)
            if row is not None and row["state"] == OK:
                shown_before.setdefault(key, []).append((row, result.basis.get(key, {})))
    return shown_before


def _kept(before: Sequence[tuple[Found, Basis]], found: Found, basis: Basis) -> tuple[Found, Basis]:
    """The new figure, unless fewer than five people stand between it and one that was shown: then the newest of those."""
    if found["state"] != OK:
        return found, basis
    for _row, earlier in before:
        changed = {person for person in earlier.keys() | basis.keys() if earlier.get(person) != basis.get(person)}
        if 0 < len(changed) < K:
            row, own = before[0]
            return {**row, "kept": True}, own
    return found, basis


def _adjust(rows: list[Found], alpha: float) -> int:
    """Holm for the primary outcomes, Benjamini and Hochberg for the rest; returns how many tests were run. Paths and statements
    are judged by their intervals and by their own adjustment."""
    there = [row for row in rows if row["state"] == OK and row.get("p") is not None]
    families = (
        (holm, [row for row in there if row["family"] == PRIMARY]),
        (benjamini_hochberg, [row for row in there if row["family"] != PRIMARY]),
    )
    for method, family in families:
        if family:
            tested = method([row["p"] for row in family], at=alpha).tests
            for row, test in zip(family, tested, strict=True):
                row |= {"adjusted": round(test.adjusted or 0.0, 4), "finding": test.rejected}
    return len(there) + sum(len(row.get("rows", ())) or 1 for row in rows if row["state"] == OK and row not in there)


def _flow(data: StudyData) -> list[dict[str, Any]]:
    """Wave by wave and side by side: who agreed to research and takes part, and how many of them answered; hidden below five."""
    rows = []
    for moment in moments_of(data.plan):
        if moment not in {wave.moment for wave in data.waves.values()}:
            continue
        for role in Enrolment.Role.values:
            every = people_of(data, (pk for pk, row in data.people.items() if row.role == role))
            here = {said.enrolment for said in data.said if said.moment == moment}
            answered = people_of(data, (pk for pk in here if data.people[pk].role == role))
            counts = shown([answered, every - answered], K)
            rows.append(
                {"moment": moment, "role": role, "people": every if every >= K else None, "answered": counts[0]}
            )
    return rows


def _early(data: StudyData, locked_at: datetime | None) -> bool:
    """Whether answers of the last wave had come in before the plan was locked; of a path model, which takes all that lie in its
    windows, or where the wave does not matter, any."""
    if locked_at is None:
        return False
    if data.plan["kind"] == Study.Kind.PATH:
        return any(said.at < locked_at for said in data.said)
    moments = [moment for moment in moments_of(data.plan) if any(said.moment == moment for said in data.said)]
    last = [said for said in data.said if said.moment == moments[-1]] if moments else data.said
    return any(said.at < locked_at for said in last)
