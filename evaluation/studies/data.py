"""Whose answers a study may look at, and what they said: people who agreed to research, in waves that are closed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent
from core.errors import DomainError
from evaluation.disclosure import K
from evaluation.facts import DAY, TAKING_PART, WEEK, Facts, table
from evaluation.leftover import answers_behind, few_left_over
from evaluation.models import Answer, Instrument, Response, Study, Wave
from evaluation.studies.plans import NO_CONTACT, moments_of, outcomes_of
from evaluation.studies.scales import Scale, key_of, scale_of
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship, RelationshipMember, Session


class TooFewAgreed(DomainError):
    code = "too_few_agreed_to_study"
    status = 409
    default = _("Fewer than five people have agreed to research, so there is nothing that could be shown.")


class TooFewLeftOver(DomainError):
    code = "too_few_left_over"
    status = 409
    default = _(
        "Between one and four of the mentors or of the mentees who answered, or who answered anew between two questionnaires, "
        "have not agreed to research. Results beside the programme's figures would tell what these few said, so none are "
        "computed."
    )


class TooFewLeftOut(DomainError):
    code = "too_few_left_out"
    status = 409
    default = _(
        "The plan leaves out between one and four people. Results beside others would tell what these few said, so none are "
        "computed."
    )


@dataclass(frozen=True)
class Said:
    """One response, about a relationship or about the programme alone."""

    enrolment: int
    pair: int | None
    moment: str
    at: datetime
    language: str
    answers: dict[str, int]


@dataclass(frozen=True)
class Person:
    person: int
    role: str


class StudyData:
    """Reads in a fixed number of queries. `at`: only waves that had closed by then count, so an answer that was read once is
    never read otherwise. Raises TooFewAgreed, TooFewLeftOver, TooFewLeftOut."""

    def __init__(self, programme: Programme, plan: dict[str, Any], *, at: datetime, added: Iterable[str] = ()) -> None:
        self.programme, self.plan, self.at = programme, plan, at
        self.agreed = set(Consent.objects.in_force(Consent.Kind.RESEARCH).values_list("person", flat=True))
        rows = table(
            Enrolment.objects.filter(programme=programme).filter(
                Q(status__in=TAKING_PART) | Q(responses__isnull=False)
            ).distinct(),
            "pk", "person_id", "role",
        )  # fmt: skip
        self.everybody = {pk: Person(person, role) for pk, person, role in rows}
        self.people = {pk: row for pk, row in self.everybody.items() if row.person in self.agreed}
        if len({row.person for row in self.people.values()}) < K:
            raise TooFewAgreed
        self.instruments = Instrument.objects.by_key(programme.institution_id)
        self.keys = {key_of(code) for code in (*outcomes_of(plan), *added)}
        self.waves = self._closed()
        self.said = self._said()

    def _closed(self) -> dict[int, Wave]:
        rows = Wave.objects.filter(programme=self.programme, closes_at__lte=self.at)
        if self.plan["kind"] != Study.Kind.PATH and (moments := moments_of(self.plan)):
            rows = rows.filter(moment__in=moments)
        waves = {wave.pk: wave for wave in rows.select_related("instrument")}
        return {pk: wave for pk, wave in waves.items() if wave.key in self.keys}

    def wave_of(self, outcome: str, moment: str) -> Wave:
        """The wave in which an outcome was asked then."""
        key = key_of(outcome)
        mine = (wave for wave in self.waves.values() if wave.key == key)
        return next(wave for wave in mine if wave.moment == moment)

    def missing(self, outcome: str, moments: Iterable[str]) -> list[str]:
        """Those of these waves in which an outcome was not asked, or that have not closed yet."""
        if self.plan["kind"] == Study.Kind.PATH:
            return []
        key = key_of(outcome)
        closed = {w.moment for w in self.waves.values() if w.key == key}
        return [moment for moment in moments if moment not in closed]

    def scale(self, outcome: str, moments: Iterable[str], *, alone: bool = False) -> Scale:
        """An outcome as every one of these waves asks it of the side that the study looks at."""
        return scale_of(outcome, moments, self.instruments, role=self.plan.get("who", ""), alone=alone)

    def _said(self) -> list[Said]:
        responses = Response.objects.filter(wave__in=self.waves, submitted_at__lte=self.at, left_out="")
        rows = table(responses.order_by("pk"), "pk", "enrolment_id", "relationship_id", "wave_id", "submitted_at",
                     "language")  # fmt: skip
        self._refuse_few_left_over({row[0] for row in rows})
        rows = [row for row in rows if row[1] in self.people and (row[2] is None or row[2] in self.pairs)]
        if NO_CONTACT in self.plan["exclusions"]:
            silent = {row[2] for row in rows if row[2] is not None and self.pairs[row[2]].first_contact_at is None}
            self._refuse({self.people[row[1]].person for row in rows if row[2] in silent}, TooFewLeftOut)
            rows = [row for row in rows if row[2] not in silent]
        given: dict[int, dict[str, int]] = {row[0]: {} for row in rows}
        before = {row[0]: f"{own.key}:" if (own := self.waves[row[3]].instrument) else "" for row in rows}
        answers = Answer.objects.filter(response__wave__in=self.waves, value__gte=0)
        for response, item, value in table(answers, "response_id", "item", "value"):
            if response in given:
                given[response][before[response] + item] = value
        return [
            Said(enrolment, pair, self.waves[wave].moment, at, language, given[pk])
            for pk, enrolment, pair, wave, at, language in rows
        ]

    def _refuse_few_left_over(self, of_plan: set[int]) -> None:
        """The programme shows what each side says, questionnaire by questionnaire: of whom a figure tells by now, or told when a
        wave was over, and of whom the waves of the plan do, nobody or five have not agreed; nor of those whose answers changed
        between. `of_plan`: the responses of these waves."""
        asked = Response.objects.filter(wave__programme=self.programme, submitted_at__lte=self.at)
        rows = [row for row in asked.select_related("wave__instrument", "enrolment") if row.wave.key in self.keys]
        answers: dict[int, dict[str, int]] = {row.pk: {} for row in rows}
        given = Answer.objects.filter(response__wave__programme=self.programme, value__gte=0)
        for response, item, value in table(given, "response_id", "item", "value"):
            if response in answers:
                answers[response][item] = value
        inside = {(row.role, row.person) for row in self.people.values()}
        in_plan = [row for row in rows if row.pk in of_plan]
        if any(few_left_over(answers_behind(each, answers, self.pairs), inside) for each in (rows, in_plan)):
            raise TooFewLeftOver

    @staticmethod
    def _refuse(people: set[int], refusal: type[DomainError]) -> None:
        if 0 < len(people) < K:
            raise refusal

    @cached_property
    def pairs(self) -> dict[int, Relationship]:
        rows = Relationship.objects.filter(programme=self.programme).exclude(status=Relationship.Status.VOIDED)
        return {row.pk: row for row in rows.order_by("pk")}

    @cached_property
    def members(self) -> dict[int, list[tuple[int, int, str]]]:
        """Relationship -> (enrolment, person, role) of all who are or were in it."""
        rows = RelationshipMember.objects.filter(relationship__programme=self.programme).order_by("pk")
        found: dict[int, list[tuple[int, int, str]]] = {pk: [] for pk in self.pairs}
        for pair, *member in table(rows, "relationship_id", "enrolment_id", "person_id", "role"):
            if pair in found:
                found[pair].append(tuple(member))
        return found

    @cached_property
    def agreed_pairs(self) -> list[int]:
        """Relationships in which everybody agreed: a figure of a pair is about both."""
        return [pk for pk, members in self.members.items() if all(person in self.agreed for _e, person, _r in members)]

    @cached_property
    def pairs_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for pair, members in self.members.items():
            for enrolment, _person, _role in members:
                found.setdefault(enrolment, []).append(pair)
        return found

    @cached_property
    def sessions(self) -> dict[int, tuple[int, int]]:
        """Relationship -> (sessions held, of these in person), up to the end of the last wave of the plan."""
        until = max((wave.closes_at for wave in self.waves.values() if wave.closes_at), default=self.at)
        rows = Session.objects.filter(
            relationship__programme=self.programme, status=Session.Status.HELD, starts_at__lte=until
        )
        found: dict[int, tuple[int, int]] = {}
        for pair, place in table(rows, "relationship_id", "place"):
            held, here = found.get(pair, (0, 0))
            found[pair] = (held + 1, here + (place == Session.Place.IN_PERSON))
        return found

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.programme, self.at)

    @cached_property
    def two_way_weeks(self) -> dict[int, float]:
        """Relationship -> in how many of the weeks 3 to 8 there was an answer or a session, once those weeks are over."""
        pairs = self.facts.pairs
        place, moment = self.facts.two_way
        week = ((moment - pairs.start[place]) // WEEK).astype(int)
        there = {(int(p), int(w)) for p, w in zip(place, week, strict=True) if 2 <= w < 8}
        counted = Counter(pair for pair, _week in there)
        lived = pairs.end - pairs.start >= 8 * WEEK
        return {pk: float(counted[p]) for pk, p in pairs.place.items() if lived[p]}

    @cached_property
    def agreement_day(self) -> dict[int, float]:
        """Relationship -> how many days before day 14 the agreement stood signed; 0 where it did not."""
        signed = (self.facts.agreements.signed - self.facts.pairs.start) / DAY
        return {
            pk: max(0.0, 14.0 - float(signed[p])) if signed[p] == signed[p] else 0.0
            for pk, p in self.facts.pairs.place.items()
            if self.facts.now - self.facts.pairs.start[p] >= 14 * DAY
        }

    def day(self, said: Said, pair: int) -> float:
        """Days from the match to the answer; negative before it."""
        return (said.at - self.pairs[pair].started_at).total_seconds() / DAY


def scores_of(data: StudyData, moment: str, scale: Scale, role: str) -> dict[int, float]:
    """Enrolment -> its score in a wave: the mean where somebody answered about several relationships."""
    found: dict[int, list[float]] = {}
    for row in data.said:
        if row.moment == moment and data.people[row.enrolment].role == role:
            value = scale.score(row.answers)
            if value is not None:
                found.setdefault(row.enrolment, []).append(value)
    return {enrolment: sum(values) / len(values) for enrolment, values in found.items()}


def people_of(data: StudyData, enrolments: Iterable[int]) -> int:
    return len({data.people[each].person for each in enrolments})
