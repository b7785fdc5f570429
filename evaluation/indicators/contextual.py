"""Contextual conditions: do the platform and the tools carry the interaction?"""

from collections import defaultdict
from datetime import timedelta

import numpy as np
from django.utils.translation import gettext_lazy as _

from evaluation.disclosure import K
from evaluation.facts import CHANNELS, HOUR, Facts
from evaluation.facts.platform import MINUTES
from evaluation.indicators.base import Figures, Indicator, of_pairs, of_people, of_programme, people_in, ratio
from evaluation.statistics.rollup import NOT_APPLICABLE
from evaluation.statistics.survival import median_wait

VISIT_WITHIN = 72 * HOUR
UPTIME_DAYS = 7


def uptime(facts: Facts) -> Figures:
    """Minutes with a passed check over the minutes of whole days; a minute without any check has not passed."""
    passed, minutes = facts.health_checks
    return of_programme(passed / minutes if minutes else None, minutes >= UPTIME_DAYS * MINUTES, passed, minutes)


def delivered_at_once(facts: Facts) -> Figures:
    in_time, total = facts.deliveries
    return of_programme(in_time / total if total else None, total >= 100, in_time, total)


def page_time(facts: Facts) -> Figures:
    """95th percentile of the server's time, in ms: the first step under which 95 % of the pages lie."""
    counts = sorted(facts.page_times.items())
    total = sum(count for _ms, count in counts)
    reached = np.cumsum([count for _ms, count in counts])
    value = counts[int(np.searchsorted(reached, 0.95 * total))][0] if counts else None
    return of_programme(value, total >= 500, np.nan, total)


def connection_passed(facts: Facts) -> Figures:
    checks = facts.connection_checks
    passed, total = sum(checks.values()), len(checks)
    return of_programme(passed / total if total else None, total >= 10, passed, total, people=total)


def access_gap(facts: Facts) -> Figures:
    """The widest gap between two groups of one question, among groups of five people or more who have checked."""
    checks, counts = facts.connection_checks, defaultdict[str, dict[str, list[bool]]](lambda: defaultdict(list))
    for person, question, group in facts.named_groups:
        if person in checks:
            counts[question][group].append(checks[person])
    rates = [
        [sum(passed) / len(passed) for passed in groups.values() if len(passed) >= K] for groups in counts.values()
    ]
    gaps = [max(shares) - min(shares) for shares in rates if len(shares) > 1]
    people = len({person for person, _question, _group in facts.named_groups if person in checks})
    return of_programme(
        max(gaps, default=None), bool(gaps), np.nan, people, people=people, may_come=bool(facts.named_groups)
    )


def technical_faults(facts: Facts) -> Figures:
    sessions = facts.sessions
    live = sessions["counts"] & np.isin(sessions["channel"], [CHANNELS.index("video"), CHANNELS.index("phone")])
    faults, total = int((live & sessions["fault"]).sum()), int(live.sum())
    people = people_in(facts, np.isin(np.arange(len(facts.pairs)), sessions["pair"][live]))
    return of_programme(faults / total if total else None, total >= 10, faults, total, people=people)


def first_answer_hours(facts: Facts) -> Figures:
    rows = facts.technical_help
    answered = np.array([row[2] is not None and row[2] <= facts.at for row in rows], dtype=bool)
    until = [row[2] if done else min(row[3] or facts.at, facts.at) for row, done in zip(rows, answered, strict=True)]
    waited = [end - row[1] for row, end in zip(rows, until, strict=True)]
    hours = np.array([max(each.total_seconds(), 0.0) / HOUR for each in waited])
    median = median_wait(hours, answered) if len(rows) else None
    short = median is None and len(rows) > 0
    people = len({row[0] for row in rows})
    longest = float(hours.max(initial=0.0))
    return of_programme(
        longest if short else median, len(rows) >= 5, int(answered.sum()), len(rows), people=people, short=short
    )


def solved_in_time(facts: Facts) -> Figures:
    limit = timedelta(days=3)
    old = [row for row in facts.technical_help if facts.at - row[1] >= limit]
    solved = sum(row[3] is not None and row[3] - row[1] <= limit for row in old)
    people = len({row[0] for row in old})
    return of_programme(solved / len(old) if old else None, len(old) >= 5, solved, len(old), people=people)


