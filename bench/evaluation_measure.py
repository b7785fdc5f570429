"""One measurement in a process of its own: `python bench/evaluation_measure.py '{"what": …}'` prints one JSON object.

`cpu_s` are user and system seconds of this process, `database_s` those of its backend of PostgreSQL (where both run on one
machine), `peak_mb` the most memory this process ever had, Django included.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection
from django.db.models import Count, Q
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, Institution
from bench.evaluation_loop import scores_of, scores_of_person
from bench.evaluation_plant import AT, plant
from evaluation.models import Score, UnitScore
from evaluation.services import recompute, recompute_institution, update_person, update_relationship
from mentoring.messaging.models import Message
from mentoring.planning.models import Coordination, Programme
from mentoring.relationships.models import Relationship
from mentoring.training.models import LessonAnswer, ModuleProgress

RUNS = 30


def _database_cpu() -> float:
    """Seconds of processor of the backend that serves this connection; NaN where it is not on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    told = Path(f"/proc/{pid}/stat")
    if not told.exists():
        return float("nan")
    user, system = told.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _peak_mb() -> float:
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def cost(call: Callable[[], Any]) -> dict[str, float]:
    database, here, started = _database_cpu(), time.process_time(), time.perf_counter()
    call()
    return {
        "cpu_s": time.process_time() - here,
        "wall_s": time.perf_counter() - started,
        "database_s": _database_cpu() - database,
        "peak_mb": _peak_mb(),
    }


def planted(pairs: int) -> dict[str, Any]:
    """The world, and the scores and alerts of the night before: from then on a night is like any other."""
    made = plant(pairs)
    before = cost(lambda: recompute_institution(Institution.objects.get(), at=AT - timedelta(days=1)))
    return {**made, **{f"first_{name}": value for name, value in before.items()}}


def night() -> dict[str, Any]:
    """All levels of the whole institution, in a week of which no row is written yet."""
    found = cost(lambda: recompute_institution(Institution.objects.get(), at=AT))
    scored = set(
        Score.objects.filter(as_of_on=AT.date(), facet="behaviour", state="scored").values_list("code", flat=True)
    )
    unit_codes: set[str] = set()
    for row in UnitScore.objects.filter(week_on=AT.date()).order_by("?")[:200]:
        unit_codes |= set(row.scores)
    return {
        **found,
        "rows": UnitScore.objects.filter(week_on=AT.date()).count() + Score.objects.filter(as_of_on=AT.date()).count(),
        "indicators_scored": len({code for code in scored if code != "behaviour"}),
    }


def programme(pairs_at_least: int) -> dict[str, Any]:
    """One programme alone."""
    found = _programme(pairs_at_least)
    return {**cost(lambda: recompute(found, at=AT + timedelta(hours=1))), "relationships": found.relationships.count()}


def _programme(pairs_at_least: int) -> Programme:
    counted = Programme.objects.annotate(pairs=Count("relationships")).order_by("pairs", "pk")
    return counted.filter(pairs__gte=pairs_at_least).select_related("institution").first() or counted.last()


def message(events: int) -> dict[str, Any]:
    """A message is said, and the scores of its relationship are new."""
    ids = list(Relationship.objects.exclude(status="ended").order_by("pair_key").values_list("pk", flat=True)[:events])

    def said(pk: int, _number: int) -> None:
        last = Message.objects.filter(room=pk).latest("seq").seq
        Message.objects.create(
            room_id=pk, seq=last + 1, sender_id=2 * pk, cid=uuid4(), body="One word more", created_at=AT
        )

    return _events(ids, said, lambda pk, at: update_relationship(pk, at=at))


def lesson(events: int) -> dict[str, Any]:
    """A lesson is answered, and the scores of the person are new."""
    ids = [2 * pk for pk in Relationship.objects.order_by("pair_key").values_list("pk", flat=True)[:events]]

    def answered(pk: int, number: int) -> None:
        progress = ModuleProgress.objects.filter(person=pk).earliest("pk")
        LessonAnswer.objects.create(progress=progress, lesson=f"more-{number}", answered_at=AT)

    return _events(ids, answered, lambda pk, at: update_person(pk, at=at))


