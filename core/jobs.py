"""The outbox: work is written down with the fact that asks for it, then done at least once.

`enqueue` writes a row in the caller's transaction. After commit Celery is woken; the sweep (`run_due`, every few seconds
from beat) is the guarantee. A handler is a Celery task found by name; it takes ids, reads again and is safe to run twice.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import structlog
from celery import current_app
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from core.errors import DomainError
from core.models import Job, RememberedAnswer, SentForm, Tally

LEASE = timedelta(seconds=60)
ATTEMPTS = 6
KEPT = timedelta(days=30)
KEYS_KEPT = timedelta(days=1)
TALLIES_KEPT = timedelta(days=366)
TOGETHER = 1000
_WRITE_DOWN = """
    INSERT INTO core_job (name, key, payload, created_at, due_at, attempts, error, done, total, result)
    VALUES {} ON CONFLICT DO NOTHING
"""
_ROW = "(%s, %s, %s, %s, %s, 0, '', 0, 0, '{}')"
log = structlog.get_logger(__name__)
_current: ContextVar[int | None] = ContextVar("current_job", default=None)
_watcher: ContextVar[Callable[[int, int], None] | None] = ContextVar("watcher", default=None)


class JobCancelled(Exception):
    """The person who started the work asked to stop it."""


def enqueue(name: str, *, key: str, due_at: datetime | None = None, **ids: Any) -> Job:
    """Write down that task `name` shall run with `ids`; the same `key` again changes nothing.

    `due_at` None means as soon as this transaction commits. Returns the job, new or old.
    """
    job, is_new = Job.objects.get_or_create(
        key=key, defaults={"name": name, "payload": ids, "due_at": due_at or timezone.now()}
    )
    if is_new and due_at is None:
        transaction.on_commit(lambda: wake(job.pk))
    return job


@dataclass(frozen=True, slots=True)
class Order:
    """One of many jobs of a kind."""

    key: str
    ids: dict[str, Any]
    due_at: datetime


def enqueue_all(name: str, orders: Sequence[Order]) -> None:
    """`enqueue` for many at once; the sweep finds them when they are due. `bulk_create` would cost five times as much."""
    moment = connection.ops.adapt_datetimefield_value
    now = moment(timezone.now())
    with connection.cursor() as cursor:
        for start in range(0, len(orders), TOGETHER):
            some = orders[start : start + TOGETHER]
            rows = [(name, order.key, json.dumps(order.ids), now, moment(order.due_at)) for order in some]
            cursor.execute(_WRITE_DOWN.format(", ".join([_ROW] * len(rows))), list(chain.from_iterable(rows)))


def wake(job_id: int) -> None:
    """Tell a worker; when the broker is away the sweep will find the job."""
    try:
        current_app.tasks["core.run_job"].delay(job_id=job_id)
    except Exception as error:
        log.warning("broker_away", job=job_id, error=str(error))


def run(job_id: int, *, now: datetime) -> bool:
    """Claim one job and do it. False when somebody else has it, or it is not due, or it is finished."""
    claimed = Job.objects.due(now).filter(pk=job_id).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    job = Job.objects.get(pk=job_id)
    if job.attempts > ATTEMPTS:  # what broke ends below: this one's worker died every time
        log.error("job_given_up", job=job.name, key=job.key)
        _finish(job, failed_at=timezone.now(), error=job.error or "cut off each time")
        return True
    token = _current.set(job.pk)
    try:
        result = current_app.tasks[job.name].run(**job.payload)
    except JobCancelled:
        _finish(job, failed_at=timezone.now(), error="cancelled")
    except DomainError as refusal:
        _finish(job, failed_at=timezone.now(), error=str(refusal.message))
    except Exception as error:
        log.exception("job_failed", job=job.name, key=job.key, attempt=job.attempts)
        if job.attempts >= ATTEMPTS:
            _finish(job, failed_at=timezone.now(), error=repr(error))
        else:
            Job.objects.filter(pk=job.pk).update(
                lease_until=None, due_at=timezone.now() + timedelta(seconds=5 * 3**job.attempts), error=repr(error)
            )
    else:
        _finish(job, done_at=timezone.now(), result=result or {}, error="")
    finally:
        _current.reset(token)
    return True


def _finish(job: Job, **fields: Any) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=None, **fields)


def run_due(*, now: datetime | None = None, limit: int = 100) -> int:
    """Do what is due, oldest first; returns how many jobs ran."""
    now = now or timezone.now()
    ids = list(Job.objects.due(now).order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    return sum(run(job_id, now=now) for job_id in ids)


@contextmanager
def watched(by: Callable[[int, int], None]) -> Iterator[None]:
    """While it lasts, `by(done, total)` hears of the progress of what this thread runs."""
    token = _watcher.set(by)
    try:
        yield
    finally:
        _watcher.reset(token)


def report_progress(done: int, total: int) -> None:
    """From inside a handler: say how far it is and keep the lease. Raises JobCancelled when somebody asked to stop."""
    if watcher := _watcher.get():
        watcher(done, total)
    job_id = _current.get()
    if job_id is None:
        return
    going = Job.objects.filter(pk=job_id, cancel_asked_at=None).update(
        done=done, total=total, lease_until=timezone.now() + LEASE
    )
    if not going:
        raise JobCancelled


def find(key: str) -> Job | None:
    """The job with this key, to show how far it is."""
    return Job.objects.filter(key=key).first()


def errors_of(name: str) -> dict[str, str]:
    """Key -> why it failed, of every job of this kind that did and is still known."""
    failed = Job.objects.filter(name=name, failed_at__isnull=False)
    return dict(failed.values_list("key", "error"))


def cancel(key: str, *, at: datetime) -> bool:
    """Ask an open job to stop at its next step; False when it is already over."""
    return bool(Job.objects.open().filter(key=key).update(cancel_asked_at=at))


def release_leases() -> int:
    """At the start of the one embedded process nobody else can hold a lease: what was cut off runs again at once."""
    return int(Job.objects.open().filter(~Q(lease_until=None)).update(lease_until=None))


def tidy(*, now: datetime) -> None:
    """Forget finished work after 30 days, sent forms and remembered answers after a day, sessions when they are over,
    what was counted after a year."""
    Job.objects.filter(done_at__lt=now - KEPT).delete()
    SentForm.objects.filter(sent_at__lt=now - KEYS_KEPT).delete()
    RememberedAnswer.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    Tally.objects.filter(day_on__lt=(now - TALLIES_KEPT).date()).delete()
