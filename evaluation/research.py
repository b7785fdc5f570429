"""The research export: one ZIP of a programme's answers and figures, of people who agreed to it, without their names.

Nothing in it was free text. People and relationships carry pseudonyms keyed by a secret that is made for this one file and then
forgotten, so two exports cannot be joined; days count from the match, so no date stands in it.
"""

import hashlib
import hmac
import io
import json
import secrets
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent
from core.errors import DomainError
from evaluation.anchors import indicators_of
from evaluation.anonymity import ANY, Generalised, K, Ladders, Row, Step, generalise, in_turn
from evaluation.asking import items_of
from evaluation.codebook import NOT_PROTECTED, codebook_files, own_code
from evaluation.disclosure import shown
from evaluation.facts import TAKING_PART, Facts
from evaluation.facts.questions import AS_PLANNED
from evaluation.indicators import BY_CODE
from evaluation.leftover import answers_behind, counts, few_left_over
from evaluation.measure import results
from evaluation.models import Answer, Response, Score, UnitScore, Wave
from evaluation.queries.made_of import GIVEN_BY_ONE
from evaluation.questionnaire import NOT_SHOWN, items
from evaluation.sheets import as_csv
from mentoring.planning.concepts import concept, has_concept
from mentoring.planning.models import Enrolment, Programme
from mentoring.relationships.models import Relationship, RelationshipMember

FORMAT = 1
PROGRAMME = "programme"
HIDDEN = "hidden: fewer than 5"
SCRIPTS = Path(__file__).with_name("reading")
MISSING = {
    -1: "not shown",
    -2: "skipped",
    -3: "not applicable",
    -4: "withdrawn; does not occur: whoever takes consent back is in no later file, with none of their answers",
}
Progress = Callable[[int, int], None]


