"""A programme in which mentees ask: some requests wait, one was declined, one ran out, one began a relationship."""

from datetime import datetime, timedelta
from random import Random

from accounts.models import Institution, User
from dashboard.demo import people, words
from mentoring.matching.models import BlockedPair, Request
from mentoring.matching.services import (
    accept_request,
    answer_question,
    ask_for_more,
    ask_next,
    choose_mentor,
    decline_request,
    expire_request,
    see_request,
    send_first,
)
from mentoring.planning.catalogue import template
from mentoring.planning.models import Availability, Enrolment, Programme

CLOCKS = ("matching.expire_request", "matching.remind_request")
"""Jobs of requests that still lie ahead: the demonstration lives on."""
MENTORS, MENTEES = 4, 7
WORDS = {
    "name_en": "Ask a graduate",
    "name_fa": "از یک دانش‌آموخته بپرس",
    "summary_en": "Students choose a graduate and ask. A letter a week is enough to learn how somebody else found the way into "
    "work.",
    "summary_fa": "دانشجوها خودشان دانش‌آموخته‌ای را انتخاب می‌کنند و می‌پرسند. هفته‌ای یک نامه کافی است تا ببینند دیگری راهش را "
    "به دنیای کار چطور پیدا کرد.",
}


def plant_requests(institution: Institution, faces: dict[str, User], *, rng: Random, now: datetime) -> None:
    """Everything through the services, in the order in which it happened. The mentees one can play are free to ask."""
    cast = people.Cast(rng, institution)
    cast.count = 100_000  # so that no address is given twice
    others = [cast.person(zone="Asia/Tehran") for _ in range(MENTORS + MENTEES)]
    User.objects.bulk_create(cast.people)
    people.belong(institution, cast.people, [], at=now - timedelta(days=40))
    mentors = [faces["sara"], faces["arman"], faces["leila"], *others[:MENTORS]]
    mentees = [faces["daniel"], faces["niloufar"], *others[MENTORS:]]
    programme = _programme(institution, faces, now=now)
    enrolments = people.plant_enrolments(programme, mentors, mentees, rng=rng, at=now - timedelta(days=20), hours=False)
    _free_evenings(others)
    of = {(row.person_id, row.role): row for row in Enrolment.objects.filter(pk__in=[one.pk for one in enrolments])}
    for mentee, mentor in (("daniel", "sara"), ("niloufar", "arman")):  # a pair elsewhere, so not here as well
        BlockedPair.objects.create(
            programme=programme,
            mentee=of[faces[mentee].pk, "mentee"],
            mentor=of[faces[mentor].pk, "mentor"],
            created_by=faces["maryam"],
            created_at=now - timedelta(days=20),
        )
    Story(now, [of[who.pk, "mentor"] for who in mentors], [of[who.pk, "mentee"] for who in mentees]).tell()


def _programme(institution: Institution, faces: dict[str, User], *, now: datetime) -> Programme:
    programme = people.plant_programme(
        institution,
        template("career-alumni"),
        slug="ask-a-graduate",
        starts_on=(now + timedelta(weeks=1)).date(),
        status=Programme.Status.OPEN,
        number=0,
        by=faces["maryam"],
        at=now,
    )
    asks_no_hours = {"rules": {"overlap": False}}  # a letter a week is enough here, so everybody may ask everybody
    Programme.objects.filter(pk=programme.pk).update(
        matched_by=Programme.MatchedBy.REQUESTS, match_settings=asks_no_hours, **WORDS
    )
    people.coordinate(programme, [faces["maryam"], faces["leila"]])
    programme.refresh_from_db()
    return programme


def _free_evenings(persons: list[User]) -> None:
    Availability.objects.bulk_create(
        Availability(person=person, weekday=weekday, starts=15 * 60, ends=23 * 60)
        for person in persons
        for weekday in (0, 1, 2, 5, 6)
    )


class Story:
    """Who asked whom, day by day before `now`."""

    def __init__(self, now: datetime, mentors: list[Enrolment], mentees: list[Enrolment]) -> None:
        self.now = now
        self.sara, self.arman, self.leila, self.quick, self.second, *_others = mentors
        self.daniel, self.niloufar, *self.mentees = mentees

    def before(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def ask(self, mentee: Enrolment, *mentors: Enrolment, days: float) -> Request:
        """Choose these mentors and send the first request, so many days ago."""
        for number, mentor in enumerate(mentors):
            texts = words.REQUESTS[mentee.person.language]
            message = texts[(mentee.pk + number) % len(texts)]
            choose_mentor(mentee, mentor, message=message, at=self.before(days))
        send_first(mentee, at=self.before(days))
        return Request.objects.for_rows().get(mentee=mentee, mentor=mentors[0])

    def decline(self, request: Request, reason: str, *, days: float) -> None:
        said = words.DECLINED[request.mentee.person.language]
        by = request.mentor.person
        decline_request(request, reason=reason, words=said, by=by, at=self.before(days))
        ask_next(request, at=self.before(days))

    def tell(self) -> None:
        one, two, three, four, five, six, seven = self.mentees
        expired = self.ask(four, self.sara, self.arman, days=12)
        self.decline(self.ask(self.daniel, self.quick, days=11), "other_help", days=10)
        self.decline(self.ask(seven, self.quick, days=10), "no_time", days=9.5)
        accepted = self.ask(six, self.quick, days=9)
        accept_request(accepted, by=self.quick.person, at=self.before(8))
        declined = self.ask(three, self.sara, self.second, days=8)
        self.ask(two, self.sara, self.quick, days=6.2)
        self.decline(declined, "other_help", days=6)
        expire_request(expired, at=self.before(5))
        ask_next(expired, at=self.before(5))
        asked = self.ask(five, self.arman, days=4)
        question, answer = words.ASKED_BACK[five.person.language]
        ask_for_more(asked, question, by=self.arman.person, at=self.before(3.2))
        seen = self.ask(one, self.sara, self.second, self.arman, days=3)
        see_request(seen, at=self.before(2.5))
        answer_question(asked, answer, by=five.person, at=self.before(2))
