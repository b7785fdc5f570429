"""What a coordinator's desk and an institution's overview show, gathered in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Institution, User
from core.dates import format_day, localise
from evaluation.models import Alert, Score
from evaluation.queries import InstitutionHealth, WorkItem, institution_health, open_actions, worklist
from mentoring.matching.models import MatchRun, Request
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.queries import FunnelStep, funnel
from mentoring.relationships.models import Relationship, Session
from mentoring.safeguarding.models import Report
from mentoring.safeguarding.queries import held_for
from mentoring.support.models import HelpRequest
from paradigm.model import Stage, stages

SHOWN = 6
COMPLETED = (Relationship.Status.COMPLETED, Relationship.Status.COMPLETED_EARLY)
TAKING_PART = (Enrolment.Status.READY, Enrolment.Status.PAUSED, Enrolment.Status.COMPLETED)


@dataclass(frozen=True)
class Task:
    """Something that waits for a coordinator: what, why it matters, the button that leads there."""

    icon: str
    title: str
    why: str
    label: str
    url: str


@dataclass(frozen=True)
class StageBar:
    """A stage and its score of 0 to 100; `rise` is where its column begins on a 32 high ground."""

    stage: Stage
    score: int | None

    @property
    def rise(self) -> int:
        return 32 - round((self.score or 0) * 32 / 100)


@dataclass(frozen=True)
class CoordinatorHome:
    programmes: list[Programme]
    headline: str
    week: str
    tasks: list[Task]
    items: list[WorkItem]
    more: int
    funnel: list[FunnelStep]
    counts: dict[str, int]
    bars: list[StageBar]


def coordinator_home(user: User, programme: Programme, *, now: datetime) -> CoordinatorHome:
    """A coordinator's desk for one programme, with the first relationships that need somebody."""
    tasks = tasks_of(user, programme, now=now)
    items = worklist(user, now, programme=programme, limit=SHOWN)
    counts = relationship_counts(user, programme, now=now)
    return CoordinatorHome(
        programmes=list(Programme.objects.coordinated_by(user).order_by("-starts_on", "pk")),
        headline=desk_headline(len(tasks) + counts["waiting"]),
        week=week_of(programme, now=now),
        tasks=tasks,
        items=items,
        more=counts["waiting"] - len(items),
        funnel=come_this_far(funnel(programme, beyond=(Enrolment.Status.PAUSED, Enrolment.Status.COMPLETED))),
        counts=counts,
        bars=stage_bars([programme])[programme.pk],
    )


def come_this_far(steps: list[FunnelStep]) -> list[FunnelStep]:
    """How many people reached each state or a later one, from how many stand at each."""
    mentors = accumulate(step.mentors for step in reversed(steps))
    mentees = accumulate(step.mentees for step in reversed(steps))
    reached = [FunnelStep(step.status, *both) for step, *both in zip(reversed(steps), mentors, mentees, strict=True)]
    return reached[::-1]


def desk_headline(waiting: int) -> str:
    if not waiting:
        return _("Nobody waits for you today")
    return ngettext("%(n)s matter needs you today", "%(n)s matters need you today", waiting) % {"n": localise(waiting)}


def week_of(programme: Programme, *, now: datetime) -> str:
    """ "week 9 of 16", or when it begins or that it is over."""
    today = now.date()
    found = programme.week_on(today)
    if found is not None:
        return _("week %(week)s of %(weeks)s") % {"week": localise(found[0]), "weeks": localise(found[1])}
    if today < programme.starts_on:
        return _("begins on %(day)s") % {"day": format_day(programme.starts_on)}
    return _("ended on %(day)s") % {"day": format_day(programme.ends_on)}


def how_many(programme: Programme, *rows: QuerySet) -> tuple[int, ...]:
    """How many rows each of these has, in one query."""
    counts = (each.order_by().values(one=Value(1)).annotate(n=Count("pk", distinct=True)).values("n") for each in rows)
    found: tuple[int, ...] = Programme.objects.values_list(*(Coalesce(Subquery(each), 0) for each in counts)).get(
        pk=programme.pk
    )
    return found


def tasks_of(user: User, programme: Programme, *, now: datetime) -> list[Task]:
    """What waits besides relationships: people, runs, requests for help and to mentors, reports, what is held, what was taken
    up. Five queries."""
    slug = programme.slug
    matched = Relationship.objects.filter(
        members__enrolment=OuterRef("pk"), members__left_at=None, status__in=Relationship.OPEN
    )
    waiting = Enrolment.objects.filter(programme=programme).aggregate(
        applied=Count("pk", filter=Q(status=Enrolment.Status.APPLIED)),
        unmatched=Count(
            "pk", filter=Q(status=Enrolment.Status.READY, role=Enrolment.Role.MENTEE) & ~Q(Exists(matched))
        ),
    )
    tasks = []
    if programme.status == Programme.Status.DRAFT:
        tasks.append(
            Task(
                "programme",
                _("The programme is a draft"),
                _("People can apply as soon as you open it."),
                _("See and open"),
                reverse("programme_settings", args=[slug]),
            )
        )
    help_wanted, unseen, late, held = how_many(
        programme,
        HelpRequest.objects.visible_to(user).filter(programme=programme, first_answer_at=None),
        Report.objects.visible_to(user).handled_by(user).filter(programme=programme, state=Report.State.RAISED),
        Request.objects.open().filter(programme=programme, due_at__lt=now + timedelta(days=1)),
        held_for(user, programme),
    )
    tasks += _counted_tasks(slug, unseen, held, help_wanted, waiting["applied"], late)
    if task := _matching_task(user, programme, waiting["unmatched"]):
        tasks.append(task)
    return tasks + _taken_up(user, programme, now.date())