class Pseudonyms:
    """Names for one file: HMAC-SHA-256 of a row's id under a key that nobody keeps."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def __call__(self, kind: str, pk: int | None) -> str:
        if pk is None:
            return ""
        return kind + hmac.new(self._key, f"{kind}{pk}".encode(), hashlib.sha256).hexdigest()[:12]


class TooFewAgreed(DomainError):
    code = "too_few_agreed"
    status = 409
    default = _("Fewer than five people have agreed to research. There is no file that would not single them out.")


class TooFewLeftOver(DomainError):
    code = "too_few_left_over_to_export"
    status = 409
    default = _(
        "Of the mentors or of the mentees who answered a questionnaire, or answered anew since the one before, between one and "
        "four would not be in the file, because they have not agreed to research. Beside the programme's figures it would tell "
        "what these few said, so none is made."
    )


def research_zip(programme: Programme, *, at: datetime, step: Progress = lambda done, total: None) -> bytes:
    """The whole file. Reads what was there at `at`; consent as it stands now. Raises TooFewAgreed, TooFewLeftOver."""
    made = Export(programme, at)
    parts = [made.people, made.relations, made.items_long, made.items_wide, made.indicators, made.flow]
    files: dict[str, bytes] = {}
    for number, part in enumerate(parts):
        step(number, len(parts) + 1)
        name, text = part()
        files[name] = text.encode()
    files["k-report.json"] = _json(made.k_report())
    files |= codebook_files(indicators_of(programme, at.date()), MISSING, made.own)
    for script in sorted(SCRIPTS.glob("read.*")):
        files[script.name] = script.read_bytes()
    manifest = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    files["manifest.json"] = _json({"format": FORMAT, "sha256": manifest})
    step(len(parts) + 1, len(parts) + 1)
    return _zipped(files)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _decade(years: Any) -> Any:
    return years if years in ("", ANY) else f"{int(years) // 10 * 10}-{int(years) // 10 * 10 + 9}"


def _five_years(years: Any) -> Any:
    return years if years in ("", ANY) else f"{int(years) // 5 * 5}-{int(years) // 5 * 5 + 4}"


def _root(field: Any) -> Any:
    return concept(field).group if has_concept(field) else field and "other"


def form_of(wave: Wave) -> str:
    """The form of a wave; of an own instrument its name and version."""
    return wave.instrument.key if wave.instrument else wave.form


def columns_of(wave: Wave) -> list[tuple[str, str]]:
    """(item, its code in the file) of everything that a wave asks on a scale. What was written is in no file."""
    own = wave.instrument
    return [(item.code, own_code(own, item.code) if own else item.code) for item in items_of(wave)]


def _weeks(count: int) -> Step:
    """A day as the first and the last day of so many weeks."""

    def step(day: Any) -> Any:
        if day in ("", ANY):
            return day
        first = day // (7 * count) * 7 * count
        return f"{first}-{first + 7 * count - 1}"

    return step


def _takes_part(status: str) -> str:
    return "taking_part" if status in TAKING_PART else "not_taking_part"


def _outcome(status: str) -> str:
    return "open" if status in Relationship.OPEN else "completed" if status in AS_PLANNED else "ended_early"


def _is_over(status: str) -> str:
    return "open" if status in Relationship.OPEN else "over"


QUASI: Ladders = {"role": [], "field": [_root], "seniority": [_five_years, _decade], "language": []}
"""What others may know of somebody, and how it becomes coarser."""
STANDING: Ladders = {"status": [_takes_part]}
"""What they may know besides, and what goes before any of it."""
COURSE: Ladders = {
    "status": [_outcome, _is_over],
    "closed_day": [_weeks(1), _weeks(4), _weeks(12), _weeks(24)],
    "close_reason": [],
    "first_contact_day": [_weeks(1), _weeks(4)],
    "last_contact_day": [_weeks(1), _weeks(4)],
    "planned_end_day": [_weeks(1), _weeks(4)],
}
"""What others may know of a relationship, from what research needs most: whether it ended early, and how long it was."""


STEPS_OF_PEOPLE = {
    "role": ["as it is", ANY],
    "field": ["as it is", "group of fields", ANY],
    "seniority": ["years", "five years", "ten years", ANY],
    "language": ["in which the questionnaires were answered", ANY],
    "status": ["as it is", "taking part or not", ANY],
}
STEPS_OF_RELATIONS = {
    "status": ["as it is", "open, completed or ended early", "open or over", ANY],
    "closed_day": ["days", "weeks", "four weeks", "twelve weeks", "twenty-four weeks", ANY],
    "close_reason": ["as it is", ANY],
    "first_contact_day": ["days", "weeks", "four weeks", ANY],
    "last_contact_day": ["days", "weeks", "four weeks", ANY],
    "planned_end_day": ["days", "weeks", "four weeks", ANY],
}


def _language_of(read_in: set[str]) -> str:
    """The language of all questionnaires of somebody; "both" where there was more than one, empty where none is known."""
    return Response.ReadIn.BOTH if len(read_in) > 1 else next(iter(read_in), "")


class Export:
    """The rows of one file. Who is in it: everybody whose consent to research is in force; of relationships only those in which
    every member has agreed, for the figures of a pair are about both. One that was a mistake (voided) is none, here as anywhere.
    Raises TooFewAgreed, TooFewLeftOver."""

    def __init__(self, programme: Programme, at: datetime) -> None:
        self.programme, self.at, self.name = programme, at, Pseudonyms()
        agreed = set(Consent.objects.in_force(Consent.Kind.RESEARCH).values_list("person", flat=True))
        self.all_people = list(Enrolment.objects.filter(programme=programme, applied_at__isnull=False).order_by("pk"))
        self.enrolments = {row.pk: row for row in self.all_people if row.person_id in agreed}
        if len({row.person_id for row in self.enrolments.values()}) < K:
            raise TooFewAgreed
        matched = Relationship.objects.filter(programme=programme).exclude(status=Relationship.Status.VOIDED)
        self.all_pairs = {row.pk: row for row in matched.order_by("pk")}
        self.members: dict[int, list[RelationshipMember]] = {pk: [] for pk in self.all_pairs}
        for member in RelationshipMember.objects.filter(relationship__in=matched).order_by("pk"):
            self.members[member.relationship_id].append(member)
        self.pairs = {
            pk: row for pk, row in self.all_pairs.items() if all(m.person_id in agreed for m in self.members[pk])
        }
        self.first_match: dict[int, datetime] = {}
        for pk, members in self.members.items():
            for member in members:
                start = self.all_pairs[pk].started_at
                self.first_match[member.enrolment_id] = min(start, self.first_match.get(member.enrolment_id, start))
        responses = Response.objects.filter(wave__programme=programme, submitted_at__lte=at).select_related(
            "wave__instrument", "enrolment"
        )
        self.all_responses = [row for row in responses.order_by("pk") if counts(row, self.all_pairs)]
        of_own = {row.wave.instrument_id: row.wave.instrument for row in self.all_responses if row.wave.instrument}
        self.own = sorted(of_own.values(), key=lambda row: (row.name, row.version))
        self.responses = [row for row in self.all_responses if row.enrolment_id in self.enrolments]
        self.answers: dict[int, dict[str, int]] = {row.pk: {} for row in self.all_responses}
        given = Answer.objects.filter(response__wave__programme=programme).values_list("response", "item", "value")
        for response, item, value in given.iterator(chunk_size=20_000):
            if response in self.answers:
                self.answers[response][item] = value
        self._refuse_few_left_over()
        self.generalised = self._generalised()
        self.course = self._course()
        self.may_tell_language = self.generalised.levels["language"] == 0
        self.may_tell_role = self.generalised.levels["role"] == 0
        self.of_both_sides = self._asked_of_both_sides()

    def _refuse_few_left_over(self) -> None:
        """The programme shows what each side says: a figure less the answers in the file is what the others said. So in every
        figure these others are nobody or as many as it takes: of those let into it by now, of all who answered, and of those
        who were in it when a wave was over, for the file says of which wave an answer is; and as many or nobody are those of
        them whose answers changed from one of these readings to another."""
        inside = {(row.role, row.person_id) for row in self.enrolments.values()}
        if few_left_over(answers_behind(self.all_responses, self.answers, self.all_pairs), inside):
            raise TooFewLeftOver

    def _generalised(self) -> Generalised:
        read_in: dict[int, set[str]] = {}
        for response in self.responses:
            if response.language:
                read_in.setdefault(response.enrolment_id, set()).add(response.language)
        rows: list[Row] = [
            {
                "pk": row.pk,
                "role": row.role,
                "field": row.field,
                "seniority": "" if row.seniority is None else row.seniority,
                "language": _language_of(read_in.get(row.pk, set())),
                "status": row.status,
            }
            for row in self.enrolments.values()
        ]
        people = generalise(rows, QUASI)
        made = in_turn(people.rows, STANDING, known=QUASI)
        return Generalised(made.rows, people.levels | made.levels, made.smallest, made.classes)

    def _course(self) -> Generalised:
        """What is told of each relationship. Coordinators read all of it by name, so it must not tell which one it is."""
        rows: list[Row] = []
        for pk, pair in self.pairs.items():
            start = pair.started_at
            rows.append({
                "pk": pk,
                "status": pair.status,
                "closed_day": self._day(pair.closed_at, start),
                "close_reason": pair.close_reason,
                "first_contact_day": self._day(pair.first_contact_at, start),
                "last_contact_day": self._day(pair.last_contact_at, start),
                "planned_end_day": (pair.planned_end_on - start.date()).days,
            })  # fmt: skip
        return in_turn(rows, COURSE)

    def _asked_of_both_sides(self) -> set[tuple[int, str]]:
        """(wave, item) of what mentors and mentees were asked alike: to have an answer to it tells nobody's role."""
        asked: dict[tuple[int, str], set[str]] = defaultdict(set)
        for row in self.all_responses:
            for item, value in self.answers[row.pk].items():
                if value != NOT_SHOWN:
                    asked[row.wave_id, item].add(row.enrolment.role)
        return {each for each, roles in asked.items() if len(roles) > 1}

    def _person(self, enrolment: int) -> str:
        """One name for one person, in whatever role."""
        return self.name("p", self.enrolments[enrolment].person_id)

    def _role(self, role: str) -> str:
        """As coarse as in people.csv: rows of the files share the sign of the enrolment."""
        return role if self.may_tell_role else ANY

    def _day(self, moment: datetime | None, start: datetime | None) -> int | str:
        return "" if moment is None or start is None else (moment - start).days

    def people(self) -> tuple[str, str]:
        columns = [*QUASI, *STANDING]
        rows = sorted(
            [self._person(row["pk"]), self.name("e", row["pk"]), *(row[name] for name in columns)]
            for row in self.generalised.rows
        )
        return "people.csv", as_csv(["person", "enrolment", *columns], rows)

    def relations(self) -> tuple[str, str]:
        rows = [
            [self.name("r", row["pk"]), self.name("p", member.person_id), self.name("e", member.enrolment_id),
             self._role(member.role), *(row[name] for name in COURSE)]
            for row in self.course.rows
            for member in self.members[row["pk"]]
        ]  # fmt: skip
        return "relations.csv", as_csv(["relationship", "person", "enrolment", "role", *COURSE], sorted(rows))

    def _start(self, response: Response) -> datetime | None:
        """The match of the relationship that the answers are about; about the programme alone, one's first."""
        pair = self.all_pairs.get(response.relationship_id or 0)
        return pair.started_at if pair else self.first_match.get(response.enrolment_id)

    def _heads(self) -> Iterator[tuple[Response, list[Any]]]:
        """Of a relationship in which somebody has not agreed, the answers stay and the pair is not named."""
        for row in self.responses:
            if not self._columns_of(row.wave):
                continue
            pair = row.relationship_id if row.relationship_id in self.pairs else None
            yield row, [self.name("a", row.pk), self._person(row.enrolment_id), self.name("e", row.enrolment_id),
                        self.name("r", pair), self._role(row.enrolment.role), row.wave.number, form_of(row.wave),
                        self._day(row.submitted_at, self._start(row)),
                        row.language if self.may_tell_language else ANY, row.left_out]  # fmt: skip

    def _columns_of(self, wave: Wave) -> list[tuple[str, str]]:
        """Where nobody's role is told, only what both sides were asked."""
        return [each for each in columns_of(wave) if self.may_tell_role or (wave.pk, each[0]) in self.of_both_sides]

    HEAD = ["response", "person", "enrolment", "relationship", "role", "wave", "form", "day", "language", "left_out"]

    def items_long(self) -> tuple[str, str]:
        rows = []
        for row, head in self._heads():
            given = self.answers[row.pk]
            rows += [[*head, code, given.get(item, NOT_SHOWN)] for item, code in self._columns_of(row.wave)]
        rows.sort(key=lambda each: (each[0], each[len(self.HEAD)]))
        return "items_long.csv", as_csv([*self.HEAD, "item", "value"], rows)

    def items_wide(self) -> tuple[str, str]:
        codes = [*items(), *(own_code(one, each.code) for one in self.own for each in one.definition.scored)]
        rows = []
        for row, head in self._heads():
            given = {code: self.answers[row.pk].get(item, NOT_SHOWN) for item, code in self._columns_of(row.wave)}
            rows.append([*head, *(given.get(code, NOT_SHOWN) for code in codes)])
        rows.sort(key=lambda each: each[0])
        return "items_wide.csv", as_csv([*self.HEAD, *codes], rows)

    def indicators(self) -> tuple[str, str]:
        """The newest score of each relationship, person and the programme, with what it was computed from."""
        rows = list(self._unit_rows())
        if self._totals_say_no_more():
            rows += self._programme_rows()
        header = ["level", "unit", "component", "code", "facet", "state", "value", "n", "raw", "numerator", "denominator",
                  "low", "high", "people", "version", "anchors_version"]  # fmt: skip
        rows.sort(key=lambda each: each[:4])
        return "indicators.csv", as_csv(header, rows)

    def _unit_rows(self) -> Iterator[list[Any]]:
        """What somebody does in relationships is told only of those whose every relationship is in the file; where nobody's role
        is told, only what is measured of both sides alike; what rests on single words, only where five others stand behind it."""
        apart = {m.enrolment_id for pk, members in self.members.items() if pk not in self.pairs for m in members}
        newest = UnitScore.objects.filter(programme=self.programme).newest()
        for row in newest.iterator(chunk_size=2_000):
            inside = row.relationship_id in self.pairs or row.enrolment_id in self.enrolments
            unit = self.name("r", row.relationship_id) if row.relationship_id else self.name("e", row.enrolment_id)
            for found in row.measured if inside else ():
                if found.code in self.given_by_few_others:
                    continue
                if row.enrolment_id in apart and BY_CODE[found.code].per == "R":
                    continue
                if row.enrolment_id and not self.may_tell_role and found.code not in self._measured_alike:
                    continue
                yield [row.level, unit, BY_CODE[found.code].component, found.code, Score.Facet.BEHAVIOUR, found.state,
                       found.value, int(found.value is not None), found.raw, found.numerator, found.denominator,
                       None, None, None, found.version, found.anchors_version]  # fmt: skip

    @cached_property
    def given_by_few_others(self) -> set[str]:
        """Indicators that rest on what single people rate or are tested on, and of which one to four relationships or people who
        are not in the file stand behind the programme's figure: less the figures in the file it would be theirs. Of all who
        have one, and of those who were let into the programme's when it was computed."""
        having: dict[str, set[int | None]] = defaultdict(set)
        for row in UnitScore.objects.filter(programme=self.programme).newest().iterator(chunk_size=2_000):
            for found in row.measured:
                if found.value is not None and row.level == BY_CODE[found.code].per:
                    having[found.code].add(row.relationship_id or row.enrolment_id)
        made = Score.objects.filter(programme=self.programme).aggregate(newest=Max("computed_at"))["newest"]
        facts, others = Facts(self.programme, made or self.at), self._others()
        few = set()
        for each in results(facts, [BY_CODE[code] for code in GIVEN_BY_ONE & having.keys()]):
            code, per = each.indicator.code, each.indicator.per
            ids = facts.pairs.ids if per == "R" else facts.people.ids
            let_in = set(ids[each.figures.enough].tolist()) if each.figures else set()
            for behind in (having[code], let_in):
                apart = [people for unit, people in others[per].items() if unit in behind]
                if apart and min(len(apart), len(set().union(*apart))) < K:
                    few.add(code)
        return few

    def _others(self) -> dict[str, dict[int, set[int]]]:
        """Relationships (R) and enrolments (P) that are not in the file, with whose they are."""
        pairs = {pk: {m.person_id for m in self.members[pk]} for pk in self.all_pairs.keys() - self.pairs.keys()}
        every = Enrolment.objects.filter(programme=self.programme).values_list("pk", "person")
        return {"R": pairs, "P": {pk: {person} for pk, person in every if pk not in self.enrolments}}

    @cached_property
    def _measured_alike(self) -> set[str]:
        """Indicators of people that stand in the same states among mentors and among mentees."""
        return {code for code, (one, other) in self._states.items() if one == other}

    @cached_property
    def _states(self) -> dict[str, tuple[set[str], set[str]]]:
        """Indicator -> the states in which it stands among mentors and among mentees of the programme."""
        found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        of_people = UnitScore.objects.filter(programme=self.programme, enrolment__isnull=False).newest()
        for row in of_people.select_related("enrolment").iterator(chunk_size=2_000):
            for each in row.measured:
                found[each.code][row.enrolment.role == Enrolment.Role.MENTEE].add(each.state)
        return found

    def _programme_rows(self) -> Iterator[list[Any]]:
        scores = Score.objects.filter(programme=self.programme)
        for score in scores.filter(as_of_on=scores.aggregate(newest=Max("as_of_on"))["newest"]):
            numbers = [score.inputs.get(name) for name in ("raw", "numerator", "denominator", "low", "high", "people")]
            yield [score.level, PROGRAMME, score.component, score.code, score.facet, score.state, score.value, score.n,
                   *numbers, score.version, score.anchors_version]  # fmt: skip

    def _totals_say_no_more(self) -> bool:
        """Whether the programme's figures less those in the file stand for nobody, or for as many as it takes."""
        inside = {row.person_id for row in self.enrolments.values()}
        outside = {row.person_id for row in self.all_people} - inside
        paired = {m.person_id for pk, members in self.members.items() if pk not in self.pairs for m in members}
        return all(not group or len(group) >= K for group in (outside, paired))

    def flow(self) -> tuple[str, str]:
        """How many there were and how many are in the file, per side; what is not in it hides below five."""
        rows: list[list[Any]] = []
        for name, every, kept in (
            (
                "people who applied",
                [r.person_id for r in self.all_people],
                [r.person_id for r in self.enrolments.values()],
            ),
            ("relationships", list(self.all_pairs), list(self.pairs)),
            ("responses sent", [r.pk for r in self.all_responses], [r.pk for r in self.responses]),
        ):
            total, inside = len(set(every)), len(set(kept))
            without = shown([inside, total - inside], K)[1]
            rows.append([name, *((HIDDEN, inside, HIDDEN) if without is None else (total, inside, without))])
        waves = Counter((row.wave.number, form_of(row.wave)) for row in self.responses)
        rows += [[f"responses of wave {number} ({form})", "", n, ""] for (number, form), n in sorted(waves.items())]
        return "flow.csv", as_csv(["step", "in the programme", "in this file", "without consent to research"], rows)

    def k_report(self) -> dict[str, Any]:
        files = {
            "people.csv": self._held(self.generalised, STEPS_OF_PEOPLE),
            "relations.csv": self._held(self.course, STEPS_OF_RELATIONS),
        }
        return {
            "k": K,
            "holds": all(each["holds"] for each in files.values()),
            **files,
            "left_out_because_it_tells_the_role": self._one_sided(),
            "left_out_because_few_others_have_it": sorted(self.given_by_few_others),
            "does_not_protect_against": NOT_PROTECTED,
        }

    def _one_sided(self) -> list[str]:
        """What was asked of one side alone, or measured of the two otherwise, where nobody's role is told."""
        if self.may_tell_role:
            return []
        waves = {row.wave_id: row.wave for row in self.all_responses}.values()
        asked = {f"wave {wave.number}: {code}" for wave in waves
                 for item, code in columns_of(wave) if (wave.pk, item) not in self.of_both_sides}  # fmt: skip
        return sorted(asked) + sorted(self._states.keys() - self._measured_alike)

    def _held(self, made: Generalised, steps: Mapping[str, list[str]]) -> dict[str, Any]:
        return {
            "quasi_identifiers": list(steps),
            "steps_taken": made.levels,
            "steps": steps,
            "smallest_class": made.smallest,
            "classes": made.classes,
            "rows": len(made.rows),
            "holds": made.smallest >= K or not made.rows,
        }