def mail_refused(facts: Facts) -> Figures:
    person, bad = facts.mails
    failed, total, people = int(bad.sum()), len(bad), len(np.unique(person))
    return of_programme(failed / total if total else None, total >= 50, failed, total, people=people)


def notices_followed(facts: Facts) -> Figures:
    """A notice counts as followed when it was read within 72 hours: opened, in the inbox or by the link of its mail or push, or
    what it tells of was read."""
    person, at, read_at = facts.notices
    place, followed = facts.people.spread(person, (read_at - at <= VISIT_WITHIN).astype(float))
    denominator = np.bincount(place, minlength=len(facts.people)).astype(float)
    numerator = np.bincount(place, followed, len(facts.people))
    return of_people(numerator, denominator, ratio(numerator, denominator), denominator >= 10)


def _by_channel(facts: Facts) -> np.ndarray:
    size = len(CHANNELS)
    flat = facts.contacts["pair"] * size + facts.contacts["channel"]
    return np.bincount(flat, minlength=len(facts.pairs) * size).reshape(-1, size).astype(float)


def effective_channels(facts: Facts) -> Figures:
    counts = _by_channel(facts)
    total = counts.sum(axis=1)
    shares = ratio(counts, np.broadcast_to(total[:, None], counts.shape))
    surprise = np.where(counts > 0, shares * np.log(np.where(counts > 0, shares, 1.0)), 0.0)
    return of_pairs(facts, np.exp(-surprise.sum(axis=1)), total >= 10, (counts > 0).sum(axis=1), total)


def live_share(facts: Facts) -> Figures:
    counts = _by_channel(facts)
    total, live = counts.sum(axis=1), counts[:, 1:].sum(axis=1)
    return of_pairs(facts, ratio(live, total), total >= 10, live, total)


