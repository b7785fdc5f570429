"""Plants the whole story: people, matching by the real engine, three months of mentoring, scores by the real code."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from accounts.models import User
from core.models import Job
from dashboard.demo import answers, draft, own, past, people, requests, story
from dashboard.demo.people import FACES, Cast, Size
from evaluation.actions import library
from evaluation.services import accept_action, finish_action, recompute, recompute_institution
from evaluation.services.units import update_people, update_relationships
from mentoring.matching.engine import Rules, Weights
from mentoring.matching.models import MatchRun
from mentoring.matching.services import approve_all, compute_run
from mentoring.matching.services.publishing import open_wave, publish_approved
from mentoring.planning.catalogue import template
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship
from notifications.models import Notification
from notifications.services import write_letter

STEPS_OF_A_PROGRAMME = 6


def steps(size: Size) -> int:
    """How many steps `plant` reports."""
    return 2 + STEPS_OF_A_PROGRAMME * size.running


@transaction.atomic
def plant(size: Size, *, seed: int, now: datetime, step: Callable[[], None]) -> None:
    """Plant everything. `now` is the end of the story; what lies ahead is a few days away."""
    rng = Random(seed)  # noqa: S311
    institution = people.plant_institution()
    cast = Cast(rng, institution)
    faces = {
        key: cast.person(email=key, name=name, language=language, role=role, zone=zone)
        for key, (name, language, role, zone) in FACES.items()
    }
    start = (now - timedelta(weeks=story.WEEKS)).replace(hour=6, minute=30, second=0, microsecond=0)
    groups = [_group(cast, size.mentors, size.mentees, faces if number == 0 else {}) for number in range(size.running)]
    open_group = _group(cast, size.open_mentors, size.open_mentees, {})
    alumni = Cast(Random(seed + 3), institution, count=len(cast.people))  # noqa: S311
    earlier = [alumni.person() for _ in range(past.MENTEES)]
    User.objects.bulk_create([*cast.people, *earlier], batch_size=2000)
    administrators = [faces["parvin"], faces["james"]]
    people.belong(institution, cast.people, administrators, at=start - timedelta(days=30))
    coordinators = [faces["maryam"], faces["leila"]]
    people.belong(institution, earlier, [], at=start - timedelta(weeks=past.WEEKS_AGO))
    step()
    past.plant_past(
        institution,
        groups[0][0][: past.MENTEES // past.MENTEES_OF_EACH],
        earlier,
        certified=faces["sara"],
        coordinators=coordinators,
        rng=Random(seed + 4),  # noqa: S311
        now=now,
    )
    for number, (mentors, mentees) in enumerate(groups):
        kind = people.kind_of_programme(number)
        programme = people.plant_programme(
            institution,
            kind,
            slug=kind.slug if number < 2 else f"{kind.slug}-{number + 1}",
            starts_on=start.date(),
            status=Programme.Status.RUNNING,
            number=number // 2,
            by=faces["maryam"],
            at=now,
        )
        people.coordinate(programme, coordinators)
        _run(programme, mentors, mentees, faces, rng=rng, start=start, now=now, step=step)
        if number == 0:
            own.plant_study(programme, by=faces["leila"], at=start + timedelta(days=10))
            own.plant_own(programme, by=faces["maryam"], rng=Random(seed + 2), now=now)  # noqa: S311
            own.plant_outcome(programme, by=faces["maryam"], rng=Random(seed + 3), start=start)  # noqa: S311
    recompute_institution(institution, at=now)
    opened = _open(institution, open_group, coordinators, rng=rng, now=now)
    own.plant_systems(institution, opened, by=administrators[0], coordinator=coordinators[0], now=now)
    requests.plant_requests(institution, faces, rng=Random(seed + 1), now=now)  # noqa: S311
    _tidy(faces, now)
    step()


def _group(cast: Cast, mentors: int, mentees: int, faces: dict[str, User]) -> tuple[list[User], list[User]]:
    """People of a programme; the faces are among them, and the English coordinator is a mentor too."""
    known = [faces[key] for key in ("arman", "sara", "leila") if key in faces]
    learners = [faces[key] for key in ("niloufar", "daniel") if key in faces]
    return (
        known + [cast.person() for _ in range(mentors - len(known))],
        learners + [cast.person() for _ in range(mentees - len(learners))],
    )


def _run(
    programme: Programme,
    mentors: list[User],
    mentees: list[User],
    faces: dict[str, User],
    *,
    rng: Random,
    start: datetime,
    now: datetime,
    step: Callable[[], None],
) -> None:
    """One running programme from its first day to today."""
    coordinator = faces["maryam"]
    enrolments = people.plant_enrolments(programme, mentors, mentees, rng=rng, at=start - timedelta(days=4))
    answers.plant_learning(enrolments, rng=rng, start=start - timedelta(days=4), now=now)
    step()
    _match(programme, enrolments, faces, coordinator, at=start)
    step()
    relationships = list(
        Relationship.objects.filter(programme=programme)
        .select_related("programme", "agreement", "room")
        .prefetch_related("members__person", "room__members__person")
        .order_by("pk")
    )
    told = _tell(relationships, faces, rng=rng, now=now, coordinator=coordinator)
    step()
    waves = answers.plant_waves(programme, now=now)
    answers.plant_responses(waves, told, rng=rng, now=now, faces=faces.values())
    step()
    everybody = [enrolment.person for enrolment in enrolments]
    draft.plant_groups(programme, enrolments)
    draft.plant_forms(programme, enrolments)
    answers.plant_help(programme, everybody, coordinator, rng=rng, now=now)
    answers.plant_how_to(programme, everybody, coordinator, start=start)
    answers.plant_checks(everybody, rng=rng, start=start)
    answers.plant_mails(everybody, rng=rng, start=start, now=now)
    answers.plant_feeds(everybody, rng=rng, start=start)
    step()
    for weeks_ago in range(story.WEEKS - 1, 0, -1):  # and in the end with the whole institution
        at = now - timedelta(weeks=weeks_ago)
        if weeks_ago in (6, 3):
            recompute(programme, at=at)
        else:
            update_relationships(programme, [each.pk for each in relationships], at=at)
            update_people(programme, [each.person_id for each in enrolments], at=at)
        if weeks_ago == 6:
            _take_up(programme, coordinator, at=now - timedelta(weeks=6) + timedelta(hours=1))
    step()


def _match(
    programme: Programme, enrolments: list[Enrolment], faces: dict[str, User], coordinator: User, *, at: datetime
) -> None:
    """The real engine makes the pairs; only the faces are put together by hand, as a coordinator would lock them."""
    of = {(e.person_id, e.role): e for e in enrolments}
    pairs = [
        (of[faces[mentee].pk, "mentee"], of[faces[mentor].pk, "mentor"])
        for mentee, mentor in (("niloufar", "arman"), ("daniel", "sara"))
        if (faces[mentee].pk, "mentee") in of
    ]
    for mentee, mentor in pairs:
        people.suit(mentee, mentor)
    locked = [[mentee.pk, mentor.pk] for mentee, mentor in pairs]
    run = MatchRun.objects.create(
        programme=programme,
        weights=asdict(Weights()),
        rules=asdict(Rules()),
        locked=locked,
        started_by=coordinator,
        created_at=at - timedelta(days=1),
    )
    compute_run(run, at=at - timedelta(days=1))
    approve_all(run, by=coordinator, at=at - timedelta(hours=20))
    open_wave(run, by=coordinator, at=at)
    publish_approved(run, by=coordinator, at=at)


def _tell(
    relationships: list[Relationship], faces: dict[str, User], *, rng: Random, now: datetime, coordinator: User
) -> list[tuple[Relationship, story.Arc]]:
    names = [name for name, _ in story.SHARES]
    shares = [share for _, share in story.SHARES]
    special = {faces["niloufar"].pk: "thriving", faces["daniel"].pk: "thriving"}
    rest = iter(["drifting", "never", "ended", "drifting", "never", "thriving", "steady", "drifting"])
    told, rows = [], story.Rows()
    for relationship in relationships:
        mentee = next(m.person_id for m in relationship.members.all() if m.role == "mentee")
        few = len(relationships) < 30
        name = special.get(mentee) or (next(rest, None) if few else None) or rng.choices(names, shares)[0]
        arc = story.ARCS[name]
        story.tell(story.Pair(relationship, rng, now, coordinator), arc, rows)
        told.append((relationship, arc))
        if len(told) % 500 == 0:
            story.keep(rows)
            rows = story.Rows()
    story.keep(rows)
    story.keep_states(relationships)
    return told


def _take_up(programme: Programme, coordinator: User, *, at: datetime) -> None:
    """An action that was done within the week; its window is over by now, so its figure stands beside the one before."""
    idea = library()["hear-then-change"]
    due_on = (at + timedelta(days=idea.days)).date()
    action = accept_action(programme, idea, person=coordinator, due_on=due_on, by=coordinator, at=at)
    finish_action(action, by=coordinator, at=at + timedelta(days=5))


def _open(
    institution: object, group: tuple[list[User], list[User]], coordinators: list[User], *, rng: Random, now: datetime
) -> Programme:
    """A programme that begins in three weeks: most people are ready, and a first draft of their pairs waits for a look."""
    programme = people.plant_programme(
        institution,  # type: ignore[arg-type]
        template("career-alumni"),
        slug="career-alumni",
        starts_on=(now + timedelta(weeks=3)).date(),
        status=Programme.Status.OPEN,
        number=0,
        by=coordinators[0],
        at=now,
    )
    people.coordinate(programme, coordinators)
    enrolments = people.plant_enrolments(programme, *group, rng=rng, at=now - timedelta(days=2))
    waiting = [e for e in enrolments if rng.random() < 0.2]
    for enrolment in waiting:
        enrolment.status, enrolment.decided_at, enrolment.ready_at = Enrolment.Status.APPLIED, None, None
        enrolment.trained_at = None
    Enrolment.objects.bulk_update(waiting, ["status", "decided_at", "ready_at", "trained_at"], batch_size=500)
    draft.plant_more(programme, enrolments, rng=rng)
    draft.plant_draft(programme, by=coordinators[1], at=now - timedelta(hours=3))
    return programme


def _tidy(faces: dict[str, User], now: datetime) -> None:
    """Old news was read long ago, and only the faces get their mails, dated when it was told."""
    Notification.objects.filter(created_at__lt=now - timedelta(days=7)).update(read_at=now - timedelta(days=7))
    kept = {face.pk: face for face in faces.values()}
    told = dict(Notification.objects.filter(recipient__in=kept).values_list("key", "created_at"))
    waiting = list(Job.objects.open().exclude(name__in=requests.CLOCKS))
    Job.objects.filter(pk__in=[job.pk for job in waiting if job.payload.get("recipient_id") not in kept]).delete()
    for mail in (job.payload for job in waiting if job.payload.get("recipient_id") in kept):
        write_letter(
            mail["kind"],
            to=kept[mail["recipient_id"]],
            key=mail["mail_key"],
            url=mail["url"],
            params=mail["params"],
            at=told.get(mail["mail_key"], now),
        )