def _events(ids: Iterable[int], happen: Callable[[int, int], None], update: Callable[..., Any]) -> dict[str, Any]:
    cpu, wall = [], []
    database = 0.0
    for number, pk in enumerate(ids):
        happen(pk, number)
        before, started, here = _database_cpu(), time.perf_counter(), time.process_time()
        update(pk, AT + timedelta(hours=2, seconds=number))
        cpu.append((time.process_time() - here) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
        database += _database_cpu() - before
    warm = slice(min(5, len(cpu) // 2), None)
    return {
        "cpu_ms": statistics.median(cpu[warm]),
        "wall_ms": statistics.median(wall[warm]),
        "p95_ms": sorted(wall[warm])[int(0.95 * (len(wall[warm]) - 1))],
        "database_ms": database * 1000 / len(cpu),
        "events": len(cpu),
    }


def page(pairs_at_least: int, runs: int = RUNS) -> dict[str, Any]:
    """The health page of a programme, as its coordinator asks for it: the whole handler."""
    found = _programme(pairs_at_least)
    person = found.enrolments.order_by("-pk").values_list("person", flat=True)[0]
    Coordination.objects.get_or_create(programme=found, person_id=person)
    terms = Consent.Kind.TERMS
    Consent.objects.get_or_create(person_id=person, kind=terms, version=Consent.CURRENT[terms], given_at=AT)
    client = Client(HTTP_HOST="localhost")
    client.force_login(Coordination.objects.get(programme=found, person=person).person)
    url, queries, times = reverse("health", args=[found.slug]), 0, []

    def count(execute: Any, *args: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*args)

    client.get(url)
    with connection.execute_wrapper(count):
        answer = client.get(url)
    if answer.status_code != 200:
        sys.exit(f"{url} answered {answer.status_code}")
    here = time.process_time()
    for _ in range(runs):
        started = time.perf_counter()
        client.get(url)
        times.append((time.perf_counter() - started) * 1000)
    return {
        "queries": queries,
        "cpu_ms": (time.process_time() - here) * 1000 / runs,
        "wall_ms": statistics.median(times),
        "p95_ms": sorted(times)[int(0.95 * (runs - 1))],
        "relationships": found.relationships.count(),
    }


def loop(pairs: int) -> dict[str, Any]:
    """The indicators of relationships and their people one by one, each fact asked for with the ORM. The figures are the same as
    ours, or it stops."""
    some = list(Relationship.objects.select_related("programme").order_by("pair_key")[:pairs])
    people = [member.enrolment for each in some for member in each.members.select_related("enrolment")]
    kept = UnitScore.objects.filter(week_on=AT.date(), computed_at=AT)
    kept = kept.filter(Q(relationship__in=some) | Q(enrolment__in=people))
    ours: dict[tuple[int | None, int | None], Any] = {
        (row.relationship_id, row.enrolment_id): row.scores for row in kept
    }
    theirs: dict[tuple[int | None, int | None], dict[str, float | None]] = {}

    def one_by_one() -> None:
        theirs.update({(each.pk, None): scores_of(each, AT) for each in some})
        theirs.update({(None, each.pk): scores_of_person(each, AT) for each in people})

    found = cost(one_by_one)
    compared = 0
    for unit, scores in theirs.items():
        for code, value in scores.items() if unit in ours else ():
            mine = ours[unit][code] if isinstance(ours[unit][code], str) else ours[unit][code][0]
            compared += 1
            if (value is None) != isinstance(mine, str) or (value is not None and abs(value - mine) > 1e-3):
                sys.exit(f"(relationship, enrolment) {unit}, {code}: the loop says {value}, we say {mine}")
    each_time = sum(map(len, theirs.values())) // len(some)
    return {**found, "relationships": len(some), "indicators": each_time, "compared": compared}


def main() -> None:
    spec = json.loads(sys.argv[1])
    print(json.dumps(globals()[spec.pop("what")](**spec)))


if __name__ == "__main__":
    main()
