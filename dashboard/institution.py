"""An institution in detail: what people think, how it stands beside its own past, whether it is fair, and what all this rests
on. The same number of queries whatever its size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db.models import Count, F, FloatField, Max, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Consent, Institution
from core.dates import in_persian, localise
from core.templatetags.peyvand import percent
from dashboard.upkeep import Kept, KeyUse, consents_of, kept_lists, kept_rooms, keys_of, mails_of
from evaluation.charts import Trend, Week, trend_chart
from evaluation.disclosure import K
from evaluation.models import Answer, Score, Told, Wave
from evaluation.queries import beside_each_other
from evaluation.queries.fairness import GroupTable, group_tables
from evaluation.queries.told import EDGES, sides_of
from evaluation.questionnaire import SKIPPED
from mentoring.planning.models import Enrolment, ImportRow, PeopleImport, Programme
from paradigm.model import Stage, stages

TAKING_PART = (Enrolment.Status.READY, Enrolment.Status.PAUSED, Enrolment.Status.COMPLETED)
MANY_FAIL = 0.05
"""Share of mails that do not arrive from which on it stands out: in between the anchors of the indicator TE1."""


@dataclass(frozen=True)
class Part:
    """A part of a whole in words; None for `share` where it is hidden. `percents`: 0 to 100, for a bar."""

    label: str
    n: int | None
    share: float | None

    @property
    def percents(self) -> int:
        return round(100 * (self.share or 0))

    @property
    def said(self) -> str:
        return f"{percent(self.share)} ({localise(self.n)})"


@dataclass(frozen=True)
class Side:
    """What the people of one role said of their sessions, each person once."""

    name: str
    people: int
    parts: list[Part]


@dataclass(frozen=True)
class ProgrammeFigures:
    """What is known about the figures of one programme. `stars`: of its relationships, None under five people; so is `skipped`,
    of those who answered its last questionnaire."""

    programme: Programme
    stars: float | None
    rated: int
    measured: int
    of: int
    measured_on: date | None
    asked: int
    answered: int | None
    asked_on: date | None
    skipped: float | None
    files: int
    bad_lines: int

    @property
    def response(self) -> float | None:
        return min(1.0, self.answered / self.asked) if self.answered is not None and self.asked else None

    @property
    def few_answered(self) -> bool:
        return 0 < (self.answered or 0) < K


@dataclass(frozen=True)
class StageHistory:
    """A stage now and in the months before; `said`: where the present lies among them."""

    stage: Stage
    now: int | None
    n: int
    span: str
    said: str
    chart: Trend | None
    points: dict[date, int | None]

    @property
    def name(self) -> str:
        return self.stage.name(get_language())


@dataclass(frozen=True)
class InstitutionInDetail:
    institution: Institution
    figures: list[ProgrammeFigures]
    sides: list[Side]
    history: list[StageHistory]
    groups: list[GroupTable]
    keys: list[KeyUse]
    mails: tuple[int, int]
    consents: dict[str, int]
    kept: list[Kept]
    since: date | None
    until: date | None
    groups_since: date | None
    groups_until: date | None
    terms: str = Consent.CURRENT["terms"]

    @property
    def table(self) -> list[tuple[date, list[int | None]]]:
        """The history day by day."""
        days = sorted({day for line in self.history for day in line.points})
        return [(day, [line.points.get(day) for line in self.history]) for day in days]

    @property
    def headline(self) -> str:
        n = len(self.attention)
        if not n:
            return _("Nothing stands out")
        return ngettext("%(n)s matter deserves a look", "%(n)s matters deserve a look", n) % {"n": localise(n)}

    @property
    def attention(self) -> list[tuple[str, str]]:
        """What stands out, each with the part of the page that shows it."""
        found = [(f"{table.question}: {table.said}", "fairness") for table in self.groups if table.stands_out]
        found += [
            (
                _("%(programme)s: only %(n)s of %(of)s indicators have a figure.")
                % {"programme": row.programme, "n": localise(row.measured), "of": localise(row.of)},
                "data",
            )
            for row in self.figures
            if row.programme.status == Programme.Status.RUNNING and row.measured * 2 < row.of
        ]
        if bad := sum(row.bad_lines for row in self.figures):
            text = ngettext("%(n)s line of a list could not come in.", "%(n)s lines of lists could not come in.", bad)
            found.append((text % {"n": localise(bad)}, "data"))
        found += [
            (_("Key “%(name)s”: %(said)s.") % {"name": use.key.name, "said": use.said}, "systems")
            for use in self.keys
            if use.tone == "care"
        ]
        sent, failed = self.mails
        if failed > MANY_FAIL * (sent + failed):
            text = ngettext("%(n)s mail could not be delivered.", "%(n)s mails could not be delivered.", failed)
            found.append((text % {"n": localise(failed)}, "systems"))
        if self.consents["earlier"]:
            n = self.consents["earlier"]
            text = ngettext(
                "%(n)s person has agreed to earlier terms only.", "%(n)s people have agreed to earlier terms only.", n
            )
            found.append((text % {"n": localise(n)}, "consent"))
        return found


def institution_in_detail(institution: Institution, *, now: datetime) -> InstitutionInDetail:
    """What its administrators read under "In detail". Sixteen queries."""
    told = Told.objects.filter(institution=institution)
    sides, groups = (told.newest(kind) for kind in (Told.Kind.SIDES, Told.Kind.GROUPS))
    programmes = _programmes(institution, now)
    files = list(
        PeopleImport.objects.filter(programme__in=programmes)
        .annotate(
            bad=Count("rows", filter=Q(rows__outcome=ImportRow.Outcome.BAD)),
            since=Coalesce("finished_at", "created_at"),
        )
        .values_list("programme", "bad", "since", "programme__import_days", "emptied_at")
    )
    return InstitutionInDetail(
        institution=institution,
        figures=_figures(programmes, files),
        sides=_sides(sides),
        history=_history(institution),
        groups=group_tables(groups),
        keys=keys_of(institution, now),
        mails=mails_of(institution, now),
        consents=consents_of(institution),
        kept=[kept_rooms(institution, now), kept_lists(files, now)],
        since=sides.from_on if sides else None,
        until=sides.until_on if sides else None,
        groups_since=groups.from_on if groups else None,
        groups_until=groups.until_on if groups else None,
    )


def _programmes(institution: Institution, now: datetime) -> list[Any]:
    """Those that have begun to be something, with the newest day of their scores, their last closed wave and how many take
    part. One query."""
    newest = Score.objects.filter(programme=OuterRef("pk")).order_by("-as_of_on").values("as_of_on")[:1]
    closed = Wave.objects.filter(programme=OuterRef("pk"), closes_at__lte=now).order_by("-closes_at", "-pk")
    people = (
        Enrolment.objects.filter(programme=OuterRef("pk"), status__in=TAKING_PART)
        .order_by()
        .values("programme")
        .annotate(n=Count("person", distinct=True))
        .values("n")
    )
    shown = Programme.objects.filter(institution=institution).exclude(status=Programme.Status.DRAFT)
    return list(
        shown.annotate(
            measured_on=Subquery(newest),
            last_wave=Subquery(closed.values("pk")[:1]),
            asked_on=Subquery(closed.values("opens_at")[:1]),
            taking_part=Coalesce(Subquery(people), 0),
        ).order_by("-starts_on", "pk")
    )


def _figures(programmes: Sequence[Any], files: Iterable[Sequence[Any]]) -> list[ProgrammeFigures]:
    """Two queries."""
    newest = Q(pk=None)
    for each in programmes:
        if each.measured_on:
            newest |= Q(programme=each.pk, as_of_on=each.measured_on)
    stars = Cast(KeyTextTransform("raw", "inputs"), FloatField())
    satisfied = Q(code="SS1", state=Score.State.SCORED)
    measured = {
        row["programme"]: row
        for row in Score.objects.filter(newest)
        .exclude(code__in=Score.Facet.values)
        .values("programme")
        .annotate(
            scored=Count("pk", filter=Q(state=Score.State.SCORED)),
            of=Count("pk", filter=~Q(state=Score.State.NOT_APPLICABLE)),
            stars=Max(stars, filter=satisfied),
            rated=Max("n", filter=satisfied),
        )
    }
    waves = [each.last_wave for each in programmes if each.last_wave]
    sent = {
        row["wave"]: row
        for row in Answer.objects.filter(response__wave__in=waves, response__submitted_at__isnull=False)
        .values(wave=F("response__wave"))
        .annotate(
            people=Count("response__enrolment__person", distinct=True),
            shown=Count("pk", filter=Q(value__gte=SKIPPED)),
            skipped=Count("pk", filter=Q(value=SKIPPED)),
        )
    }
    found = []
    for each in programmes:
        row: dict[str, Any] = measured.get(each.pk, {})
        answers: dict[str, Any] = sent.get(each.last_wave, {})
        enough = answers.get("people", 0) >= K and answers["shown"]
        mine = [bad for programme, bad, *_rest in files if programme == each.pk]
        found.append(
            ProgrammeFigures(
                programme=each,
                stars=row.get("stars"),
                rated=row.get("rated") or 0,
                measured=row.get("scored", 0),
                of=row.get("of", 0),
                measured_on=each.measured_on,
                asked=each.taking_part,
                answered=answers.get("people", 0) if each.last_wave else None,
                asked_on=timezone.localdate(each.asked_on) if each.asked_on else None,
                skipped=answers["skipped"] / answers["shown"] if enough else None,
                files=len(mine),
                bad_lines=sum(mine),
            )
        )
    return found


def _sides(told: Told | None) -> list[Side]:
    """In words, with shares."""
    labels = [_("under %(n)s") % {"n": localise(EDGES[0])}]
    labels += [
        _("%(low)s to %(high)s") % {"low": localise(low), "high": localise(round(high - 0.1, 1))}
        for low, high in pairwise(EDGES)
    ]
    labels.append(_("%(n)s and more") % {"n": localise(EDGES[-1])})
    return [
        Side(
            str(Enrolment.Role(side.role).label),
            side.people,
            [
                Part(label, n, None if n is None else n / side.people)
                for label, n in zip(labels, side.counts, strict=True)
            ],
        )
        for side in sides_of(told)
    ]


def _history(institution: Institution) -> list[StageHistory]:
    """The stages of the institution on the last scored day of each month, and now. Four queries."""
    own = Score.objects.filter(institution=institution, programme=None)
    slugs = [stage.slug for stage in stages()]
    rows = beside_each_other(list(own.over_time().filter(component__in=slugs).order_by("as_of_on")))
    by_stage: dict[str, list[Score]] = {slug: [] for slug in slugs}
    for row in rows:
        by_stage[row.component].append(row)
    return [_stage_history(stage, by_stage[stage.slug]) for stage in stages() if by_stage[stage.slug]]


def _stage_history(stage: Stage, rows: Sequence[Score]) -> StageHistory:
    *before, last = rows
    past = [row for row in before if row.value is not None]
    span = said = ""
    if past:
        values = [round(row.value or 0) for row in past]
        span = _("%(low)s to %(high)s before") % {"low": localise(min(values)), "high": localise(max(values))}
        if min(values) == max(values):
            span = _("%(n)s before") % {"n": localise(values[0])}
    if last.value is None:
        said = str(Score.State(last.state).label)
    elif not past:
        said = _("Nothing earlier to stand beside it yet.")
    else:
        higher = sum(round(last.value) > value for value in values)
        said = ngettext(
            "Higher than %(higher)s of %(n)s earlier month.",
            "Higher than %(higher)s of %(n)s earlier months.",
            len(past),
        ) % {"higher": localise(higher), "n": localise(len(past))}
    return StageHistory(
        stage,
        None if last.value is None else round(last.value),
        last.n,
        span,
        said,
        trend_chart(_with_gaps(rows), rows[0].as_of_on, last.as_of_on, rtl=in_persian()) if past else None,
        {row.as_of_on: None if row.value is None else round(row.value) for row in rows},
    )


def _with_gaps(rows: Sequence[Score]) -> list[Week]:
    """A month without a figure breaks the line."""
    found: list[Week] = []
    for row in rows:
        if found and (row.as_of_on - found[-1].on).days > 62:
            found.append(Week(found[-1].on, None, (0, 0)))
        found.append(Week(row.as_of_on, row.value, (row.version, row.anchors_version)))
    return found