def _taken_up(user: User, programme: Programme, today: date) -> list[Task]:
    """What this coordinator took up and has not finished, the most urgent first. One query."""
    return [
        Task(
            "bulb",
            idea.what.text(get_language()),
            _("Taken up; was due on %(day)s") % {"day": format_day(action.due_on)}
            if action.due_on < today
            else _("Taken up; due on %(day)s") % {"day": format_day(action.due_on)},
            _("See to it"),
            action.get_absolute_url(),
        )
        for action in open_actions(user, programme)[:SHOWN]
        if (idea := action.in_library) is not None
    ]


def _counted_tasks(slug: str, unseen: int, held: int, help_wanted: int, applied: int, late: int) -> list[Task]:
    """What there is of reports, held messages, requests for help, applications and requests that run out."""
    desk = reverse("safety_desk", args=[slug])
    applications = reverse("programme_people", args=[slug]) + "?status=applied"
    rows = (
        (unseen, "shield",
         ngettext("%(n)s report waits for a first look", "%(n)s reports wait for a first look", unseen),
         _("Somebody asks for protection."), _("Look at it"), desk),
        (held, "shield",
         ngettext("%(n)s message waits for a coordinator", "%(n)s messages wait for a coordinator", held),
         _("A rule about contact details or words was met; the writer knows that it waits."), _("Look at it"), desk),
        (help_wanted, "hands", ngettext("%(n)s person asks for help", "%(n)s people ask for help", help_wanted),
         _("Nobody has answered yet."), _("Answer"), reverse("support_desk")),
        (applied, "people", ngettext("%(n)s application waits", "%(n)s applications wait", applied),
         _("A quick answer keeps people."), _("Read them"), applications),
        (late, "clock", ngettext("%(n)s request runs out within a day", "%(n)s requests run out within a day", late),
         _("A word to the mentor may help; after that the next choice is asked."), _("See them"),
         reverse("programme_requests", args=[slug])),
    )  # fmt: skip
    return [Task(icon, title % {"n": localise(n)}, why, label, url) for n, icon, title, why, label, url in rows if n]


def _matching_task(user: User, programme: Programme, unmatched: int) -> Task | None:
    """The draft that waits for review, or else the mentees who wait for a mentor."""
    draft = MatchRun.objects.visible_to(user).filter(programme=programme, status=MatchRun.Status.STAGED).last()
    if draft is not None:
        return Task(
            "match",
            _("A matching draft is ready"),
            _("Look through the pairs, then publish."),
            _("Review"),
            draft.get_absolute_url(),
        )
    if not unmatched:
        return None
    title = ngettext("%(n)s mentee is ready and unmatched", "%(n)s mentees are ready and unmatched", unmatched)
    title %= {"n": localise(unmatched)}
    if programme.matched_by == Programme.MatchedBy.REQUESTS:
        why, label = _("They ask mentors themselves. See who is still waiting."), _("See the requests")
        return Task("match", title, why, label, reverse("programme_requests", args=[programme.slug]))
    why = _("A run takes seconds; nothing is published without you.")
    return Task("match", title, why, _("Match"), reverse("matching_home", args=[programme.slug]))


def relationship_counts(user: User, programme: Programme, *, now: datetime) -> dict[str, int]:
    """How many relationships began, met, are under way; and of how many alerts wait, lie in the reader's hands or are only
    watched. One query."""
    alerts = Alert.objects.visible_to(user).filter(relationship=OuterRef("pk"))
    met = Session.objects.filter(relationship=OuterRef("pk"), status=Session.Status.HELD)
    return Relationship.objects.filter(programme=programme).aggregate(
        all=Count("pk"),
        met=Count("pk", filter=Q(Exists(met))),
        open=Count("pk", filter=Q(status__in=Relationship.OPEN)),
        active=Count("pk", filter=Q(status=Relationship.Status.ACTIVE)),
        completed=Count("pk", filter=Q(status__in=COMPLETED)),
        waiting=Count("pk", filter=Q(Exists(alerts.waiting(now)))),
        mine=Count("pk", filter=Q(Exists(alerts.in_hands_of(user)))),
        watched=Count("pk", filter=Q(Exists(alerts.watched()))),
    )


