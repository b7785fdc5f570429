"""Numbers and reasons in the reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core.dates import in_persian, localise
from core.templatetags.peyvand import percent
from evaluation.indicators import Indicator
from evaluation.instruments import Definition
from evaluation.models import Alert
from evaluation.questionnaire import REVIEW_STATUS
from evaluation.risk import Reason
from evaluation.statistics.estimate import Estimate
from evaluation.statistics.reliability import PEOPLE_FOR_RELIABILITY

Text = str | Promise


@dataclass(frozen=True)
class Suggestion:
    """One thing a coordinator can do: its name, a ready text, and whom it is for (roles)."""

    label: str
    draft: str
    roles: list[str]


WHO: dict[str, Text] = {"mentor": gettext_lazy("the mentor"), "mentee": gettext_lazy("the mentee")}
BOTH = ["mentor", "mentee"]

UNKNOWN: dict[str, Text] = {
    "rhythm": gettext_lazy("the agreed rhythm"),
    "expectations": gettext_lazy("how much contact each side expects"),
    "answers": gettext_lazy("what they answer in questionnaires"),
}
ALERT_LISTS: dict[str, Text] = {
    "waiting": gettext_lazy("Waiting"),
    "mine": pgettext_lazy("relationships in my hands", "Mine"),
    "watched": gettext_lazy("Only watched"),
    "resting": pgettext_lazy("relationships", "At rest"),
    "seen": gettext_lazy("Seen to"),
}
STATES: dict[str, Text] = {
    "scored": gettext_lazy("measured"),
    "too_early": gettext_lazy("too early to say"),
    "not_measured": gettext_lazy("not measured"),
    "not_applicable": gettext_lazy("does not apply here"),
    "suppressed": gettext_lazy("hidden: fewer than five people"),
}
REVIEWED: dict[str, Text] = {
    "original": gettext_lazy("the original"),
    "draft": gettext_lazy("a draft until native speakers have reviewed it"),
    "reviewed": gettext_lazy("reviewed by native speakers"),
}
LIMITS: dict[str, Text] = {
    "watch_from": gettext_lazy("Points from which a relationship is watched"),
    "review_from": gettext_lazy("Points from which a coordinator looks"),
}
SIGNALS: dict[str, Text] = {
    "no_first_contact": gettext_lazy("No two-way contact by day 7"),
    "no_first_contact_later": gettext_lazy("Still none on day 14 (in addition)"),
    "agreement_unsigned": gettext_lazy("Agreement unsigned on day 14"),
    "unanswered": gettext_lazy("A message unanswered for twice the agreed time"),
    "silence": gettext_lazy("Silence longer than 2 agreed intervals"),
    "silence_long": gettext_lazy("Silence longer than 3 agreed intervals (instead)"),
    "missed": gettext_lazy("A session missed without notice, in 30 days"),
    "missed_again": gettext_lazy("A second one missed (in addition)"),
    "falling": gettext_lazy("Contact fell to less than half of the first four weeks"),
    "one_sided": gettext_lazy("One side writes almost everything"),
    "expectations": gettext_lazy("They expect different amounts of contact"),
    "satisfaction": gettext_lazy("Satisfaction 2 or lower, or fallen by 2"),
    "thought_of_ending": gettext_lazy("Somebody says they thought of ending early"),
    "training": gettext_lazy("The mentor's required modules unfinished on day 14"),
    "untouched": gettext_lazy("No coordinator in touch for 60 days"),
}
PREDICTORS: dict[str, Text] = {
    "silence": gettext_lazy("silence in agreed intervals"),
    "week": gettext_lazy("weeks since the match"),
    "contacts": gettext_lazy("contacts in four weeks"),
    "missed": gettext_lazy("missed sessions"),
    "said": gettext_lazy("what somebody said in confidence to coordinators"),
}
GROUPS: dict[str, Text] = {
    "none": gettext_lazy("No rhythm agreed"),
    "week": gettext_lazy("A rhythm of a week or less"),
    "fortnight": gettext_lazy("A rhythm of up to two weeks"),
    "slower": gettext_lazy("A slower rhythm"),
    "en": gettext_lazy("Mentees who use English here"),
    "fa": gettext_lazy("Mentees who use Persian here"),
}
OWN: dict[str, Text] = {
    "PC2": gettext_lazy("Sessions you missed without notice"),
    "MM1": gettext_lazy("Days until your first match"),
    "RC1": gettext_lazy("How soon you answer"),
    "RC2": gettext_lazy("What you left without an answer for a week"),
    "RP2": gettext_lazy("Weekly check-ins you answered"),
    "SU1": gettext_lazy("How far your goals were reached"),
    "TE2": gettext_lazy("Notices you read within three days"),
    "ST1": gettext_lazy("Required modules you finished in time"),
    "ST2": gettext_lazy("What you learned of what was left to learn"),
    "SL1": gettext_lazy("Practical things you have done here"),
    "SV1": gettext_lazy("Weeks in which you learned at your own pace"),
    "SV2": gettext_lazy("Your reflections in a month"),
}
"""How figures about one person are called when that person reads them."""
LEVELS: dict[str, Text] = {
    "P": gettext_lazy("each person"),
    "R": gettext_lazy("each relationship"),
    "G": gettext_lazy("the whole programme"),
    "I": gettext_lazy("the institution"),
}
ACTORS: dict[str, Text] = {
    "coordinator": gettext_lazy("the coordinators"),
    "mentors": gettext_lazy("the mentors, asked by you"),
    "mentees": gettext_lazy("the mentees, asked by you"),
    "everybody": gettext_lazy("everybody who takes part, asked by you"),
    "helpers": gettext_lazy("whoever answers requests for help"),
    "operator": gettext_lazy("whoever runs the platform, asked by you"),
}
EVIDENCE: dict[str, Text] = {
    "S": gettext_lazy("Studies point this way"),
    "P": gettext_lazy("Practice of programmes"),
    "M": gettext_lazy("Follows from the model, not studied yet"),
}
UNITS: dict[str, Text] = {
    "share": gettext_lazy("In per cent."),
    "days": gettext_lazy("In days."),
    "hours": gettext_lazy("In hours."),
    "ms": gettext_lazy("In milliseconds."),
    "number": gettext_lazy("A number."),
    "stars": gettext_lazy("In stars, from 1 to 5."),
    "ratio": gettext_lazy("How many times as much the one expects as the other; 1 is the same."),
    "points": gettext_lazy("In points, from 0 to 100."),
}


def number(value: float) -> str:
    """One decimal where it matters, in the reader's digits."""
    shown = round(value, 0 if abs(value) >= 10 else 1)
    return localise(int(shown) if shown == int(shown) else shown)


