"""What the institution asks with its own words, a study whose plan was locked before anything was looked at, and a system that is
connected."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.models import ApiKey, Institution, User
from accounts.page_times import CALLS
from accounts.services import make_api_key
from core.models import Tally
from core.tallies import utc_day
from evaluation.asking import codes_for_the_rest
from evaluation.models import Answer, Instrument, OpenAnswer, Response, Study, Wave
from evaluation.services import activate, begin_instrument, lock_plan, make_study, write_plan
from evaluation.studies.plans import NO_CONTACT
from mentoring.planning.models import Programme
from mentoring.planning.services import begin_import, map_columns
from mentoring.relationships.models import Relationship

WEEKS_AGO = 5
KEY = "Student records"
QUESTIONNAIRE = {
    "instrument": "how-we-talk",
    "version": 1,
    "title": {"en": "How we talk with each other", "fa": "گفت‌وگوی ما دو نفر"},
    "licence_text": "Written by the mentoring office of Simorgh University. CC BY 4.0.",
    "scale": {
        "min": 1,
        "max": 5,
        "labels": {
            "en": ["not at all", "a little", "partly", "mostly", "entirely"],
            "fa": ["اصلاً", "کمی", "تا اندازه‌ای", "بیشتر", "کاملاً"],
        },
    },
    "subscales": {
        "ease": {"en": "Saying what is on one's mind", "fa": "راحت حرف زدن"},
        "heard": {"en": "Being understood", "fa": "فهمیده شدن"},
    },
    "items": [
        {
            "id": "e1",
            "subscale": "ease",
            "text": {
                "en": "I can tell {p} when something is not going well.",
                "fa": "اگر چیزی خوب پیش نرود، می‌توانم به {p} بگویم.",
            },
        },
        {
            "id": "e2",
            "subscale": "ease",
            "reverse": True,
            "text": {"en": "I hesitate before I write to {p}.", "fa": "پیش از نوشتن برای {p} دودل می‌شوم."},
        },
        {
            "id": "e3",
            "subscale": "ease",
            "text": {"en": "We can speak about mistakes.", "fa": "می‌توانیم دربارهٔ اشتباه‌ها هم حرف بزنیم."},
        },
        {
            "id": "h1",
            "subscale": "heard",
            "text": {"en": "I feel that {p} understands what I mean.", "fa": "حس می‌کنم {p} منظورم را می‌فهمد."},
        },
        {
            "id": "h2",
            "subscale": "heard",
            "text": {"en": "What {p} says fits my situation.", "fa": "حرف‌های {p} به حال و روز من می‌خورد."},
        },
        {
            "id": "w1",
            "kind": "open",
            "text": {"en": "What makes talking easier for you?", "fa": "چه چیزی گفت‌وگو را برایتان آسان‌تر می‌کند؟"},
        },
    ],
    "scoring": {"method": "mean", "min_valid": 2},
    "maps_to": "relationships.communication",
}
OUTCOME = {
    "instrument": "how-i-learn",
    "version": 1,
    "title": {"en": "How I learn", "fa": "من و یادگیری"},
    "licence_text": "Written by the mentoring office of Simorgh University. CC BY 4.0.",
    "scale": QUESTIONNAIRE["scale"],
    "items": [
        {
            "id": "plan",
            "roles": ["mentee"],
            "text": {"en": "I plan my week before it begins.", "fa": "هفته‌ام را پیش از شروع برنامه‌ریزی می‌کنم."},
        },
        {
            "id": "stuck",
            "roles": ["mentee"],
            "reverse": True,
            "text": {"en": "When I am stuck I give up.", "fa": "وقتی به مشکل می‌خورم، رهایش می‌کنم."},
        },
        {
            "id": "ask",
            "roles": ["mentee"],
            "text": {"en": "I ask before it is too late.", "fa": "پیش از آن‌که دیر شود می‌پرسم."},
        },
        {
            "id": "own",
            "roles": ["mentee"],
            "text": {"en": "I know what I learn for.", "fa": "می‌دانم برای چه درس می‌خوانم."},
        },
    ],
    "scoring": {"method": "mean", "min_valid": 3},
    "maps_to": "support.learning",
}
ASKED_IN_WEEK = {Wave.Moment.W0: 0, Wave.Moment.W2: 8}
SAID = {
    "en": [
        "A fixed hour in the week. Then nobody has to be the one who asks.",
        "When there is one question to begin with, the rest comes by itself.",
        "Short voice messages between the meetings.",
        "Hearing that others found the first weeks hard, too.",
        "Notes from the last meeting, so that we do not begin anew each time.",
        "To know that an answer may take two days and that this is all right.",
    ],
    "fa": [
        "این‌که هر هفته ساعت مشخصی داریم و لازم نیست کسی پیش‌قدم شود.",
        "وقتی یک پرسش روشن برای شروع داریم، بقیه‌اش خودش می‌آید.",
        "پیام‌های صوتی کوتاه بین جلسه‌ها.",
        "شنیدن این‌که هفته‌های اول برای بقیه هم سخت بوده.",
        "یادداشت جلسهٔ قبل، تا هر بار از اول شروع نکنیم.",
        "دانستن این‌که پاسخ ممکن است دو روز طول بکشد و اشکالی ندارد.",
    ],
}
STUDY = "Do skills grow over a semester with a mentor?"
PLAN = {
    "hypotheses": [
        "Mentees feel more able to learn and to use technology at the end than before the start.",
        "The change in skills is larger than the change in how the platform is judged.",
    ],
    "who": "mentee",
    "before": Wave.Moment.W0.value,
    "after": Wave.Moment.W3.value,
    "primary": ["skills"],
    "secondary": ["infrastructure"],
    "exclusions": [NO_CONTACT],
}


def plant_systems(
    institution: Institution, programme: Programme, *, by: User, coordinator: User, now: datetime
) -> None:
    """A system of the institution that reads every day, and a list of people of which one line cannot come in."""
    made_at = now - timedelta(weeks=10)
    key, _token = make_api_key(institution, name=KEY, scopes=["people:read", "scores:read"], by=by, at=made_at)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now - timedelta(hours=3))
    Tally.objects.bulk_create(
        Tally(what=CALLS, owner=key.pk, day_on=utc_day(now - timedelta(days=day)), bucket=status, count=count)
        for day in range(1, 40)
        for status, count in ((2, 24), (4, day % 9 == 0))
        if count
    )
    known = programme.enrolments.mentees().select_related("person").order_by("pk")[:3]
    lines = ["name;email", *(f"{row.person.name};{row.person.email}" for row in known), "Sina;sina-at-example.org"]
    people_import = begin_import(
        programme, role="mentee", file_name="mentees.csv", text="\n".join(lines), by=coordinator, at=now
    )
    map_columns(people_import, people_import.mapping)


def plant_own(programme: Programme, *, by: User, rng: Random, now: datetime) -> None:
    """A questionnaire that the institution wrote, asked once and closed, with what people answered."""
    opens_at = now.replace(hour=6, minute=30, second=0, microsecond=0) - timedelta(weeks=WEEKS_AGO)
    instrument = _instrument(programme.institution, QUESTIONNAIRE, by=by, at=opens_at - timedelta(days=3))
    wave = Wave.objects.create(
        programme=programme,
        form=Wave.Form.OWN,
        instrument=instrument,
        number=programme.waves.count() + 1,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=10, hours=13, minutes=59),
        created_by=by,
    )
    responses: list[Response] = []
    values: list[dict[str, int]] = []
    texts: list[str] = []
    asked = Relationship.objects.filter(programme=programme).exclude(closed_at__lt=opens_at).order_by("pk")
    for relationship in asked.prefetch_related("members__person", "members__enrolment"):
        at_ease = relationship.last_contact_at is not None and relationship.last_contact_at > opens_at
        for member in sorted(relationship.members.all(), key=lambda row: row.pk):
            if rng.random() > (0.9 if at_ease else 0.6):
                continue
            at = opens_at + timedelta(hours=rng.randint(2, 200))
            responses.append(
                Response(
                    wave=wave,
                    enrolment=member.enrolment,
                    relationship=relationship,
                    started_at=at,
                    submitted_at=at,
                    language=member.person.language,
                )
            )
            given = {
                question.code: min(5, max(1, round(rng.gauss(felt, 0.8))))
                for question in instrument.definition.scored
                for felt in [2.2 if at_ease and question.reverse else 4.1 if at_ease else 3.0]
            }
            wrote = rng.random() < 0.8
            texts.append(rng.choice(SAID[member.person.language]) if wrote else "")
            known = given | {question.code: 1 for question in instrument.definition.open_questions if wrote}
            rest = codes_for_the_rest(wave, role=member.role, has_partner=True, given=known)
            values.append(given | rest)
    _keep(responses, values, texts, question=instrument.definition.open_questions[0].code)


def _keep(responses: list[Response], values: list[dict[str, int]], texts: list[str], *, question: str) -> None:
    """The sheets with what stands on each: values of statements, and words for the open `question` where there are any."""
    made = Response.objects.bulk_create(responses, batch_size=2000)
    Answer.objects.bulk_create(
        (
            Answer(response=response, item=code, value=value)
            for response, row in zip(made, values, strict=True)
            for code, value in row.items()
        ),
        batch_size=5000,
    )
    OpenAnswer.objects.bulk_create(
        (
            OpenAnswer(response=response, item=question, text=text)
            for response, text in zip(made, texts, strict=True)
            if text
        ),
        batch_size=2000,
    )


def plant_outcome(programme: Programme, *, by: User, rng: Random, start: datetime) -> None:
    """What the institution hopes for, asked of the mentees in the first week and again after two months."""
    instrument = _instrument(programme.institution, OUTCOME, by=by, at=start - timedelta(days=3))
    mentees = list(programme.enrolments.mentees().filter(memberships__isnull=False).distinct().order_by("pk"))
    felt = {mentee.pk: rng.gauss(2.7, 0.6) for mentee in mentees}
    rows: list[tuple[Response, float]] = []
    for moment, week in ASKED_IN_WEEK.items():
        opens_at = start + timedelta(weeks=week)
        wave = Wave.objects.create(
            programme=programme,
            form=Wave.Form.OWN,
            instrument=instrument,
            number=programme.waves.count() + 1,
            moment=moment,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(days=10),
            created_by=by,
        )
        for mentee in mentees:
            if rng.random() < 0.9:
                at = opens_at + timedelta(hours=rng.randint(2, 200))
                sent = {"started_at": at, "submitted_at": at, "language": mentee.person.language}
                response = Response(wave=wave, enrolment=mentee, **sent)
                rows.append((response, felt[mentee.pk] + rng.gauss(0.4, 0.4) * (week > 0)))
    made = Response.objects.bulk_create([response for response, _ in rows], batch_size=2000)
    Answer.objects.bulk_create(
        (
            Answer(response=response, item=each.code, value=6 - value if each.reverse else value)
            for response, (_, level) in zip(made, rows, strict=True)
            for each in instrument.definition.scored
            for value in [min(5, max(1, round(rng.gauss(level, 0.7))))]
        ),
        batch_size=5000,
    )


def _instrument(institution: Institution, content: dict[str, Any], *, by: User, at: datetime) -> Instrument:
    made = begin_instrument(institution, content, by=by, at=at)
    activate(made, confirmed_by=by.name, confirmed_on=at.date(), by=by, at=at)
    made.refresh_from_db()
    return made


def plant_study(programme: Programme, *, by: User, at: datetime) -> None:
    """Planned and locked in the first weeks; it waits for the questionnaire at the end."""
    study = make_study(programme, kind=Study.Kind.PRE_POST, title=STUDY, by=by, at=at)
    write_plan(study, PLAN, by=by, at=at)
    lock_plan(study, by=by, at=at + timedelta(hours=1))