INDICATORS = (
    Indicator(
        "IS1",
        "infrastructure.stable",
        "G",
        "I",
        name=_("Uptime"),
        means=_("The platform passed its check in %(value)s of the minutes."),
        how=_(
            "Once a minute the platform asks itself whether it answers, with its database, and whether its jobs move: minutes"
            " with a passed check, over all minutes of the whole days among the last 28."
        ),
        unit="share",
        kind="lin",
        anchors=(0.99, 0.999),
        minimum=_("7 whole days"),
        compute=uptime,
    ),
    Indicator(
        "IS2",
        "infrastructure.stable",
        "G",
        "GI",
        name=_("Messages delivered at once"),
        means=_("%(value)s of the messages reached the devices that were online within 5 seconds."),
        how=_(
            "From when the platform accepts a message until it is handed to the connection of every device of others that is"
            " online in that conversation: messages within 5 seconds, over messages looked at in the last 28 days. Where very"
            " much is said at once only some are looked at."
        ),
        unit="share",
        kind="lin",
        anchors=(0.95, 0.999),
        minimum=_("100 messages"),
        compute=delivered_at_once,
    ),
    Indicator(
        "IS3",
        "infrastructure.stable",
        "G",
        "I",
        name=_("Speed of pages"),
        means=_("Of 100 pages 95 are ready on the server within %(value)s."),
        how=_(
            "95th percentile of the time in which the server makes a page, in milliseconds, of the institution’s signed-in"
            " people in the last 28 days; counted in steps of 9 per cent. Shorter is better."
        ),
        unit="ms",
        kind="log",
        anchors=(3000.0, 300.0),
        minimum=_("500 pages"),
        compute=page_time,
    ),
    Indicator(
        "ID1",
        "infrastructure.digital",
        "G",
        "G",
        name=_("Connection good enough"),
        means=_("%(value)s of the people who checked have a connection that carries mentoring."),
        how=_("People whose latest connection check passed, over people who checked."),
        unit="share",
        kind="lin",
        anchors=(0.6, 1.0),
        minimum=_("10 checks"),
        compute=connection_passed,
    ),
    Indicator(
        "ID2",
        "infrastructure.digital",
        "G",
        "GI",
        name=_("Fair access"),
        means=_(
            "Of the best connected group %(value)s more people pass the connection check than of the worst connected."
        ),
        evenly=_("As many people pass the connection check in every group."),
        how=_(
            "Share of people whose latest connection check passed, of the best group less the worst, for each question about"
            " named groups; the widest gap counts. Groups under five people are left out. Less is better."
        ),
        unit="share",
        kind="lin",
        anchors=(0.3, 0.02),
        minimum=_("2 groups of 5 people who checked"),
        compute=access_gap,
        why_not=_(
            "Nobody has said to which group they belong, so connection checks cannot be compared between groups."
        ),
    ),
    Indicator(
        "ID3",
        "infrastructure.digital",
        "G",
        "G",
        name=_("Sessions cut short by technology"),
        means=_("%(value)s of the live sessions were cut short by a technical fault."),
        how=_(
            "Video and phone sessions ended by a technical fault, over those held. Sessions logged by one side alone do not"
            " count. Fewer is better."
        ),
        unit="share",
        kind="lin",
        anchors=(0.2, 0.0),
        minimum=_("10 live sessions"),
        compute=technical_faults,
        version=2,
    ),
    Indicator(
        "IH1",
        "infrastructure.helpdesk",
        "G",
        "GI",
        name=_("Time to a first answer"),
        means=_("Half of the requests for help had a human answer within %(value)s."),
        fewer=_("Fewer than half of the requests for help got a human answer; the longest wait so far is %(value)s."),
        how=_(
            "Kaplan-Meier median of the hours from a technical request to the first answer, so that open requests count; one"
            " that was settled without an answer waited until then."
        ),
        unit="hours",
        kind="log",
        anchors=(72, 2),
        minimum=_("5 requests"),
        compute=first_answer_hours,
        version=2,
    ),
    Indicator(
        "IH2",
        "infrastructure.helpdesk",
        "G",
        "GI",
        name=_("Solved in three days"),
        means=_("%(value)s of the requests for help were solved within three days."),
        how=_("Technical requests solved within 3 days, over requests at least 3 days old."),
        unit="share",
        kind="lin",
        anchors=(0.4, 0.95),
        minimum=_("5 requests"),
        compute=solved_in_time,
    ),
    Indicator(
        "TE1",
        "tools.email",
        "G",
        "GI",
        name=_("Mails refused"),
        means=_("%(value)s of the mails were refused or came back."),
        how=_("Mails that were refused at once or came back later, over mails sent. Fewer is better."),
        unit="share",
        kind="lin",
        anchors=(0.1, 0.005),
        minimum=_("50 mails"),
        compute=mail_refused,
        version=2,
    ),
    Indicator(
        "TE2",
        "tools.email",
        "P",
        "PG",
        name=_("Notices that bring people back"),
        means=_("On average %(value)s of a person's notices were read within 72 hours."),
        how=_(
            "Notices opened within 72 hours, over notices at least 72 hours old, for every person. One opens them in the inbox,"
            " by the link of their mail or on a device, or by reading the conversation they tell of."
        ),
        unit="share",
        kind="lin",
        anchors=(0.05, 0.5),
        minimum=_("10 notices per person"),
        compute=notices_followed,
        version=2,
    ),
    Indicator(
        "TL1",
        "tools.lms",
        "G",
        "I",
        name=_("Launches from the learning platform"),
        why_not=_(
            "This platform cannot be linked with a learning platform (LTI) yet, so there are no launches to count."
        ),
        state=NOT_APPLICABLE,
    ),
    Indicator(
        "TL2",
        "tools.lms",
        "G",
        "G",
        name=_("People arriving from the learning platform"),
        why_not=_("This platform cannot be linked with a learning platform (LTI) yet, so nobody arrives from one."),
        state=NOT_APPLICABLE,
    ),
    Indicator(
        "TM1",
        "tools.methods",
        "R",
        "RG",
        name=_("Variety of ways to talk"),
        means=_("The average pair uses %(value)s ways of talking."),
        how=_(
            "Effective number of channels: the exponential of the entropy of contacts by message, video, phone and in person."
        ),
        unit="number",
        kind="lin",
        anchors=(1.0, 2.0),
        minimum=_("10 contacts"),
        compute=effective_channels,
    ),
    Indicator(
        "TM2",
        "tools.methods",
        "R",
        "RG",
        name=_("Live share of contact"),
        means=_("%(value)s of the contacts are live."),
        how=_(
            "Sessions held, over all contacts (messages count at most once an hour). From a tenth to seven tenths is full marks."
        ),
        unit="share",
        kind="band",
        anchors=(0.0, 0.1, 0.7, 1.0),
        minimum=_("10 contacts"),
        compute=live_share,
    ),
)