def days(n: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": localise(n)}


def before_and_after(alert: Alert) -> str:
    """Contact before and after somebody saw to a relationship, in words; empty until the days after are over."""
    if alert.days_compared is None:
        return ""
    if not alert.days_compared:
        return _("Contact before and after is not compared: they rested, ended or had only just begun.")
    counted = {
        "days": days(alert.days_compared),
        "before": localise(alert.days_before or 0),
        "after": localise(alert.days_after or 0),
    }
    return _("Contact both ways in the %(days)s before: on %(before)s; in the %(days)s after: on %(after)s.") % counted


def raw_value(indicator: Indicator, raw: float) -> str:
    """A raw figure with its unit."""
    if indicator.unit == "share":
        return _share(raw, 2) if 0 < raw < 0.01 or 0.99 < raw < 1 else percent(raw)
    if indicator.unit == "ms":
        return _("%(n)s ms") % {"n": number(raw)}
    if indicator.unit == "days":
        return ngettext("%(n)s day", "%(n)s days", round(raw)) % {"n": number(raw)}
    if indicator.unit == "hours":
        return ngettext("%(n)s hour", "%(n)s hours", round(raw)) % {"n": number(raw)}
    return number(2**raw if indicator.unit == "ratio" else raw)


def meaning(indicator: Indicator, inputs: Mapping[str, Any]) -> str:
    """What a figure says, as a sentence. `inputs`: of its score."""
    shown = raw_value(indicator, inputs["raw"])
    if inputs.get("short"):
        return str(indicator.fewer) % {"value": shown}
    if indicator.evenly and shown == raw_value(indicator, indicator.even):
        return str(indicator.evenly)
    return str(indicator.means) % {"value": shown}


def how(indicator: Indicator) -> str:
    """How an indicator is computed; of each person, too, where that is another matter."""
    if not indicator.of_person:
        return str(indicator.how)
    own = _("Of each person, as they read it: %(how)s") % {"how": indicator.how_of_person}
    return f"{indicator.how} {own}"


def interval(inputs: Mapping[str, Any]) -> str:
    """The 95 % interval of a score; empty where there is none."""
    if "low" not in inputs:
        return ""
    ends = {end: localise(round(inputs[end])) for end in ("low", "high")}
    return _("95%% interval %(low)s–%(high)s") % ends


def why_no_number(indicator: Indicator, state: str) -> str:
    """Why an indicator has no score, as a sentence."""
    if state == "suppressed":
        return _("Hidden, because fewer than five people stand behind it.")
    if state == "too_early":
        return _("Too early: it needs at least %(minimum)s.") % {"minimum": indicator.minimum}
    return str(indicator.why_not) or _("Not measured: nothing has been recorded for it.")


def anchors(indicator: Indicator) -> str:
    """Which raw figures count as 0 and as 100."""
    if indicator.kind == "band":
        a, b, c, d = (_exactly(indicator, corner) for corner in indicator.anchors)
        return _("0 at %(a)s, 100 from %(b)s to %(c)s, 0 at %(d)s") % {"a": a, "b": b, "c": c, "d": d}
    low, high = (_exactly(indicator, corner) for corner in indicator.anchors)
    return _("0 at %(low)s, 100 at %(high)s") % {"low": low, "high": high}


def _exactly(indicator: Indicator, raw: float) -> str:
    """A raw figure with its unit; of a share no part of a per cent is rounded away, of a number nothing."""
    if indicator.unit == "number":
        return localise(float(raw) if raw % 1 else int(raw))
    return _share(raw, 4) if indicator.unit == "share" else raw_value(indicator, raw)


def _share(raw: float, decimals: int) -> str:
    """In per cent, with as many decimals as it has, at most these."""
    shown = f"{round(100 * raw, decimals):g}"
    return localise(float(shown) if "." in shown else shown) + percent(0)[-1]


def reason(row: Reason) -> str:
    """A reason of an alert in words."""
    code = row["code"]
    if code in ("no_first_contact", "agreement_unsigned", "untouched"):
        return str(_WITH_DAYS[code]) % {"days": days(row["days"])}
    if code == "silence":
        return _("No contact for %(days)s; agreed: every %(rhythm)s") % {
            "days": days(row["days"]),
            "rhythm": days(row["rhythm"]),
        }
    if code == "unanswered":
        return _("For %(days)s %(who)s has been waiting for an answer") % {
            "days": days(row["days"]),
            "who": WHO[row["waits"]],
        }
    if code == "missed_sessions":
        return _missed(row)
    if code == "training_unfinished":
        n = row["count"]
        return ngettext(
            "The mentor has one required module to finish", "The mentor has %(n)s required modules to finish", n
        ) % {"n": localise(n)}
    numbers = {name: localise(value) for name, value in row.items() if isinstance(value, int)}
    return str(_PLAIN[code]) % {**numbers, "who": WHO.get(row.get("who", ""), "")}


def _missed(row: Reason) -> str:
    n = row["count"]
    text = ngettext("A session was missed without notice", "%(n)s sessions were missed without notice", n)
    text = text % {"n": localise(n)}
    return f"{text} ({WHO[row['by']]})" if row.get("by") else text


_WITH_DAYS: dict[str, Text] = {
    "no_first_contact": gettext_lazy("Not started: %(days)s without a two-way exchange"),
    "agreement_unsigned": gettext_lazy("The agreement is unsigned after %(days)s"),
    "untouched": gettext_lazy("No coordinator has been in touch for %(days)s"),
}
_PLAIN: dict[str, Text] = {
    "kept_apart": gettext_lazy("They are kept apart: see the page about safety"),
    "reported": gettext_lazy("Something was reported and is being worked on"),
    "falling": gettext_lazy("Contact fell from %(before)s in the first four weeks to %(now)s in the last four"),
    "one_sided": gettext_lazy("One side writes almost everything; the other %(share)s of 100 messages"),
    "expectations_differ": gettext_lazy(
        "Different expectations: the mentor %(mentor)s contacts a month, the mentee %(mentee)s"
    ),
    "expectations_felt": gettext_lazy(
        "In the questionnaire %(who)s says that they expect different amounts of contact"
    ),
    "dissatisfied": gettext_lazy("Satisfaction %(value)s of 5 (%(who)s)"),
    "satisfaction_fell": gettext_lazy("Satisfaction fell from %(before)s to %(value)s of 5 (%(who)s)"),
    "foreseen": gettext_lazy("The last weeks resemble those of relationships that ended early"),
    "thought_of_ending": gettext_lazy("In the questionnaire %(who)s says they thought of ending early"),
}


def suggestion(row: Reason, names: dict[str, str]) -> Suggestion:
    """One thing to do about the heaviest reason, with a text that is ready to send. `names`: role -> name.

    The text never says what one side answered: the other may read it.
    """
    label, text, roles = _DRAFTS[row["code"]]
    to = [row["who"]] if roles == "who" else _others(row) if roles == "not_waiting" else list(roles)
    both = _("%(one)s and %(other)s") % {"one": names["mentor"], "other": names["mentee"]}
    greeting = _("Dear %(names)s,") % {"names": both if to == BOTH else names[to[0]]}
    return Suggestion(str(label), f"{greeting}\n\n{text}", to)


def _others(row: Reason) -> list[str]:
    return ["mentee" if row["waits"] == "mentor" else "mentor"]


_TALK = (
    gettext_lazy("Offer a confidential talk"),
    gettext_lazy(
        "I would like to hear how the mentoring is going for you. Ten minutes are enough, and what you tell me stays with me. "
        "When would it suit you?"
    ),
    "who",
)
_EXPECT = (
    gettext_lazy("Suggest a talk about expectations"),
    gettext_lazy(
        "It helps most pairs to say aloud how often they would like to be in touch, and what is too much. Would you take ten "
        "minutes of your next talk for that, and write the result into your agreement?"
    ),
    BOTH,
)
_RECONNECT = (
    gettext_lazy("Send a note to both"),
    gettext_lazy(
        "It has become quiet between you, and that happens to most pairs once. Could one of you send a short line this week, or "
        "propose a time? If something is in the way, tell me; we will find a solution."
    ),
    BOTH,
)
_DRAFTS: dict[str, tuple[Text, Text, Sequence[str]]] = {
    "no_first_contact": (
        gettext_lazy("Offer a first meeting"),
        gettext_lazy(
            "You were matched, and I would like to help you to begin. Would you propose two times for a first talk this week? "
            "Half an hour is plenty; the workspace has questions to start with. If something is in the way, tell me."
        ),
        BOTH,
    ),
    "agreement_unsigned": (
        gettext_lazy("Ask for the agreement"),
        gettext_lazy(
            "Your agreement is still waiting for its signatures. It takes five minutes together, and you can change it at any "
            "time. Would you look at it in your next talk?"
        ),
        BOTH,
    ),
    "silence": _RECONNECT,
    "falling": _RECONNECT,
    "foreseen": _RECONNECT,
    "unanswered": (
        gettext_lazy("Ask for a short answer"),
        gettext_lazy(
            "A message to you is waiting for an answer. A short line is enough, even one that says when you will have time. If "
            "the rhythm does not suit you at the moment, tell me; it can be changed."
        ),
        "not_waiting",
    ),
    "missed_sessions": (
        gettext_lazy("Ask what got in the way"),
        gettext_lazy(
            "A session did not take place. It happens; I only want to know whether the time, the way of meeting or something "
            "else should change. What would make the next one easier?"
        ),
        BOTH,
    ),
    "one_sided": _EXPECT,
    "expectations_differ": _EXPECT,
    "expectations_felt": _EXPECT,
    "dissatisfied": _TALK,
    "satisfaction_fell": _TALK,
    "thought_of_ending": _TALK,
    "training_unfinished": (
        gettext_lazy("Remind the mentor of the module"),
        gettext_lazy(
            "One of the short modules for mentors is still open. Fifteen minutes are enough, and you can stop and go on at any "
            "time. Is something in the way?"
        ),
        ["mentor"],
    ),
    **dict.fromkeys(
        ("kept_apart", "reported"),
        (
            gettext_lazy("Talk to each of them alone"),
            gettext_lazy(
                "I would like to talk with each of you alone, ten minutes are enough. When would it suit you?"
            ),
            BOTH,
        ),
    ),
    "untouched": (
        gettext_lazy("Ask how it is going"),
        gettext_lazy(
            "We have not heard from each other for a while. How is it going, and what would help you most just now?"
        ),
        ["mentor"],
    ),
}


def scoring_in_words(definition: Definition) -> str:
    """How the score of an own instrument comes about."""
    text = (
        _("The mean of the answers from %(low)s to %(high)s, reversed questions turned round, times the number of questions; "
          "from %(least)s answers on.")
        if definition.method == "sum"
        else _("The mean of the answers from %(low)s to %(high)s, reversed questions turned round; from %(least)s answers on.")
    )  # fmt: skip
    shown = {"low": definition.low, "high": definition.high, "least": definition.min_valid}
    return text % {name: localise(value) for name, value in shown.items()}


def decimals(value: float | None, places: int = 2) -> str:
    """A figure in the reader's digits, with a real minus and decimal sign."""
    if value is None:
        return "–"
    text = f"{value:.{places}f}".replace("-", "−")
    if not in_persian():
        return text
    shown = localise(text.replace(".", "٫"))
    return f"\u2066{shown}\u2069" if value < 0 else shown  # or the minus would stand on the other side


def consistency_in_words(found: tuple[Estimate, ...] | int) -> str:
    """Internal consistency of a scale: every estimate, or how many people it still rests on, or that there is none."""
    if isinstance(found, int):
        return _("Internal consistency needs %(least)s people who answered every question; %(n)s so far.") % {
            "least": localise(PEOPLE_FOR_RELIABILITY), "n": localise(found)
        }  # fmt: skip
    if not found:
        return _("Internal consistency cannot be told: some question was answered the same by everybody.")
    told = [
        _("%(measure)s %(value)s (95%% interval %(low)s to %(high)s)")
        % {
            "measure": MEASURES[each.measure],
            **{name: decimals(getattr(each, name)) for name in ("value", "low", "high")},
        }
        for each in found
    ]
    return _("Internal consistency: %(figures)s, n %(n)s.") % {"figures": _(", ").join(told), "n": localise(found[0].n)}


def estimate_in_words(found: Estimate) -> str:
    """A figure with its limits, for a column whose head says what it is; named where it is another than the head says."""
    told = _("%(value)s (%(low)s to %(high)s)") % {
        name: decimals(getattr(found, name)) for name in ("value", "low", "high")
    }
    return f"{MEASURES[found.measure]} {told}" if found.measure == "spearman-brown" else told


MEASURES = {
    "alpha": gettext_lazy("alpha"),
    "omega": gettext_lazy("omega"),
    "spearman-brown": gettext_lazy("Spearman-Brown"),
}


def review_status() -> str:
    """How far the wording of the built-in questionnaire is, in each language."""
    found = {language: REVIEWED[status] for language, status in REVIEW_STATUS.items()}
    return _("The wording of the built-in statements: in English %(en)s, in Persian %(fa)s.") % found
