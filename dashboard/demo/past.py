"""The same programme a year ago: what happened in it, how it stood in its weeks, its end; its mentors certified, and a study of
it that was planned, locked and computed. What was written is erased by now, as the programme promised."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from django.db.models import OuterRef, Subquery

from accounts.models import Institution, User
from dashboard.demo import answers, draft, people, story
from evaluation.certificates import standings
from evaluation.models import Answer, Response, Study, Wave
from evaluation.plan import FORMS
from evaluation.questionnaire import form_items
from evaluation.services import (
    ask_for_results,
    lock_plan,
    make_certificate,
    make_results,
    make_study,
    recompute_institution,
    write_plan,
)
from mentoring.messaging.models import Room, RoomMember
from mentoring.messaging.services import empty_rooms
from mentoring.planning.catalogue import template
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Agreement, ExitAnswer, Relationship, RelationshipMember

WEEKS_AGO, WEEKS = 52, 16
MENTEES, MENTEES_OF_EACH = 36, 4
"""So many that the study reaches its 20 pairs of answers, with who did not agree to research and who did not answer left out."""
SHARES = [("thriving", 30), ("steady", 30), ("drifting", 25), ("ended", 15)]
PULSES = (4, 10)
LOOKED_AT = (8, WEEKS)
TALK = 0.6
"""The weeks in which people were asked how it goes, and of which scores were kept; how much they wrote beside those of this
year."""
WORDS_MONTHS = 6
FELT, GROWN = 2.9, 0.6
"""On the 1-5 scale: how people felt before, and how much more of it in their skills at the end."""
STUDY = "Last year: do mentees feel more able at the end?"
PLAN = {
    "hypotheses": ["Mentees feel more able to learn and to use technology at the end than before the start."],
    "who": "mentee",
    "before": Wave.Moment.W0.value,
    "after": Wave.Moment.W3.value,
    "primary": ["skills"],
    "secondary": ["infrastructure"],
    "exclusions": [],
}


def plant_past(
    institution: Institution,
    mentors: list[User],
    mentees: list[User],
    *,
    certified: User,
    coordinators: list[User],
    rng: Random,
    now: datetime,
) -> None:
    """`certified` has made their certificate; the others who finished still may."""
    starts = (now - timedelta(weeks=WEEKS_AGO)).replace(hour=6, minute=30, second=0, microsecond=0)
    ends = starts + timedelta(weeks=WEEKS)
    programme = people.plant_programme(
        institution,
        template("first-semester"),
        slug="first-semester-last-year",
        starts_on=starts.date(),
        status=Programme.Status.RUNNING,
        number=0,
        by=coordinators[0],
        at=ends,
    )
    people.coordinate(programme, coordinators)
    programme.modules.all().delete()
    pairs = _pairs(programme, mentors, mentees, rng=rng, at=starts)
    leader, looked_at = coordinators[0], ends + timedelta(weeks=3)
    study = make_study(programme, kind=Study.Kind.PRE_POST, title=STUDY, by=leader, at=starts)
    write_plan(study, PLAN, by=leader, at=starts)
    lock_plan(study, by=leader, at=starts + timedelta(days=1))
    felt = {pair.pk: rng.gauss(FELT, 0.5) for pair in pairs}
    _answered(programme, Wave.Moment.W0, starts - timedelta(days=7), felt, rng)
    told = _tell(pairs, leader, rng=rng, over=ends)
    answers.plant_responses(_pulses(programme, starts), told, rng=rng, now=ends, faces=())
    _answered(programme, Wave.Moment.W3, ends - timedelta(days=14), felt, rng)
    for week in LOOKED_AT:
        recompute_institution(institution, at=starts + timedelta(weeks=week))
    _end(programme, at=ends)
    empty_rooms(at=now)
    make_results(ask_for_results(study, by=leader, at=looked_at), at=looked_at)
    for standing in standings(certified):
        if standing.finished:
            make_certificate(standing, by=certified, at=ends + timedelta(days=2))


def _pairs(
    programme: Programme, mentors: list[User], mentees: list[User], *, rng: Random, at: datetime
) -> list[Relationship]:
    """Everybody with somebody from the first day on, with a conversation and an agreement to sign."""
    enrolments = people.plant_enrolments(programme, mentors, mentees, rng=rng, at=at - timedelta(days=4), hours=False)
    sides: dict[str, list[Enrolment]] = {"mentor": [], "mentee": []}
    for enrolment in enrolments:
        sides[enrolment.role].append(enrolment)
    draft.plant_groups(programme, sides["mentee"])
    couples = [(sides["mentor"][place % len(mentors)], mentee) for place, mentee in enumerate(sides["mentee"])]
    pairs = Relationship.objects.bulk_create(
        Relationship(
            programme=programme,
            status_at=at,
            started_at=at,
            planned_end_on=programme.ends_on,
            pair_key=f"{mentor.pk}-{mentee.pk}",
        )
        for mentor, mentee in couples
    )
    both = list(zip(pairs, couples, strict=True))
    RelationshipMember.objects.bulk_create(
        RelationshipMember(relationship=pair, enrolment=each, person_id=each.person_id, role=each.role, joined_at=at)
        for pair, couple in both
        for each in couple
    )
    Agreement.objects.bulk_create(
        Agreement(relationship=pair, rhythm_days=programme.rhythm_days, ends_on=programme.ends_on, updated_at=at)
        for pair in pairs
    )
    rooms = Room.objects.bulk_create(
        Room(institution_id=programme.institution_id, relationship=pair, created_at=at) for pair in pairs
    )
    RoomMember.objects.bulk_create(
        RoomMember(room=room, person_id=each.person_id, joined_at=at)
        for room, (_pair, couple) in zip(rooms, both, strict=True)
        for each in couple
    )
    return pairs


def _tell(
    pairs: list[Relationship], coordinator: User, *, rng: Random, over: datetime
) -> list[tuple[Relationship, story.Arc]]:
    """What happened in each, to its end: as planned, or some weeks after the two had stopped."""
    names, shares = zip(*SHARES, strict=True)
    rows, told = story.Rows(), []
    found = Relationship.objects.filter(pk__in=[pair.pk for pair in pairs]).order_by("pk")
    for relationship in found.select_related("programme", "agreement", "room").prefetch_related(
        "members__person", "members__enrolment", "room__members__person"
    ):
        arc = story.ARCS[rng.choices(names, shares)[0]]
        arc = replace(arc, talk=arc.talk * TALK)
        story.tell(story.Pair(relationship, rng, over, coordinator, weeks=WEEKS, over=True), arc, rows)
        if not arc.ends:
            relationship.status, relationship.close_reason = (
                Relationship.Status.COMPLETED,
                Relationship.Reason.TIME_OVER,
            )
            relationship.status_at = relationship.closed_at = over
            rows.exits += [
                ExitAnswer(
                    relationship=relationship,
                    person=member.person,
                    satisfaction=rng.choice(arc.stars),
                    stay_in_touch=rng.choice(arc.mood),
                    answered_at=over - timedelta(hours=rng.randint(1, 90)),
                )
                for member in relationship.members.all()
                if rng.random() < answers.ANSWERS[arc.name]
            ]
        told.append((relationship, arc))
    story.keep(rows)
    story.keep_states([relationship for relationship, _ in told])
    return told


def _pulses(programme: Programme, starts: datetime) -> list[Wave]:
    return [
        Wave.objects.create(
            programme=programme,
            form=Wave.Form.PULSE,
            number=programme.waves.count() + 1,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(days=7),
        )
        for week in PULSES
        for opens_at in [starts + timedelta(weeks=week)]
    ]


def _end(programme: Programme, *, at: datetime) -> None:
    """Everybody has completed it and has their places back; conversations are closed as of their relationship's end."""
    everybody = Enrolment.objects.filter(programme=programme)
    everybody.update(status=Enrolment.Status.COMPLETED, status_at=at)
    everybody.filter(role=Enrolment.Role.MENTOR).update(capacity=MENTEES_OF_EACH, free_places=MENTEES_OF_EACH)
    closed_at = Relationship.objects.filter(pk=OuterRef("relationship")).values("closed_at")
    Room.objects.filter(relationship__programme=programme).update(closed_at=Subquery(closed_at))
    Programme.objects.filter(pk=programme.pk).update(
        status=Programme.Status.CLOSED,
        name_en=f"{programme.name_en} · last year",
        name_fa=f"{programme.name_fa} · سال گذشته",
        words_months=WORDS_MONTHS,
    )


