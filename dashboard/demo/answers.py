"""What people answered and learned: waves of questions, modules, connection checks, requests for help, mails."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from accounts.models import User, new_token, token_hash
from dashboard.demo import words
from dashboard.demo.story import Arc
from evaluation.models import Answer, Response, Wave
from evaluation.questionnaire import SKIPPED, form_items
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import CalendarFeed, Relationship
from mentoring.support.models import ConnectionCheck, HelpReply, HelpRequest
from mentoring.training.catalogue import Module, module
from mentoring.training.models import LessonAnswer, ModuleProgress, SelfRating
from notifications.models import Mail
from paradigm.model import stage_of

# How people feel about each stage in each kind of relationship, on the 1-5 scale.
FEELING = {
    "thriving": {"causal": 4.3, "contextual": 3.9, "intervening": 4.6, "strategy": 4.1, "consequence": 4.5},
    "steady": {"causal": 3.8, "contextual": 3.7, "intervening": 3.9, "strategy": 3.5, "consequence": 3.8},
    "drifting": {"causal": 3.2, "contextual": 3.4, "intervening": 2.6, "strategy": 3.0, "consequence": 2.6},
    "never": {"causal": 2.8, "contextual": 3.3, "intervening": 2.0, "strategy": 2.8, "consequence": 2.0},
    "ended": {"causal": 2.9, "contextual": 3.3, "intervening": 2.2, "strategy": 2.9, "consequence": 2.2},
}
ANSWERS = {"thriving": 0.9, "steady": 0.75, "drifting": 0.45, "never": 0.3, "ended": 0.5}


def plant_waves(programme: Programme, *, now: datetime) -> list[Wave]:
    """A pulse after four weeks, the short form after seven, a pulse after nine, and a pulse that is open now."""
    morning = now.replace(hour=6, minute=30, second=0, microsecond=0)
    start = morning - timedelta(weeks=13)
    plan = [("pulse", 4, 7), ("short", 7, 10), ("pulse", 9, 7), ("pulse", None, 10)]
    return [
        Wave.objects.create(
            programme=programme,
            form=kind,
            number=number,
            opens_at=opens,
            closes_at=opens + timedelta(days=days, hours=13, minutes=59),
        )
        for number, (kind, week, days) in enumerate(plan, 1)
        for opens in [morning - timedelta(days=3) if week is None else start + timedelta(weeks=week)]
    ]


def plant_responses(
    waves: list[Wave], told: list[tuple[Relationship, Arc]], *, rng: Random, now: datetime, faces: Iterable[User]
) -> None:
    """Each member answers each wave with a chance that depends on how it goes; the faces leave the open one to the visitor."""
    kept_open = {person.pk for person in faces}
    responses: list[Response] = []
    values: list[list[tuple[str, int]]] = []
    for wave in waves:
        items = form_items(wave.form)
        for relationship, arc in told:
            if relationship.closed_at and relationship.closed_at < wave.opens_at:
                continue
            for member in relationship.members.all():
                is_open = wave.closes_at is None or wave.closes_at > now
                if (is_open and member.person_id in kept_open) or rng.random() > ANSWERS[arc.name]:
                    continue
                at = wave.opens_at + timedelta(hours=rng.randint(2, 60))
                responses.append(
                    Response(
                        wave=wave,
                        enrolment_id=member.enrolment_id,
                        relationship=relationship,
                        started_at=at,
                        submitted_at=at,
                        language=member.person.language,
                    )
                )
                values.append([(item.code, _value(item.component, item.reverse, arc, rng)) for item in items])
    made = Response.objects.bulk_create(responses, batch_size=2000)
    Answer.objects.bulk_create(
        (
            Answer(response=response, item=code, value=value)
            for response, row in zip(made, values, strict=True)
            for code, value in row
        ),
        batch_size=5000,
    )


def _value(component: str, reverse: bool, arc: Arc, rng: Random) -> int:
    if rng.random() < 0.03:
        return SKIPPED
    felt = round(rng.gauss(FEELING[arc.name][stage_of(component).slug], 0.8))
    felt = min(5, max(1, felt))
    return 6 - felt if reverse else felt


def plant_learning(enrolments: list[Enrolment], *, rng: Random, start: datetime, now: datetime) -> None:
    """Most finished what the programme asks for in the first weeks; some go on learning; the faces have one under way."""
    rows: list[tuple[ModuleProgress, list[SelfRating], list[LessonAnswer]]] = []
    seen: set[tuple[int, str]] = set()
    asked = {
        (row.role, row.module): row for row in enrolments[0].programme.modules.all()
    } if enrolments else {}  # fmt: skip
    for enrolment in enrolments:
        for (role, slug), _row in asked.items():
            if role != enrolment.role or (enrolment.person_id, slug) in seen:
                continue
            seen.add((enrolment.person_id, slug))
            if rng.random() < 0.9:
                began = start - timedelta(days=rng.randint(1, 10), hours=rng.randint(0, 12))
                rows.append(_learned(enrolment.person, module(slug), began, rng, finished=True))
        extra = "giving-feedback" if enrolment.role == "mentor" else "listening-and-questions"
        if (enrolment.person_id, extra) not in seen and rng.random() < 0.45:
            seen.add((enrolment.person_id, extra))
            began = now - timedelta(days=rng.randint(3, 60))
            rows.append(_learned(enrolment.person, module(extra), began, rng, finished=rng.random() < 0.6))
    ModuleProgress.objects.bulk_create([progress for progress, _, _ in rows], batch_size=2000)
    for progress, ratings, answers in rows:
        for row in (*ratings, *answers):
            row.progress = progress
    SelfRating.objects.bulk_create([r for _, ratings, _ in rows for r in ratings], batch_size=5000)
    LessonAnswer.objects.bulk_create([a for _, _, answers in rows for a in answers], batch_size=5000)


def _learned(
    person: User, kind: Module, began: datetime, rng: Random, *, finished: bool
) -> tuple[ModuleProgress, list[SelfRating], list[LessonAnswer]]:
    ended = began + timedelta(days=rng.randint(0, 3), minutes=25)
    before = rng.choice([0.33, 0.5, 0.5, 0.67])
    progress = ModuleProgress(
        person=person,
        module=kind.slug,
        position=len(kind.screens) - 1 if finished else len(kind.screens) // 2,
        started_at=began,
        touched_at=ended,
        finished_at=ended if finished else None,
        quiz_before=before,
        quiz_after=min(1.0, before + rng.choice([0.17, 0.33, 0.33, 0.5])) if finished else None,
    )
    ratings = []
    for statement in kind.statements:
        value = rng.randint(2, 3)
        ratings.append(SelfRating(statement=statement.key, moment="before", value=value, rated_at=began))
        if finished:
            after = min(5, value + rng.choice([0, 1, 1, 2]))
            ratings.append(SelfRating(statement=statement.key, moment="after", value=after, rated_at=ended))
    answers = [
        LessonAnswer(lesson=screen.key, answer={"text": words.REFLECTION[person.language]}, answered_at=ended)
        for screen in kind.screens
        if screen.kind == "reflection" and finished and rng.random() < 0.7
    ]
    return progress, ratings, answers


def plant_help(programme: Programme, people: list[User], coordinator: User, *, rng: Random, now: datetime) -> None:
    asked = rng.sample(people, max(6, len(people) // 12)) if len(people) > 6 else []
    for number, person in enumerate(asked):
        topic, body = words.HELP[person.language][number % 3]
        raised = now - timedelta(days=rng.randint(2, 70), hours=rng.randint(0, 9))
        waits = number == len(asked) - 1
        hours = rng.choice([1, 3, 5, 20, 40])
        answered = None if waits else raised + timedelta(hours=hours)
        request = HelpRequest.objects.create(
            programme=programme,
            person=person,
            topic=topic,
            body=body,
            created_at=raised,
            status=HelpRequest.Status.RAISED if waits else HelpRequest.Status.RESOLVED,
            first_answer_at=answered,
            resolved_at=None if answered is None else answered + timedelta(hours=rng.choice([1, 20, 60])),
        )
        if answered is not None:
            HelpReply.objects.create(
                request=request, author=coordinator, body=words.HELP_ANSWER[person.language], created_at=answered
            )


def plant_how_to(programme: Programme, people: list[User], coordinator: User, *, start: datetime) -> None:
    """How something is done here: asked by many in the first month, by few in the third, and answered the same day."""
    early, late = max(8, len(people) // 12), max(3, len(people) // 40)
    for number, person in enumerate(people[:early] + people[-late:]):
        day = 3 + number % 20 if number < early else 63 + number % 20
        raised = start + timedelta(days=day, hours=number % 9)
        language = person.language
        request = HelpRequest.objects.create(
            programme=programme,
            person=person,
            topic=HelpRequest.Topic.HOW_TO,
            body=words.HOW_TO[language][number % 3],
            created_at=raised,
            status=HelpRequest.Status.RESOLVED,
            first_answer_at=raised + timedelta(hours=1 + number % 5),
            resolved_at=raised + timedelta(hours=9),
        )
        HelpReply.objects.create(
            request=request,
            author=coordinator,
            body=words.HOW_TO_ANSWER[language],
            created_at=raised + timedelta(hours=1 + number % 5),
        )


def plant_checks(people: list[User], *, rng: Random, start: datetime) -> None:
    rows = []
    for person in people:
        if rng.random() < 0.7:
            latency, speed = int(rng.lognormvariate(4.6, 0.7)), int(rng.lognormvariate(8.0, 1.0))
            rows.append(
                ConnectionCheck(
                    person=person,
                    latency_ms=latency,
                    kbit_per_s=speed,
                    passed=latency <= 800 and speed >= 600,
                    checked_at=start + timedelta(days=rng.randint(0, 40)),
                )
            )
    ConnectionCheck.objects.bulk_create(rows, batch_size=2000)


def plant_feeds(people: list[User], *, rng: Random, start: datetime) -> None:
    """Every third person has their sessions in their own calendar."""
    CalendarFeed.objects.bulk_create(
        (
            CalendarFeed(person=person, token_hash=token_hash(new_token()), created_at=start + timedelta(days=9))
            for person in people
            if rng.random() < 0.35
        ),
        batch_size=2000,
        ignore_conflicts=True,
    )


def plant_mails(people: list[User], *, rng: Random, start: datetime, now: datetime) -> None:
    """The mails that asked for answers, a few of which bounced."""
    rows = []
    for person in people:
        for week in (4, 7, 9, 12):
            at = start + timedelta(weeks=week, hours=rng.randint(0, 9))
            bounced = rng.random() < 0.015
            rows.append(
                Mail(
                    recipient=person,
                    to=person.email,
                    kind="evaluation.opened",
                    key=f"demo:{person.email}:{week}",
                    subject={"fa": "حالتان در این هفته‌ها چطور بود؟", "en": "How have these weeks been?"}[
                        person.language
                    ],
                    body_text={
                        "fa": "پنج پرسش کوتاه، کمتر از یک دقیقه. پاسخ شما کمک می‌کند برنامه بهتر شود.",
                        "en": "Five short questions, less than a minute. Your answers make the programme better.",
                    }[person.language],
                    created_at=at,
                    sent_at=None if bounced else at,
                    error="550 mailbox unavailable" if bounced else "",
                )
            )
    Mail.objects.bulk_create(rows, batch_size=2000)