def stage_bars(programmes: Iterable[Programme]) -> dict[int, list[StageBar]]:
    """The newest score of each stage, by programme id. One query."""
    ids = [programme.pk for programme in programmes]
    rows = Score.objects.filter(programme__in=ids).filter(OF_A_STAGE).order_by("as_of_on")
    return _bars(ids, {(row.programme_id, row.component): row.value for row in rows})


OF_A_STAGE = Q(facet=Score.Facet.BOTH, component__in=[stage.slug for stage in stages()])


def _bars(ids: Iterable[int], newest: dict[tuple[int | None, str], float | None]) -> dict[int, list[StageBar]]:
    return {
        pk: [
            StageBar(stage, None if (value := newest.get((pk, stage.slug))) is None else round(value))
            for stage in stages()
        ]
        for pk in ids
    }


@dataclass(frozen=True)
class ProgrammeRow:
    programme: Programme
    week: str
    mentees: int
    matched: int
    active: int
    alerts: int
    bars: list[StageBar]
    stars: float | None
    """The mean of its relationships' ratings of sessions, 1 to 5; None under five people."""

    @property
    def rate(self) -> float | None:
        """Share of the mentees who take part that have been matched."""
        return self.matched / self.mentees if self.mentees else None


@dataclass(frozen=True)
class InstitutionHome:
    institution: Institution | None
    headline: str
    health: InstitutionHealth | None
    rows: list[ProgrammeRow]
    people: int
    keys: list[ApiKey]


def institution_home(user: User, *, institution: Institution | None, now: datetime) -> InstitutionHome:
    """An institution in rows: each programme with its people, its matches, what is open and its five stages."""
    if institution is None:
        return InstitutionHome(None, _("Your institution"), None, [], 0, [])
    rows = programme_rows(institution, now=now)
    running = sum(row.programme.status == Programme.Status.RUNNING for row in rows)
    headline = _("No programme is running yet")
    if running:
        headline = ngettext("%(n)s programme is running", "%(n)s programmes are running", running) % {
            "n": localise(running)
        }
    if alerts := sum(row.alerts for row in rows):
        told = ngettext("%(shown)s relationship may need somebody", "%(shown)s relationships may need somebody", alerts)
        headline = _("; ").join([headline, told % {"shown": localise(alerts)}])
    return InstitutionHome(
        institution=institution,
        headline=headline,
        health=institution_health(institution) if rows else None,
        rows=rows,
        people=institution.belongings.count(),
        keys=list(ApiKey.objects.visible_to(user).filter(institution=institution, revoked_at=None)[:5]),
    )


def bars_and_stars(programmes: Iterable[Any]) -> tuple[dict[int, list[StageBar]], dict[int, float]]:
    """The stages of programmes, and how people rate their sessions where it is shown, by programme id, on the newest computed day
    (`measured_on`). One query."""
    newest = Q(pk=None)
    for each in programmes:
        newest |= Q(programme=each.pk, as_of_on=each.measured_on)
    rows = list(Score.objects.filter(newest).filter(OF_A_STAGE | Q(code="SS1", state=Score.State.SCORED)))
    bars = _bars([each.pk for each in programmes], {(row.programme_id, row.component): row.value for row in rows})
    return bars, {row.programme_id: row.inputs["raw"] for row in rows if row.programme_id and row.code == "SS1"}


def programme_rows(institution: Institution, *, now: datetime) -> list[ProgrammeRow]:
    """Four queries, however many programmes."""
    running = Case(When(status=Programme.Status.RUNNING, then=0), default=1)
    newest = Score.objects.filter(programme=OuterRef("pk")).order_by("-as_of_on").values("as_of_on")[:1]
    found = Programme.objects.filter(institution=institution).annotate(measured_on=Subquery(newest))
    programmes = list(found.order_by(running, "-starts_on", "pk"))
    mentees = Enrolment.objects.mentees().filter(programme__in=programmes, status__in=TAKING_PART)
    counted = mentees.order_by().values_list("programme").annotate(n=Count("pk"))
    taking_part: dict[int, int] = dict(counted)
    told = Relationship.objects.filter(programme__in=programmes).values("programme")
    with_a_mentor = Q(
        members__role=Enrolment.Role.MENTEE, members__left_at=None, status__in=[*Relationship.OPEN, *COMPLETED]
    )
    known: dict[int, tuple[int, int, int]] = {
        row[0]: row[1:]
        for row in told.annotate(
            matched=Count("members__enrolment", filter=with_a_mentor, distinct=True),
            active=Count("pk", filter=Q(status=Relationship.Status.ACTIVE), distinct=True),
            calling=Count("alerts", filter=Q(alerts__closed_at=None, alerts__level=Alert.Level.REVIEW), distinct=True),
        ).values_list("programme", "matched", "active", "calling")
    }
    bars, stars = bars_and_stars(programmes)
    return [
        ProgrammeRow(
            programme,
            week_of(programme, now=now),
            taking_part.get(programme.pk, 0),
            *known.get(programme.pk, (0, 0, 0)),
            bars[programme.pk],
            stars.get(programme.pk),
        )
        for programme in programmes
    ]
