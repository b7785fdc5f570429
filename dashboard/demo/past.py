"""The same programme a year ago: over, its mentors certified, and a study of it that was planned, locked and computed."""

from datetime import datetime, timedelta
from random import Random

from accounts.models import Institution, User
from dashboard.demo import people
from evaluation.certificates import standings
from evaluation.models import Answer, Response, Study, Wave
from evaluation.plan import FORMS
from evaluation.questionnaire import form_items
from evaluation.services import ask_for_results, lock_plan, make_certificate, make_results, make_study, write_plan
from mentoring.planning.catalogue import template
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Agreement, Relationship, RelationshipMember

WEEKS_AGO, WEEKS = 52, 16
MENTEES, MENTEES_OF_EACH = 36, 4
"""So many that the study reaches its 20 pairs of answers, with who did not agree to research and who did not answer left out."""
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
    _answered(programme, Wave.Moment.W3, ends - timedelta(days=14), felt, rng)
    everybody = Enrolment.objects.filter(programme=programme)
    everybody.update(status=Enrolment.Status.COMPLETED, status_at=ends)
    everybody.filter(role=Enrolment.Role.MENTOR).update(capacity=MENTEES_OF_EACH)
    Programme.objects.filter(pk=programme.pk).update(
        status=Programme.Status.CLOSED,
        name_en=f"{programme.name_en} · last year",
        name_fa=f"{programme.name_fa} · سال گذشته",
    )
    make_results(ask_for_results(study, by=leader, at=looked_at), at=looked_at)
    for standing in standings(certified):
        if standing.finished:
            make_certificate(standing, by=certified, at=ends + timedelta(days=2))


def _pairs(
    programme: Programme, mentors: list[User], mentees: list[User], *, rng: Random, at: datetime
) -> list[Relationship]:
    """Everybody with somebody, from the first day to the last; without a conversation, which is long over."""
    enrolments = people.plant_enrolments(programme, mentors, mentees, rng=rng, at=at - timedelta(days=4), hours=False)
    sides: dict[str, list[Enrolment]] = {"mentor": [], "mentee": []}
    for enrolment in enrolments:
        sides[enrolment.role].append(enrolment)
    couples = [(sides["mentor"][place % len(mentors)], mentee) for place, mentee in enumerate(sides["mentee"])]
    over = at + timedelta(weeks=WEEKS)
    pairs = Relationship.objects.bulk_create(
        Relationship(
            programme=programme,
            status=Relationship.Status.COMPLETED,
            status_at=over,
            started_at=at,
            first_contact_at=at + timedelta(days=1),
            last_contact_at=over - timedelta(days=2),
            closed_at=over,
            close_reason=Relationship.Reason.TIME_OVER,
            planned_end_on=programme.ends_on,
            pair_key=f"{mentor.pk}-{mentee.pk}",
        )
        for mentor, mentee in couples
    )
    RelationshipMember.objects.bulk_create(
        RelationshipMember(relationship=pair, enrolment=each, person_id=each.person_id, role=each.role, joined_at=at)
        for pair, couple in zip(pairs, couples, strict=True)
        for each in couple
    )
    Agreement.objects.bulk_create(
        Agreement(relationship=pair, rhythm_days=programme.rhythm_days, ends_on=programme.ends_on, updated_at=at)
        for pair in pairs
    )
    return pairs


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
