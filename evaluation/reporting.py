"""What a report says, in one language: plain sentences first, then figures, then how they come about."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from core.dates import GREGORIAN, JALALI, activate_calendar, format_day, get_calendar, localise
from evaluation import words
from evaluation.charts import TARGET
from evaluation.disclosure import K
from evaluation.models import Action, Alert, ProgrammeReport, Response
from evaluation.own_report import own_line, own_tables
from evaluation.plan import last_minute
from evaluation.quality_report import quality_tables
from evaluation.queries import Health, action_rows, health, indicator_sheet, places
from evaluation.queries.health import Group, Part, Tile
from evaluation.queries.indicators import Measured
from evaluation.queries.places import Place
from mentoring.planning.models import Milestone, Programme
from mentoring.relationships.models import Relationship
from paradigm.model import Stage, stages

Content = dict[str, Any]
DASH = "–"
PAGES = 60


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """The language of a paper with its calendar, whoever asks for it."""
    before = get_calendar()
    with override(language):
        activate_calendar(JALALI if language == "fa" else GREGORIAN)
        try:
            yield
        finally:
            activate_calendar(before)


def periods(programme: Programme) -> list[date]:
    """The days by which a report may look at a programme, the newest first: the last computed one, and the last of every month
    before. Fixed, so that no two reports can be laid over each other at will. One query."""
    days = programme.scores.filter(code="both").order_by("-as_of_on").values_list("as_of_on", flat=True).distinct()
    last_of: dict[tuple[int, int], date] = {}
    for day in days:
        last_of.setdefault((day.year, day.month), day)
    return list(last_of.values())


def report_content(
    programme: Programme, *, kind: str, language: str, at: datetime, until: date | None = None
) -> Content:
    """The whole report as words, numbers in their digits already: how it stands at `at`, or how it stood on the day `until`. A
    fixed number of queries for each stage."""
    made_at = at
    if until is not None:
        at = min(at, last_minute(until))
    with written_in(language):
        found = health(programme, until=until)
        full = kind == ProgrammeReport.Kind.FULL
        details = [_stage(health(programme, stage_slug=stage.slug, until=until)) for stage in stages()] if full else []
        asked = [] if full else own_line(programme, at=at)
        own = _section(_("What our own questionnaires say"), "", asked)
        beside = _beside(programme) if full and until is None else _section("", "", [])
        parts = [_holds_back(found), _done(programme, at), beside, own, _how(), _who()]
        return {
            "kind": kind,
            "as_of": found.as_of_on.isoformat() if found.as_of_on else "",
            "lang": language,
            "title": _("How “%(programme)s” stands") % {"programme": programme.name},
            "institution": programme.institution.name,
            "eyebrow": _eyebrow(programme, found.as_of_on),
            "headline": found.headline,
            "sentences": _sentences(programme, found, at),
            "stages_title": _("The five stages"),
            "columns": [_("Stage"), _("0 to 100"), _("Score"), _("n"), _("Interval, 95%"), _("How it stands")],
            "stages": [_tile(tile) for tile in found.tiles],
            "stages_note": _(
                "The bar is the score, the line in it the 95%% interval. %(target)s is the target. n: relationships that "
                "stand behind it."
            )
            % {"target": localise(TARGET)},
            "chart": _("Scores of the five stages from 0 to 100: %(scores)s.")
            % {"scores": _("; ").join(f"{_named(tile.stage)} {_points(tile.score)}" for tile in found.tiles)},
            "parts": [part for part in parts if part["text"] or part["lines"]],
            "part_columns": [_("Component"), _("Score"), _("What happens"), _("What people say")],
            "own": own_tables(programme, at=at) if full else {},
            "quality": quality_tables(programme, at=at) if full else {},
            "details": details,
            "appendix": _appendix(programme, found.as_of_on or timezone.localdate(at)) if full else {},
            "footer": _("Made with Peyvand on %(day)s") % {"day": format_day(made_at)},
            "digits": [localise(page) for page in range(PAGES)],
        }


def _eyebrow(programme: Programme, as_of_on: date | None) -> str:
    span = _("%(start)s to %(end)s") % {
        "start": format_day(programme.starts_on),
        "end": format_day(as_of_on or programme.ends_on),
    }
    return f"{programme.institution.name} · {span}"


def _sentences(programme: Programme, found: Health, at: datetime) -> list[str]:
    counted = Relationship.objects.filter(programme=programme, started_at__lte=at).aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(closed_at=None) | Q(closed_at__gt=at))
    )
    said = Response.objects.filter(wave__programme=programme, submitted_at__lte=at)
    people = said.values("enrolment__person").distinct().count()
    lines = [
        ngettext(
            "One relationship has begun in this programme.",
            "%(n)s relationships have begun in this programme; %(open)s of them are under way.",
            counted["all"],
        )
        % {"n": localise(counted["all"]), "open": localise(counted["open"])}
    ]
    if people >= K:
        lines.append(_("%(n)s people have said how they find it.") % {"n": localise(people)})
    under = [_named(tile.stage) for tile in _measured(found) if (tile.score or 0) < TARGET]
    if under:
        lines.append(
            _("Under the target of %(target)s: %(stages)s.")
            % {"target": localise(TARGET), "stages": _(", ").join(under)}
        )
    elif _measured(found):
        lines.append(_("Every stage that is measured is on target."))
    if missing := [_named(tile.stage) for tile in found.tiles if tile.score is None]:
        lines.append(_("Not measured yet: %(stages)s.") % {"stages": _(", ").join(missing)})
    return lines


def _measured(found: Health) -> list[Tile]:
    return [tile for tile in found.tiles if tile.score is not None]


def _named(stage: Stage) -> str:
    return stage.name(get_language())


def _points(value: int | None) -> str:
    return DASH if value is None else localise(value)


def _tile(tile: Tile) -> Content:
    beside = tile.beside
    known = beside.low is not None and beside.high is not None
    return {
        "slug": tile.stage.slug,
        "name": _named(tile.stage),
        "score": tile.score,
        "points": _points(tile.score),
        "n": _points(None if tile.score is None else beside.n),
        "low": beside.low,
        "high": beside.high,
        "interval": _("%(low)s to %(high)s") % {"low": _points(beside.low), "high": _points(beside.high)}
        if known
        else DASH,
        "line": " · ".join(filter(None, (tile.line, beside.change, beside.coverage))),
    }


def _section(title: str, text: str, lines: list[str]) -> Content:
    return {"title": title, "text": text, "lines": lines}


def _holds_back(found: Health) -> Content:
    down = found.drill_down
    lines = [
        _("%(component)s (%(stage)s): %(score)s of 100")
        % {"component": row.name, "stage": _named(row.stage), "score": localise(row.score)}
        for row in (down.rows if down else [])
    ]
    lines += [
        _(
            "%(component)s (%(stage)s): %(score)s of 100; in a study of this programme it went with less of the outcome, not more"
        )
        % {"component": row.name, "stage": _named(row.stage), "score": localise(row.score)}
        for row in (down.against if down else [])
    ]
    text = _(
        "Some components of the outcomes are under target. These earlier conditions are weak as well: associated with, never "
        "caused by."
    )
    if not lines:
        text = _("No weak outcome goes with a weak condition that was measured earlier on.") if found.as_of_on else ""
    if down and down.measure_first:
        first = _("Less than half of the earlier conditions is measured. Measure this first: open a questionnaire.")
        lines.insert(0, first)
    return _section(_("What goes with it earlier on"), text, lines)


def _done(programme: Programme, at: datetime) -> Content:
    raised = Alert.objects.filter(relationship__programme=programme, needs_look_since__lte=at)
    counted = raised.aggregate(all=Count("pk"), acted=Count("pk", filter=Q(looked_at__lte=at)))
    lines = []
    if counted["all"] >= K:
        lines.append(
            _("%(all)s times a relationship needed a look; an action is recorded for %(acted)s of them.")
            % {"all": localise(counted["all"]), "acted": localise(counted["acted"])}
        )
    for step in Milestone.objects.filter(programme=programme, met_at__lte=at).order_by("met_at")[:6]:
        lines.append(_("%(step)s: done on %(day)s") % {"step": step.title, "day": format_day(step.met_at)})
    lines += _taken_up(programme, at)
    asked = programme.waves.filter(opens_at__lte=at).count()
    if asked:
        lines.append(
            ngettext("People were asked once.", "People were asked %(n)s times.", asked) % {"n": localise(asked)}
        )
    return _section(_("What was done"), "", lines)


def _taken_up(programme: Programme, at: datetime) -> list[str]:
    """The last actions that were done, with what the figures had said by then."""
    day = timezone.localdate(at)
    done = list(Action.objects.filter(programme=programme, done_on__lte=day).for_rows()[:6])
    for action in done:
        if action.after_on is not None and action.after_on > day:
            action.after_on = None  # read again later, which nobody knew on that day
    return [
        _("%(what)s (%(component)s): %(said)s")
        % {"what": row.what, "component": row.component_name, "said": row.effect or row.line}
        for row in action_rows(done, day)
    ]


def _beside(programme: Programme) -> Content:
    """Its place among earlier programmes, or why it has none."""
    [found] = places([programme])
    if not found.are_told:
        return _section(_("Among earlier programmes"), found.too_few, [])
    text = _("The last figures of the institution's programmes that were over, in whole points; the percentile is the share of "
             "them that stands lower, those level with it counted half. It is mixed into no score.")  # fmt: skip
    return _section(_("Among earlier programmes"), text, [_placed(row) for row in found.stages])


def _placed(row: Place) -> str:
    if row.percentile is None:
        return f"{row.name}: {row.said}"
    return _("%(stage)s: %(said)s (percentile %(n)s)") % {
        "stage": row.name, "said": row.said, "n": localise(row.percentile)
    }  # fmt: skip


def _how() -> Content:
    return _section(
        _("How this is computed"),
        _(
            "“What happens” comes from what people do here, “what people say” from questionnaires. A component is the mean of "
            "the two, a category needs two of its three components, a stage is the mean of its categories. Intervals come "
            "from drawing relationships again 1,000 times. Nothing here was an experiment: figures that go together are "
            "associated, neither is shown to be the cause."
        ),
        [],
    )


def _appendix(programme: Programme, day: date) -> Content:
    """Every indicator with its formula and the anchors that held on that day."""
    return {
        "title": _("How every figure is computed"),
        "text": _(
            "What counts as 0 and as 100 is a judgement: the anchors. They may be changed until people are asked; later in new "
            "versions only. “v” is the version of formula and anchors."
        )
        + f" {words.review_status()}",
        "columns": [_("Indicator"), _("How it is computed"), _("What counts as 0 and as 100"), _("Needs at least")],
        "stages": [
            {"slug": part.stage.slug, "name": part.name, "rows": [_computed(row) for row in part.rows]}
            for part in indicator_sheet(programme, day)
        ],
    }


def _computed(row: Measured) -> Content:
    found = row.indicator
    versions = f"v{localise(found.version)}.{localise(found.anchors_version)}"
    return {
        "name": f"{found.code} · {found.name}",
        "how": str(found.how or found.why_not or _("Not measured here.")),
        "anchors": f"{row.anchors} ({versions})" if row.anchors else DASH,
        "minimum": str(found.minimum) or DASH,
    }


def _who() -> Content:
    return _section(
        _("Who may see this"),
        _(
            "Coordinators of the programme and administrators of the institution may make and read it. Every figure stands "
            "for five people or more, answers enter five at a time, and nobody is named."
        ),
        [],
    )


def _stage(found: Health) -> Content:
    return {
        "slug": found.chosen.slug,
        "name": found.chosen_name,
        "question": found.question,
        "groups": [_group(group) for group in found.groups],
    }


def _group(group: Group) -> Content:
    counted = _("n = %(n)s") % {"n": localise(group.beside.n)} if group.score is not None else ""
    return {
        "name": group.name,
        "score": _points(group.score),
        "note": " · ".join(filter(None, (group.beside.interval, counted, group.line))),
        "parts": [_part(part) for part in group.parts],
    }


def _part(part: Part) -> Content:
    lines = [
        f"{row.indicator.name}: {row.sentence}" if row.score is None else f"{row.sentence} {_evidence(row)}"
        for row in part.evidence
        if row.indicator.is_computed
    ]
    return {
        "name": part.name,
        "score": _points(part.score),
        "behaviour": part.no_behaviour if part.behaviour is None else localise(part.behaviour),
        "perception": part.no_perception if part.perception is None else localise(part.perception),
        "lines": [*lines, *filter(None, (part.voices, part.gap))],
    }


def _evidence(row: Any) -> str:
    facts = (_("score %(n)s") % {"n": localise(row.score)}, _("n = %(n)s") % {"n": localise(row.n)}, row.interval)
    return "(" + " · ".join(filter(None, facts)) + ")"