def _answered(programme: Programme, moment: str, opens_at: datetime, felt: dict[int, float], rng: Random) -> None:
    """A questionnaire of two weeks, and what nearly every mentee answered."""
    form = FORMS[Wave.Moment(moment)]
    wave = Wave.objects.create(
        programme=programme,
        form=form,
        moment=moment,
        number=programme.waves.count() + 1,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=14),
    )
    mentees = RelationshipMember.objects.filter(relationship__in=felt, role=Enrolment.Role.MENTEE).order_by("pk")
    rows = [(member, opens_at + timedelta(hours=rng.randint(2, 200))) for member in mentees if rng.random() < 0.95]
    made = Response.objects.bulk_create(
        Response(
            wave=wave,
            enrolment_id=member.enrolment_id,
            relationship_id=None if form == Wave.Form.START else member.relationship_id,
            started_at=at,
            submitted_at=at,
        )
        for member, at in rows
    )
    answers = []
    for row, (member, _at) in zip(made, rows, strict=True):
        for item in form_items(form):
            grown = GROWN if moment == Wave.Moment.W3 and item.component.startswith("skills.") else 0.0
            value = min(5, max(1, round(rng.gauss(felt[member.relationship_id] + grown, 0.7))))
            answers.append(Answer(response=row, item=item.code, value=6 - value if item.reverse else value))
    Answer.objects.bulk_create(answers, batch_size=5000)
