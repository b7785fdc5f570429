"""The made-up university: its programmes and everybody in them, before anything has happened."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from accounts.models import Belonging, Consent, Institution, User
from dashboard.demo import words
from mentoring.planning.catalogue import Template, template
from mentoring.planning.concepts import by_group, concepts
from mentoring.planning.models import (
    Availability,
    Coordination,
    Enrolment,
    EnrolmentConcept,
    Milestone,
    Programme,
)
from mentoring.planning.services import create_programme

DOMAIN = "demo.peyvand.example"


@dataclass(frozen=True)
class Size:
    """How many running programmes of how many people, and how large the one is that is still open."""

    running: int
    mentors: int
    mentees: int
    open_mentors: int
    open_mentees: int


SIZES = {
    "small": Size(1, 9, 14, 7, 18),
    "medium": Size(2, 100, 150, 35, 60),
    "large": Size(20, 330, 500, 1360, 2036),
}

MANY = 200

# The people one can sign in as, by e-mail name: name, language, role shown first, time zone.
FACES = {
    "niloufar": ("نیلوفر کریمی", "fa", "mentee", "Asia/Tehran"),
    "arman": ("آرمان رضایی", "fa", "mentor", "Asia/Tehran"),
    "maryam": ("مریم حسینی", "fa", "coordinator", "Asia/Tehran"),
    "parvin": ("پروین صادقی", "fa", "administrator", "Asia/Tehran"),
    "daniel": ("Daniel Okafor", "en", "mentee", "Europe/London"),
    "sara": ("Sara Lindqvist", "en", "mentor", "Europe/Berlin"),
    "leila": ("Leila Ahmadi", "en", "coordinator", "Asia/Tehran"),
    "james": ("James Whitfield", "en", "administrator", "Europe/London"),
}


class Cast:
    """Makes people one by one, in the same order for the same seed."""

    def __init__(self, rng: Random, institution: Institution, *, count: int = 0) -> None:
        self.rng, self.institution, self.count = rng, institution, count
        self.people: list[User] = []

    def person(self, *, email: str = "", name: str = "", language: str = "", role: str = "", zone: str = "") -> User:
        self.count += 1
        language = language or ("fa" if self.rng.random() < 0.7 else "en")
        if not name:
            if language == "fa":
                given, family = self.rng.choice(words.GIVEN_FA), self.rng.choice(words.FAMILY_FA)
                name, email = f"{given[0]} {family[0]}", f"{given[1]}.{family[1]}.{self.count}"
            else:
                given_name, family_name = self.rng.choice(words.GIVEN_EN), self.rng.choice(words.FAMILY_EN)
                name, email = f"{given_name} {family_name}", f"person.{self.count}"
        person = User(
            email=f"{email}@{DOMAIN}",
            name=name,
            language=language,
            calendar="jalali" if language == "fa" else "gregorian",
            time_zone=zone or ("Asia/Tehran" if language == "fa" else self.rng.choice(words.ZONES_EN)),
            role=role,
            password="!demo",
        )
        self.people.append(person)
        return person


def plant_institution() -> Institution:
    return Institution.objects.create(
        slug="simorgh",
        name_en="Simorgh University",
        name_fa="دانشگاه سیمرغ",
        language="fa",
        calendar="jalali",
        time_zone="Asia/Tehran",
    )


PLANNED = 45
"""Days before its start on which a programme was made, and before today for one that lies ahead."""


def plant_programme(
    institution: Institution,
    kind: Template,
    *,
    slug: str,
    starts_on: date,
    status: str,
    number: int,
    by: User,
    at: datetime,
) -> Programme:
    """A programme from a template, as somebody would make it; what lies behind it of its milestones is met."""
    suffix = ("", "") if number == 0 else (f" · group {number + 1}", f" · گروه {number + 1}")
    made = create_programme(
        institution,
        kind,
        name_en=kind.name.en + suffix[0],
        name_fa=kind.name.fa + suffix[1],
        starts_on=starts_on,
        by=by,
        at=at - max(at.date() - starts_on, timedelta()) - timedelta(days=PLANNED),
    )
    Programme.objects.filter(pk=made.pk).update(slug=slug, status=status, mentor_capacity=3)
    for index, stone in enumerate(made.milestones.filter(due_on__lt=at.date() - timedelta(days=2)).order_by("due_on")):
        met = at - (at.date() - stone.due_on - timedelta(days=index % 3))
        Milestone.objects.filter(pk=stone.pk).update(met_at=met, met_by=by)
    made.refresh_from_db()
    return made


def plant_enrolments(
    programme: Programme, mentors: list[User], mentees: list[User], *, rng: Random, at: datetime, hours: bool = True
) -> list[Enrolment]:
    """Everybody applied, was approved and is ready; `at` is the day of readiness. `hours`: with free times of their own."""
    fields = {group.slug: [c.slug for c in found] for group, found in by_group("field")}
    rows = []
    for role, people in (("mentor", mentors), ("mentee", mentees)):
        for person in people:
            applied = at - timedelta(days=rng.randint(8, 20), hours=rng.randint(0, 20))
            decided = applied + timedelta(days=rng.randint(1, 5))
            group = rng.choice(list(words.FACULTIES))
            capacity = rng.choice([2, 2, 3]) if role == "mentor" else 1
            mentor = role == "mentor"
            rows.append(
                Enrolment(
                    programme=programme,
                    person=person,
                    role=role,
                    status=Enrolment.Status.READY,
                    status_at=at,
                    capacity=capacity,
                    free_places=capacity,
                    headline=rng.choice((words.MENTOR_LINES if mentor else words.MENTEE_LINES)[person.language]),
                    organisation=words.FACULTIES[group][person.language == "fa"],
                    field=rng.choice(fields[group]),
                    seniority=rng.randint(4, 25) if mentor else rng.randint(0, 2),
                    languages=["fa", "en"] if mentor or person.language == "en" or rng.random() < 0.4 else ["fa"],
                    goals="" if mentor else rng.choice(words.MENTEE_HOPES[person.language]),
                    motivation=rng.choice(words.MENTOR_HOPES[person.language]) if mentor else "",
                    contacts_wanted=rng.choice([2, 4, 4, 6]),
                    applied_at=applied,
                    decided_at=decided,
                    ready_at=at,
                    trained_at=at,
                )
            )
    made = Enrolment.objects.bulk_create(rows, batch_size=1000)
    plant_wants(made, rng)
    if hours:
        plant_hours([*mentors, *mentees], rng)
    return made


def plant_wants(enrolments: list[Enrolment], rng: Random) -> None:
    """What each wants or offers, most of it from the twenty skills students ask for most."""
    skills = sorted(c.slug for c in concepts() if c.kind == "skill")
    usual = rng.sample(skills, 20)
    rows = []
    for enrolment in enrolments:
        mentor = enrolment.role == Enrolment.Role.MENTOR
        chosen = set(rng.sample(usual, 5 if mentor else 3)) | set(rng.sample(skills, 2 if mentor else 1))
        rows += [
            EnrolmentConcept(
                enrolment=enrolment,
                concept=slug,
                kind=EnrolmentConcept.Kind.OFFERED if mentor else EnrolmentConcept.Kind.WANTED,
                level=rng.randint(2, 5),
            )
            for slug in sorted(chosen)
        ]
    EnrolmentConcept.objects.bulk_create(rows, batch_size=2000)


def suit(mentee: Enrolment, mentor: Enrolment) -> None:
    """The faces fit each other well: she wants what the mentor offers, in the same field, at the same hours."""
    offered = list(mentor.concepts.order_by("-level", "concept")[:3])
    EnrolmentConcept.objects.filter(enrolment=mentee).delete()
    EnrolmentConcept.objects.bulk_create(
        EnrolmentConcept(enrolment=mentee, concept=row.concept, kind=EnrolmentConcept.Kind.WANTED, level=5)
        for row in offered
    )
    Enrolment.objects.filter(pk=mentee.pk).update(field=mentor.field, organisation=mentor.organisation)
    hours = list(Availability.objects.filter(person=mentor.person_id))
    Availability.objects.filter(person=mentee.person_id).delete()
    Availability.objects.bulk_create(
        Availability(person_id=mentee.person_id, weekday=row.weekday, starts=row.starts, ends=row.ends) for row in hours
    )


def plant_hours(people: list[User], rng: Random) -> None:
    rows = []
    for person in people:
        days = rng.sample([5, 6, 0, 1, 2, 3] if person.language == "fa" else [0, 1, 2, 3, 4, 5], 4)
        for weekday in sorted(days):
            start = rng.choice([14, 15, 16, 17, 18]) * 60
            rows.append(
                Availability(person=person, weekday=weekday, starts=start, ends=start + rng.choice([120, 180, 240]))
            )
    Availability.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


def belong(institution: Institution, people: list[User], administrators: list[User], *, at: datetime) -> None:
    Belonging.objects.bulk_create(
        (
            Belonging(
                institution=institution,
                person=person,
                role=Belonging.Role.ADMINISTRATOR if person in administrators else Belonging.Role.MEMBER,
            )
            for person in people
        ),
        batch_size=2000,
    )
    agreed = [(Consent.Kind.TERMS, person) for person in people]
    few = len(people) < MANY  # one to four who have not agreed would keep the programme from having a research file
    agreed += [(Consent.Kind.RESEARCH, person) for place, person in enumerate(people) if few or place % 4]
    Consent.objects.bulk_create(
        (Consent(person=person, kind=kind, version=Consent.CURRENT[kind], given_at=at) for kind, person in agreed),
        batch_size=2000,
    )


def coordinate(programme: Programme, people: list[User]) -> None:
    """Besides the one who made it."""
    Coordination.objects.bulk_create(
        (Coordination(programme=programme, person=person) for person in people), ignore_conflicts=True
    )


def kind_of_programme(number: int) -> Template:
    return template("first-semester" if number % 2 == 0 else "thesis")
