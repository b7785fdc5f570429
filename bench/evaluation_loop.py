"""What one would write first: the indicators of one relationship and of its people, each fact asked for with the ORM, in plain
Python.

It shares the anchors and the clocks that stand still with the platform, and nothing of how figures are computed.
"""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from statistics import fmean, geometric_mean, median
from typing import Any

import numpy as np
from django.utils import timezone

from evaluation.facts.clocks import Clock, stood_between
from evaluation.facts.relationships import holidays_of
from evaluation.indicators import BY_CODE
from evaluation.statistics.scoring import goal_attainment
from mentoring.messaging.models import Message
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import Relationship
from notifications.models import Absence, Rhythm
from notifications.quiet import WEEKENDS

DAY, WEEK, HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)
MONTH = 30.44 * DAY
Lived = Callable[[datetime], timedelta]


def scores_of(relationship: Relationship, at: datetime) -> dict[str, float | None]:
    """Code -> score, None where there is none."""
    return {
        code: None if raw is None else float(BY_CODE[code].score(np.array(raw)))
        for code, raw in figures_of(relationship, at).items()
    }


def scores_of_person(enrolment: Enrolment, at: datetime) -> dict[str, float | None]:
    """As `scores_of`, what somebody does in all their relationships."""
    missed, due, waited, none, old, told, weeks = 0, 0, list[float](), 0, 0, 0, 0
    rated, person, starts = [], enrolment.person_id, []
    for member in enrolment.memberships.filter(relationship__started_at__lte=at).select_related("relationship"):
        relationship = member.relationship
        over = relationship.closed_at is not None and relationship.closed_at <= at
        until = min(moment for moment in (at, member.left_at, relationship.closed_at if over else None) if moment)
        starts.append(max(relationship.started_at, member.joined_at))
        sessions = list(relationship.sessions.filter(starts_at__lte=at))
        pauses = list(relationship.pauses.filter(began_at__lte=at))
        mine = [
            s
            for s in _due(sessions, pauses)
            if member.joined_at <= s.starts_at and s.starts_at < (member.left_at or at)
        ]
        due += len(mine)
        missed += sum(_absent(session) == person for session in mine)
        members = list(relationship.members.select_related("person"))
        role = {each.person_id: each.role for each in members}
        said = _said(relationship, role, at)
        clocks = _clocks(relationship, members, over_at=relationship.closed_at if over else at, at=at)
        met = [s for s in sessions if s.status == "held" and s.provenance != "self_logged"]
        for who, hours in _waits(said, role, clocks):
            waited += [hours] if who == person else []
        for asks, missed_it in _turns_that_are_old(said, met, role, clocks, relationship.closed_at if over else at):
            old += role[asks] != role[person]
            none += missed_it and role[asks] != role[person]
        answered, asked = _checked_in(relationship, member, until, pauses, at)
        told, weeks = told + answered, weeks + asked
        goals = relationship.goals.filter(created_at__lte=at)
        rated += [goal.attainment for goal in goals if goal.attainment is not None]
    accepted = enrolment.decided_at or enrolment.status_at
    days = max((min([*starts, at]) - accepted) / DAY, 0.0)
    shown = {
        "PC2": missed / due if due >= 3 else None,
        "MM1": days if enrolment.role == "mentee" and (starts or days >= 60) else None,
        "RC1": median(waited) if len(waited) >= 5 else None,
        "RC2": none / old if old >= 5 else None,
        "RP2": told / weeks if weeks >= 3 else None,
        "SU1": goal_attainment(rated) if rated else None,
    }
    return {code: None if raw is None else float(BY_CODE[code].score(np.array(raw))) for code, raw in shown.items()}


def figures_of(relationship: Relationship, at: datetime) -> dict[str, float | None]:
    over = relationship.closed_at is not None and relationship.closed_at <= at
    start, end = relationship.started_at, relationship.closed_at if over else at
    members = list(relationship.members.select_related("person", "enrolment"))
    role = {member.person_id: member.role for member in members}
    pauses = list(relationship.pauses.filter(began_at__lte=at))

    def lived(moment: datetime) -> timedelta:
        """Since the match, without pauses."""
        spans = [min(moment, end, pause.ended_at or end) - pause.began_at for pause in pauses]
        return moment - start - sum((max(span, timedelta()) for span in spans), timedelta())

    weeks = lived(end) // WEEK

    agreement = relationship.agreement
    signed = _first_signed(agreement, members, at)
    rhythm = timedelta(days=agreement.rhythm_days)
    goals = list(relationship.goals.filter(created_at__lte=at))
    standing = [goal for goal in goals if goal.status != "dropped"]
    prefilled = ("rhythm_days", "reply_hours", "channels", "ends_on") if signed else ()
    filled = sum(bool(getattr(agreement, name)) for name in ("expectations", "reconnect", "boundaries", *prefilled))
    rated = [goal.attainment for goal in goals if goal.attainment is not None]

    sessions = [
        each
        for each in relationship.sessions.filter(starts_at__lte=at).order_by("starts_at")
        if each.starts_at is not None
    ]
    missed = [s for s in sessions if _missed(s)]
    due = _due(sessions, pauses)
    met = [s for s in sessions if s.status == "held" and s.provenance != "self_logged"]
    touches = [touch.at for touch in relationship.touches.filter(at__lte=at)]
    periods = lived(end) // (60 * DAY)

    said = _said(relationship, role, at)
    clocks = _clocks(relationship, members, over_at=end, at=at)
    waits = _waits(said, role, clocks)
    by_side = [[hours for who, hours in waits if role[who] == side] for side in ("mentor", "mentee")]
    waited = [max(median(hours), 1.0) for hours in by_side if len(hours) >= 5]
    old = [missed_it for _who, missed_it in _turns_that_are_old(said, met, role, clocks, end)]
    contacts = _contacts(said, met)
    counts = [
        sum(1 for _, channel in contacts if channel == name) for name in ("message", "video", "phone", "in_person")
    ]
    live = sum(counts[1:])
    wanted = {member.role: float(member.enrolment.contacts_wanted or 0) for member in members}
    long_said = [message for message in said if len(message.body) >= 3]
    by_role = [
        len({message.created_at.timestamp() // 3600 for message in long_said if role[message.sender_id] == side})
        for side in ("mentor", "mentee")
    ]
    starts = [
        role[now.sender_id]
        for before, now in zip([None, *long_said], long_said, strict=False)
        if before is None or now.created_at - before.created_at > 48 * HOUR
    ]
    checked_in = [_checked_in(relationship, member, min(end, member.left_at or end), pauses, at) for member in members]
    check_ins, asked = (sum(each) for each in zip(*checked_in, strict=True))
    ratings = [
        (role.get(rating.person_id), rating.stars, rating.rated_at)
        for session in relationship.sessions.all()
        for rating in session.ratings.filter(rated_at__lte=at)
    ]
    means = [
        fmean(stars) for side in ("mentor", "mentee") if (stars := [star for who, star, _ in ratings if who == side])
    ]
    two_way = max([*_answer_moments(said, role), *(session.starts_at for session in met)], default=None)
    since = two_way or start
    shown = {
        "PS1": _agreement_days(signed, start, end, at, over=over),
        "PS2": (filled + bool(standing)) / 8,
        "PC1": len(set(met) & set(due)) / len(due) if len(due) >= 2 else None,
        "PC2": len(missed) / len(due) if len(due) >= 3 else None,
        "PC3": sum(g.confirmed_at is not None and g.confirmed_at <= at for g in standing) / len(standing)
        if standing
        else None,
        "PG3": len({lived(touch) // (60 * DAY) for touch in touches} & set(range(periods))) / periods
        if periods
        else None,
        "MM2": relationship.why.get("percentile"),
        "MF1": _share_of(contacts, lived, rhythm, lived(end) // rhythm) if lived(end) >= 3 * WEEK else None,
        "MF2": abs(math.log2(wanted["mentor"] / wanted["mentee"]))
        if len(wanted) == 2 and all(wanted.values())
        else None,
        "TM1": math.exp(-sum(n / sum(counts) * math.log(n / sum(counts)) for n in counts if n))
        if sum(counts) >= 10
        else None,
        "TM2": live / sum(counts) if sum(counts) >= 10 else None,
        "RC1": geometric_mean(waited) if waited else None,
        "RC2": sum(old) / len(old) if len(old) >= 5 else None,
        "RC3": 2 * min(by_role) / sum(by_role) if sum(by_role) >= 10 else None,
        "RP2": check_ins / asked if asked >= 3 else None,
        "RF1": _two_way_weeks(said, met, role, lived, weeks) / weeks if weeks >= 4 else None,
        "RF2": min(starts.count("mentor"), starts.count("mentee")) / len(starts) if len(starts) >= 5 else None,
        "SU1": goal_attainment(rated) if rated else None,
        "SS1": fmean(means) if len(ratings) >= 3 and means else None,
        "SS2": _slope(ratings),
        "SC1": (lived(at) - lived(since) - _off(members, relationship, pauses, since, at)) / rhythm
        if not over and at - start >= rhythm
        else None,
    }
    return {code: value for code, value in shown.items() if BY_CODE[code].is_computed}


def _first_signed(agreement: Any, members: list[Any], at: datetime) -> datetime | None:
    """When for the first time one version carried the signatures of all who were there then."""
    hands = list(agreement.signatures.filter(signed_at__lte=at))
    moments = sorted({*(h.signed_at for h in hands), *(m.left_at for m in members if m.left_at and m.left_at <= at)})
    for moment in moments:
        there = {m.person_id for m in members if m.joined_at <= moment and not (m.left_at and m.left_at <= moment)}
        for version in {hand.version for hand in hands}:
            signed = {hand.person_id for hand in hands if hand.version == version and hand.signed_at <= moment}
            if there and there <= signed:
                return moment
    return None


def _said(relationship: Relationship, role: dict[int, str], at: datetime) -> list[Message]:
    rows = Message.objects.filter(room__relationship=relationship, call=None, created_at__lte=at).order_by("created_at")
    return [message for message in rows if message.sender_id in role]


def _rested(relationship: Relationship, start: datetime, end: datetime, at: datetime) -> timedelta:
    """From `start` to `end`, without pauses."""
    pauses = relationship.pauses.filter(began_at__lte=at)
    spans = [min(end, pause.ended_at or end) - max(pause.began_at, start) for pause in pauses]
    return end - start - sum((max(span, timedelta()) for span in spans), timedelta())


def _missed(session: Any) -> bool:
    return session.status == "no_show" or _called_off_late(session)


def _due(sessions: list[Any], pauses: list[Any]) -> list[Any]:
    return [
        s
        for s in sessions
        if s.provenance != "self_logged"
        and (_missed(s) or s.status == "held" or (s.status == "confirmed" and not _in_a_pause(s.starts_at, pauses)))
    ]


def _in_a_pause(moment: datetime, pauses: list[Any]) -> bool:
    return any(pause.began_at <= moment and (pause.ended_at is None or moment < pause.ended_at) for pause in pauses)


def _checked_in(
    relationship: Relationship, member: Any, until: datetime, pauses: list[Any], at: datetime
) -> tuple[int, int]:
    """How often a member said how their week was, and how often they were asked."""
    asked = max(_rested(relationship, member.joined_at, until, at) // WEEK, 0)
    told = relationship.check_ins.filter(person=member.person_id, answered_at__range=(member.joined_at, until))
    return min(sum(not _in_a_pause(each.answered_at, pauses) for each in told), asked), asked


def _absent(session: Any) -> int | None:
    if not _missed(session):
        return None
    return session.cancelled_by_id if session.status == "cancelled" else session.absent_id


def _called_off_late(session: Any) -> bool:
    if session.status != "cancelled" or not (session.confirmed_at and session.cancelled_at and session.cancelled_by_id):
        return False
    return timedelta() <= session.starts_at - session.cancelled_at < 2 * HOUR


def _agreement_days(signed: Any, start: datetime, end: datetime, at: datetime, *, over: bool) -> float | None:
    if at - start < 14 * DAY:
        return None
    if signed is None and over:
        return 28.0
    return max(((signed or end) - start) / DAY, 0.0)


def _off(members: list[Any], relationship: Relationship, pauses: list[Any], since: datetime, at: datetime) -> timedelta:
    """Days on which nobody owes a word: holidays, and those on which whoever is alone on a side is away; of pauses
    none."""
    sides = [member.role for member in members]
    alone = [member.person_id for member in members if sides.count(member.role) == 1]
    away = Absence.objects.filter(person__in=alone).values_list("from_on", "until_on")
    clock = Clock(timezone.get_default_timezone_name(), holidays=holidays_of(relationship.programme), away=tuple(away))
    both = [_still(clock, max(pause.began_at, since), min(pause.ended_at or at, at)) for pause in pauses]
    return timedelta(seconds=_still(clock, since, at) - sum(both))


Still = Callable[[datetime, datetime], float]


def _clocks(relationship: Relationship, members: list[Any], *, over_at: datetime, at: datetime) -> dict[int, Still]:
    """Of each member, for how many seconds between two moments nobody could expect an answer of them."""
    pauses = relationship.pauses.filter(began_at__lte=at)
    spans = [(pause.began_at, min(pause.ended_at or over_at, over_at)) for pause in pauses]
    return {member.person_id: _still_or_resting(_clock(member.person, relationship), spans) for member in members}


def _still_or_resting(clock: Clock, pauses: list[tuple[datetime, datetime]]) -> Still:
    def still(start: datetime, end: datetime) -> float:
        rested = [(max(start, began), min(end, ended)) for began, ended in pauses if began < end and ended > start]
        alone = sum((last - first).total_seconds() - _still(clock, first, last) for first, last in rested)
        return _still(clock, start, end) + alone

    return still


def _clock(person: Any, relationship: Relationship) -> Clock:
    rhythm = Rhythm.objects.filter(person=person).first()
    night = (rhythm.night_from, rhythm.night_to) if rhythm and rhythm.night else None
    holidays = holidays_of(relationship.programme)
    return Clock(person.time_zone, night, WEEKENDS[rhythm.free_days if rhythm else "none"], holidays)


def _turns(said: list[Message], role: dict[int, str]) -> list[list[Message]]:
    return [list(turn) for _, turn in groupby(said, key=lambda message: role[message.sender_id])]


def _counted(turns: list[list[Message]], role: dict[int, str]) -> set[int]:
    """The first messages of the turns that count: of a side the first of every hour."""
    first: dict[tuple[str, float], int] = {}
    for turn in turns:
        first.setdefault((role[turn[0].sender_id], turn[0].created_at.timestamp() // 3600), turn[0].pk)
    return set(first.values())


def _answer_moments(said: list[Message], role: dict[int, str]) -> list[datetime]:
    return [turn[0].created_at for turn in _turns(said, role)[1:]]


def _still(clock: Clock, start: datetime, end: datetime) -> float:
    return float(stood_between(clock, np.array([start.timestamp()]), np.array([end.timestamp()]))[0])


def _waits(said: list[Message], role: dict[int, str], clocks: dict[int, Still]) -> list[tuple[int, float]]:
    """Of each answer who gave it, and the hours that it was waited for."""
    turns, found = _turns(said, role), []
    counted = _counted(turns, role)
    for before, turn in pairwise(turns):
        since, first, who = before[0].created_at, turn[0].created_at, turn[0].sender_id
        if turn[0].pk not in counted:
            continue
        found.append((who, max((first - since).total_seconds() - clocks[who](since, first), 0.0) / 3600))
    return found


def _turns_that_are_old(
    said: list[Message], met: list[Any], role: dict[int, str], clocks: dict[int, Still], until: datetime
) -> list[tuple[int, bool]]:
    """Of each turn that is old enough by the end, or by now, who began it, and whether nothing followed within a week."""
    turns, other = _turns(said, role), {who: next(p for p in role if role[p] != role[who]) for who in role}
    found, week, counted = [], WEEK.total_seconds(), _counted(turns, role)
    for place, turn in enumerate(turns):
        first = turn[0].created_at
        if turn[0].pk not in counted:
            continue
        follows = [turns[place + 1][0].created_at] if place + 1 < len(turns) else []
        follows += [session.starts_at for session in met if session.starts_at >= first]
        end = min([*follows, until])
        alone = round((end - first).total_seconds() - clocks[other[turn[0].sender_id]](first, end))
        if alone >= week or (follows and (until - first).total_seconds() >= week):
            found.append((turn[0].sender_id, alone > week or not follows))
    return found


def _contacts(said: list[Message], met: list[Any]) -> list[tuple[datetime, str]]:
    hours = {}
    for message in said:
        hours.setdefault(message.created_at.timestamp() // 3600, message.created_at)
    return [(moment, "message") for moment in hours.values()] + [(session.starts_at, session.place) for session in met]


def _share_of(contacts: list[tuple[datetime, str]], lived: Lived, step: timedelta, of: int) -> float | None:
    return len({lived(moment) // step for moment, _ in contacts} & set(range(of))) / of if of else None


def _two_way_weeks(said: list[Message], met: list[Any], role: dict[int, str], lived: Lived, weeks: int) -> int:
    heard: dict[str, set[int]] = {"mentor": set(), "mentee": set()}
    for message in said:
        heard[role[message.sender_id]].add(lived(message.created_at) // WEEK)
    live = {lived(session.starts_at) // WEEK for session in met}
    return len(((heard["mentor"] & heard["mentee"]) | live) & set(range(weeks)))


def _slope(ratings: list[tuple[Any, int, datetime]]) -> float | None:
    if len(ratings) < 5:
        return None
    ordered = sorted(ratings, key=lambda rating: rating[2])
    if ordered[-1][2] - ordered[0][2] < 60 * DAY:
        return None
    slopes = [
        (later[1] - earlier[1]) / ((later[2] - earlier[2]) / MONTH)
        for place, earlier in enumerate(ordered)
        for later in ordered[place + 1 :]
        if later[2] > earlier[2]
    ]
    return median(slopes) if slopes else None
